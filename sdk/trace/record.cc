// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/record.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "sdk/trace/encode.h"
#include "sdk/trace/encode_attributes.h"
#include "sdk/trace/runtime.h"

namespace cairn::trace::detail {
namespace {

constexpr std::size_t kMaxNameSize = 1024;

void count_dropped(Record& record, std::uint32_t& counter) noexcept {
  ++counter;
  record.has_extras = true;
}

// One field of the message in [at, end): its tag, and where it ends. Our own bytes, so well formed.
struct Field {
  std::uint8_t tag;
  std::uint8_t* begin;
  std::uint8_t* content;
  std::uint8_t* end;
};

// Only length-delimited fields lie in a record's data, all with one-byte tags.
Field read_field(std::uint8_t* at) noexcept {
  Field field{*at, at, at + 1, nullptr};
  std::uint64_t size = 0;
  for (int shift = 0;; shift += 7) {
    const std::uint8_t byte = *field.content++;
    size |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) break;
  }
  field.end = field.content + size;
  return field;
}

void erase(Record& record, const Field& field) noexcept {
  const std::uint8_t* const end = record.data + record.size;
  std::memmove(field.begin, field.end, static_cast<std::size_t>(end - field.end));
  record.size -= static_cast<std::uint32_t>(field.end - field.begin);
}

// The key of an encoded KeyValue, whose key comes first.
std::string_view key_of(const Field& attribute) noexcept {
  const Field key = read_field(attribute.content);
  return {reinterpret_cast<const char*>(key.content),
          static_cast<std::size_t>(key.end - key.content)};
}

// Removes the attribute with this key, if there is one: the new value is appended.
void erase_attribute(Record& record, std::string_view key) noexcept {
  std::uint32_t index = 0;
  for (std::uint8_t* at = record.data + record.name_end; at < record.data + record.size;) {
    const Field field = read_field(at);
    if (field.tag == encode::kAttribute) {
      if (key_of(field) == key) {
        erase(record, field);
        --record.attributes;
        for (std::uint32_t i = index; i < record.attributes && i + 1 < Record::kHashes; ++i) {
          record.hashes[i] = record.hashes[i + 1];
        }
        return;
      }
      ++index;
    }
    at = field.end;
  }
}

// False: surely no attribute has this hash. With more attributes than hashes are kept, the bloom
// bit alone speaks.
bool may_have(const Record& record, std::uint32_t hash) noexcept {
  if (!record.hashes_complete) return true;
  const auto low = static_cast<std::uint16_t>(hash);
  bool found = false;
  for (std::uint32_t i = 0; i < record.attributes; ++i) found |= record.hashes[i] == low;
  return found;
}

// An attribute that may replace another, is over the limit, long or of a rare type, or for which
// the record's memory is too small.
__attribute__((noinline)) void write_unusual(Record& record, const Attribute& attribute) noexcept {
  if (attribute.key.text().empty()) return;  // no attribute
  if (!is_sent_as_it_is(attribute.key.text())) {
    return write_unusual(record, {SentKey(attribute.key.text()).text(), attribute.value});
  }
  const SpanLimits& limits = record.runtime->limits;
  const std::uint32_t hash = attribute.key.hash();
  const std::uint64_t bit = std::uint64_t{1} << (hash >> 26);
  if ((record.bloom & bit) != 0 && may_have(record, hash)) {
    erase_attribute(record, attribute.key.text());
  }
  if (record.attributes >= limits.attributes ||
      !record.reserve(encoded_attribute_bound(attribute, limits.value_size))) {
    count_dropped(record, record.dropped_attributes);
    return;
  }
  std::uint8_t* const to = record.data + record.size;
  std::uint8_t* const end = encode_attribute(to, encode::kAttribute, attribute, limits.value_size);
  record.size = static_cast<std::uint32_t>(end - record.data);
  record.bloom |= bit;
  if (record.attributes < Record::kHashes) {
    record.hashes[record.attributes] = static_cast<std::uint16_t>(hash);
  } else {
    record.hashes_complete = false;
    record.has_extras = true;
  }
  ++record.attributes;
}

// Writes the first of `attributes` that are quick, new and fit, as long as their keys are constants
// (or, otherwise, are not). There is one at least. Returns how many are left.
template <bool kConstantKeys>
__attribute__((always_inline)) inline std::size_t write_quick(Record& record,
                                                              Attributes attributes) noexcept {
  const std::size_t count = attributes.size();
  const std::size_t sum = record.attributes + count;
  if (__builtin_expect(sum > record.runtime->quick_attributes, 0)) return count;
  std::uint8_t* at = record.data + record.size;
  const std::uint8_t* const last = record.data + record.capacity - kQuickAttribute;
  std::uint16_t* hashes = record.hashes + record.attributes;
  std::uint64_t bloom = record.bloom;
  const Attribute* next = attributes.begin();
  std::size_t left = count;
  do {
    if (__builtin_expect(at > last, 0)) break;
    // A constant key is asked for its hash only; 0 is that of any other, and always in the bloom.
    if (!kConstantKeys && next->key.is_constant()) break;
    const std::uint32_t hash = kConstantKeys ? next->key.constant_hash() : next->key.hash();
    *hashes = static_cast<std::uint16_t>(hash);
    if (__builtin_expect((bloom >> (hash >> 26) & 1) != 0, 0)) break;
    bloom |= std::uint64_t{1} << (hash >> 26);
    std::uint8_t* end = kConstantKeys ? encode_constant_front(at, next->key)
                                      : encode_text_front(at, next->key.text());
    if (!kConstantKeys && end == nullptr) break;
    end = encode_quick_value(at, end, *next);
    if (__builtin_expect(end == nullptr, 0)) break;
    at = end;
    ++hashes;
    ++next;
  } while (--left != 0);
  record.size = static_cast<std::uint32_t>(at - record.data);
  record.attributes = static_cast<std::uint32_t>(sum - left);
  record.bloom = bloom;
  return left;
}

// Writes `tag`, the length of what `body(to)` writes, and that. Room for it is reserved.
template <class Body>
void write_message(Record& record, std::uint8_t tag, Body&& body) noexcept {
  std::uint8_t* const begin = record.data + record.size;
  *begin = tag;
  std::uint8_t* const content = begin + 2;  // most lengths take one byte
  std::uint8_t* const end = body(content);
  const auto size = static_cast<std::size_t>(end - content);
  const std::size_t extra = encode::varint_size(size) - 1;
  if (extra != 0) std::memmove(content + extra, content, size);
  encode::varint(begin + 1, size);
  record.size += static_cast<std::uint32_t>(2 + extra + size);
}

}  // namespace

