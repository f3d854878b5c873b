// SPDX-License-Identifier: Apache-2.0
#include <cairn/trace/baggage.h>

#include "sdk/propagation/header_text.h"
#include "sdk/propagation/percent_encoding.h"

namespace cairn::trace {
namespace {

using detail::all_are;
using detail::HeaderBuffer;
using detail::trim;

static_assert(HeaderBuffer::kCapacity == Baggage::kMaxSize);

// As the header has them: the value is encoded, the metadata is what follows the first `;`.
struct Entry {
  std::string_view name;
  std::string_view value;
  std::string_view metadata;
};

Entry split_entry(std::string_view text) noexcept {
  Entry entry;
  const std::size_t semicolon = text.find(';');
  if (semicolon != std::string_view::npos) entry.metadata = text.substr(semicolon + 1);
  text = text.substr(0, semicolon);
  const std::size_t equals = text.find('=');
  entry.name = text.substr(0, equals);
  if (equals != std::string_view::npos) entry.value = text.substr(equals + 1);
  return entry;
}

bool valid_name(std::string_view name) noexcept {
  return !name.empty() && all_are(name, detail::kTokenChar);
}

bool parse_entry(std::string_view text, Entry& entry) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || text.find(';') < equals) return false;
  entry = split_entry(text);
  entry = {trim(entry.name), trim(entry.value), trim(entry.metadata)};
  return valid_name(entry.name) && all_are(entry.value, detail::kBaggageOctet) &&
         all_are(entry.metadata, detail::kBaggageProperties);
}

bool append_entry(HeaderBuffer& out, const Entry& entry) noexcept {
  return (out.size() == 0 || out.append(',')) && out.append(entry.name) && out.append('=') &&
         out.append(entry.value) &&
         (entry.metadata.empty() || (out.append(';') && out.append(entry.metadata)));
}

class Entries {
 public:
  bool full() const noexcept { return read_ == Baggage::kMaxEntries; }
  std::size_t count() const noexcept { return count_; }

  // One that is there already gives way. Counts as read all the same, so that a header of nothing
  // but duplicates costs no more than any other.
  void add(const Entry& entry) noexcept {
    remove(entry.name);
    entries_[count_++] = entry;
    ++read_;
  }

  bool remove(std::string_view name) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      if (entries_[i].name != name) continue;
      --count_;
      for (; i < count_; ++i) entries_[i] = entries_[i + 1];
      return true;
    }
    return false;
  }

  // They came out of text that fits, so they fit.
  void append_to(HeaderBuffer& out) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) append_entry(out, entries_[i]);
  }

 private:
  Entry entries_[Baggage::kMaxEntries];
  std::size_t count_ = 0;
  std::size_t read_ = 0;
};

void read_entries(std::string_view header, Entries& entries) noexcept {
  if (header.size() > Baggage::kMaxSize) {
    const std::size_t comma = header.rfind(',', Baggage::kMaxSize);
    header = header.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  while (!header.empty() && !entries.full()) {
    Entry entry;
    if (parse_entry(detail::take_member(header), entry)) entries.add(entry);
  }
}

}  // namespace

Baggage Baggage::from_header(std::string_view header) noexcept {
  Entries entries;
  read_entries(header, entries);
  HeaderBuffer text;
  entries.append_to(text);
  return Baggage(SharedText(text.view()));
}

bool Baggage::get(std::string_view name, std::string& value) const {
  std::string_view rest = header();
  while (!rest.empty()) {
    const Entry entry = split_entry(detail::take_member(rest));
    if (entry.name != name) continue;
    detail::decode_value(entry.value, value);
    return true;
  }
  return false;
}

Baggage Baggage::with(std::string_view name, std::string_view value,
                      std::string_view metadata) const noexcept {
  metadata = trim(metadata);
  if (!metadata.empty() && metadata.front() == ';') metadata = trim(metadata.substr(1));
  if (!valid_name(name) || !all_are(metadata, detail::kBaggageProperties)) return *this;
  Entries entries;
  read_entries(header(), entries);
  entries.remove(name);
  if (entries.count() == kMaxEntries) return *this;

  HeaderBuffer text;
  entries.append_to(text);
  const bool fits = append_entry(text, {name, {}, {}}) &&
                    detail::append_encoded(text, value, detail::kBaggageOctet) &&
                    (metadata.empty() || (text.append(';') && text.append(metadata)));
  return fits ? Baggage(SharedText(text.view())) : *this;
}

Baggage Baggage::without(std::string_view name) const noexcept {
  Entries entries;
  read_entries(header(), entries);
  if (!entries.remove(name)) return *this;
  HeaderBuffer text;
  entries.append_to(text);
  return Baggage(SharedText(text.view()));
}

bool Baggage::next(std::size_t& at, std::string_view& name, std::string& value,
                   std::string_view& metadata) const {
  std::string_view rest = header();
  if (at >= rest.size()) return false;
  rest.remove_prefix(at);
  const std::string_view text = detail::take_member(rest);
  at += text.size() + 1;
  const Entry entry = split_entry(text);
  name = entry.name;
  metadata = entry.metadata;
  detail::decode_value(entry.value, value);
  return true;
}

}  // namespace cairn::trace
