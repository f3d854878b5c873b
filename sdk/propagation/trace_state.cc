// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <cairn/trace/trace_state.h>

#include "sdk/propagation/header_text.h"

namespace cairn::trace {
namespace {

using detail::all_are;
using detail::is_a;

constexpr std::size_t kMaxPart = 256;      // of a key and of a value
constexpr std::size_t kLargeMember = 128;  // longer ones go first when the list is too long

bool valid_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= kMaxPart && is_a(key.front(), detail::kStateKeyStart) &&
         all_are(key, detail::kStateKeyChar);
}

bool valid_value(std::string_view value) noexcept {
  return !value.empty() && value.size() <= kMaxPart && value.back() != ' ' &&
         all_are(value, detail::kStateValueChar);
}

struct Member {
  std::string_view text;  // key=value
  std::size_t key_size = 0;

  std::string_view key() const noexcept { return text.substr(0, key_size); }
  std::string_view value() const noexcept { return text.substr(key_size + 1); }
};

class Members {
 public:
  // False when there are too many, or there is one with this key.
  bool add(const Member& member) noexcept {
    if (count_ == TraceState::kMaxMembers || find(member.key()) != nullptr) return false;
    members_[count_++] = member;
    size_ += member.text.size() + 1;
    return true;
  }

  const Member* find(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      if (members_[i].key() == key) return &members_[i];
    }
    return nullptr;
  }

  // Leaves out what cannot be sent on. The first `kept` members stay.
  void shrink(std::size_t kept) noexcept {
    for (std::size_t i = count_; i-- > kept && too_long();) {
      if (members_[i].text.size() > kLargeMember) remove(i);
    }
    while (count_ > kept && too_long()) remove(count_ - 1);
  }

  SharedText join() const noexcept {
    char text[TraceState::kMaxSize + 1];
    std::size_t size = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::string_view member = members_[i].text;
      std::memcpy(text + size, member.data(), member.size());
      size += member.size();
      text[size++] = ',';
    }
    return SharedText(std::string_view(text, size == 0 ? 0 : size - 1));
  }

 private:
  bool too_long() const noexcept { return size_ > TraceState::kMaxSize + 1; }

  void remove(std::size_t index) noexcept {
    size_ -= members_[index].text.size() + 1;
    --count_;
    for (std::size_t i = index; i < count_; ++i) members_[i] = members_[i + 1];
  }

  Member members_[TraceState::kMaxMembers];
  std::size_t count_ = 0;
  std::size_t size_ = 0;  // of all members, each with a comma
};

bool parse_member(std::string_view text, Member& member) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  member = {text, equals};
  return valid_key(member.key()) && valid_value(member.value());
}

// False when the list is to be discarded.
bool parse_members(std::string_view header, Members& members) noexcept {
  while (!header.empty()) {
    const std::string_view text = detail::trim(detail::take_member(header));
    Member member;
    if (text.empty()) continue;
    if (!parse_member(text, member) || !members.add(member)) return false;
  }
  return true;
}

// The next member of a list that is known to be valid; false at the end.
bool next_member(std::string_view& rest, Member& member) noexcept {
  if (rest.empty()) return false;
  member.text = detail::take_member(rest);
  member.key_size = member.text.find('=');
  return true;
}

}  // namespace

TraceState TraceState::from_header(std::string_view header) noexcept {
  Members members;
  if (!parse_members(header, members)) return TraceState();
  members.shrink(0);
  return TraceState(members.join());
}

bool TraceState::get(std::string_view key, std::string_view& value) const noexcept {
  std::string_view rest = header();
  for (Member member; next_member(rest, member);) {
    if (member.key() != key) continue;
    value = member.value();
    return true;
  }
  return false;
}

TraceState TraceState::with(std::string_view key, std::string_view value) const noexcept {
  char text[kMaxSize];
  if (!valid_key(key) || !valid_value(value) || key.size() + 1 + value.size() > sizeof text) {
    return *this;
  }
  std::memcpy(text, key.data(), key.size());
  text[key.size()] = '=';
  std::memcpy(text + key.size() + 1, value.data(), value.size());

  Members members;
  members.add({std::string_view(text, key.size() + 1 + value.size()), key.size()});
  std::string_view rest = header();
  for (Member member; next_member(rest, member);) {
    if (member.key() != key && !members.add(member)) break;  // the 33rd: the oldest goes
  }
  members.shrink(1);
  return TraceState(members.join());
}

TraceState TraceState::without(std::string_view key) const noexcept {
  std::string_view value;
  if (!get(key, value)) return *this;
  Members members;
  std::string_view rest = header();
  for (Member member; next_member(rest, member);) {
    if (member.key() != key) members.add(member);
  }
  return TraceState(members.join());
}

}  // namespace cairn::trace