bool Record::grow(std::size_t more, std::size_t beyond_limit) noexcept {
  const std::size_t limit = runtime->limits.span_size + beyond_limit;
  if (more > limit || size + more > limit) return false;
  std::size_t larger = capacity;
  while (larger < size + more + encode::kSlack) larger *= 2;
  // No more than that: what fits is not asked again whether it may.
  larger = std::min(larger, limit + encode::kSlack);
  auto* memory = static_cast<std::uint8_t*>(std::malloc(larger + kCopyStep));
  if (memory == nullptr) return false;
  std::memcpy(memory, data, size);
  if (data != inline_data) std::free(data);
  data = memory;
  capacity = static_cast<std::uint32_t>(larger);
  has_extras = true;
  return true;
}

void Record::reset_extras() noexcept {
  has_extras = false;
  if (data != inline_data) {
    std::free(data);
    data = inline_data;
    capacity = kInlineSize;
  }
  trace_state = TraceState();
  dropped_attributes = dropped_events = dropped_links = 0;
  hashes_complete = true;
}

void replace_name(Record& record, std::string_view name) noexcept {
  const std::string_view cut = cut_text(name, kMaxNameSize);
  if (!record.reserve(text_bound(cut))) return;
  // Encoded aside, since it may need repair and be longer than the one before, then put in its
  // place.
  std::uint8_t field[3 * kMaxNameSize + encode::kMaxVarint + 1 + encode::kSlack];
  const auto size = static_cast<std::uint32_t>(encode_text(field, encode::kName, cut) - field);
  std::uint8_t* const begin = record.data + record.name_begin;
  std::memmove(begin + size, record.data + record.name_end, record.size - record.name_end);
  std::memcpy(begin, field, size);
  record.size = record.size - record.name_end + record.name_begin + size;
  record.name_end = record.name_begin + size;
}

void write_tail(Record& record) noexcept {
  const std::string_view state = record.trace_state.header();
  if (!record.reserve_tail(64 + text_bound(state))) return;
  std::uint8_t* to = record.data + record.size;
  if (!state.empty()) to = encode_text(to, encode::kTraceState, state);
  const auto count = [&](std::uint8_t tag, std::uint32_t dropped) {
    if (dropped == 0) return;
    *to++ = tag;
    to = encode::varint(to, dropped);
  };
  count(encode::kDroppedAttributes, record.dropped_attributes);
  count(encode::kDroppedEvents, record.dropped_events);
  count(encode::kDroppedLinks, record.dropped_links);
  record.size = static_cast<std::uint32_t>(to - record.data);
}

std::size_t write_first_attributes(Record& record, Attributes attributes) noexcept {
  return write_quick<true>(record, attributes);
}

void write_attributes(Record& record, Attributes attributes) noexcept {
  const auto last = [&](std::size_t count) { return Attributes(attributes.end() - count, count); };
  for (std::size_t left = attributes.size(); left != 0;) {
    const std::size_t others = write_first_attributes(record, last(left));
    if (others == 0) return;
    left = write_quick<false>(record, last(others));
    if (left != others) continue;
    write_unusual(record, last(left)[0]);
    --left;
  }
}

void write_event(Record& record, std::string_view name, Attributes attributes,
                 std::uint64_t unix_nanos) noexcept {
  const SpanLimits& limits = record.runtime->limits;
  const std::string_view cut = cut_text(name, kMaxNameSize);
  const std::size_t bound =
      32 + text_bound(cut) + encoded_list_bound(attributes, limits.value_size);
  if (record.events >= limits.events || !record.reserve(bound)) {
    count_dropped(record, record.dropped_events);
    return;
  }
  write_message(record, encode::kEvent, [&](std::uint8_t* to) {
    *to++ = 0x09;  // Event.time_unix_nano = 1
    to = encode::fixed64(to, unix_nanos);
    to = encode_text(to, 0x12, cut);  // Event.name = 2
    std::uint32_t dropped = 0;
    to = encode_list(to, 0x1A, attributes, limits.attributes_per_event, limits.value_size, dropped);
    if (dropped != 0) {
      *to++ = 0x20;  // Event.dropped_attributes_count = 4
      to = encode::varint(to, dropped);
    }
    return to;
  });
  ++record.events;
}

void write_link(Record& record, const Link& link) noexcept {
  const SpanLimits& limits = record.runtime->limits;
  const std::string_view state = link.context.trace_state.header();
  const std::size_t bound =
      64 + text_bound(state) + encoded_list_bound(link.attributes, limits.value_size);
  if (record.links >= limits.links || !record.reserve(bound)) {
    count_dropped(record, record.dropped_links);
    return;
  }
  write_message(record, encode::kLink, [&](std::uint8_t* to) {
    *to++ = 0x0A;  // Link.trace_id = 1
    *to++ = 16;
    to = encode::bytes(to, link.context.trace_id.bytes, 16);
    *to++ = 0x12;  // Link.span_id = 2
    *to++ = 8;
    to = encode::bytes(to, link.context.span_id.bytes, 8);
    if (!state.empty()) to = encode_text(to, 0x1A, state);  // Link.trace_state = 3
    std::uint32_t dropped = 0;
    to = encode_list(to, 0x22, link.attributes, limits.attributes_per_link, limits.value_size,
                     dropped);
    if (dropped != 0) {
      *to++ = 0x28;  // Link.dropped_attributes_count = 5
      to = encode::varint(to, dropped);
    }
    *to++ = 0x35;  // Link.flags = 6
    return encode::fixed32(to, otlp_flags(link.context.flags, link.context.is_remote));
  });
  ++record.links;
}

void write_status(Record& record, StatusCode code, std::string_view description) noexcept {
  // Trace API, "Set Status": Ok is final, Unset is ignored, a description goes with Error only.
  if (code == StatusCode::kUnset || record.status == StatusCode::kOk) return;
  if (record.status != StatusCode::kUnset) {
    for (std::uint8_t* at = record.data + record.name_end; at < record.data + record.size;) {
      const Field field = read_field(at);
      if (field.tag == encode::kStatus) {
        erase(record, field);
        break;
      }
      at = field.end;
    }
  }
  std::string_view cut;
  if (code == StatusCode::kError) cut = cut_text(description, record.runtime->limits.value_size);
  // A span that is as large as may be still says that it failed: the code's four bytes lie in the
  // slack that every record has.
  if (!record.reserve(16 + text_bound(cut))) cut = {};
  write_message(record, encode::kStatus, [&](std::uint8_t* to) {
    if (!cut.empty()) to = encode_text(to, 0x12, cut);  // Status.message = 2
    *to++ = 0x18;                                       // Status.code = 3
    *to++ = static_cast<std::uint8_t>(code);
    return to;
  });
  record.status = code;
}

}  // namespace cairn::trace::detail
