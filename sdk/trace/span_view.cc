// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <cairn/trace/span_view.h>

#include "sdk/trace/protobuf_reader.h"

namespace cairn::trace {
namespace {

// The flags of spans and links beside W3C's eight bits.
constexpr std::uint32_t kIsRemoteKnown = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;

// An id of another length stays zeros.
template <class Id>
void read_id(SpanBytes bytes, Id& id) noexcept {
  if (bytes.size == sizeof id.bytes) std::memcpy(id.bytes, bytes.data, bytes.size);
}

double to_double(std::uint64_t bits) noexcept {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

AttributeView to_attribute(SpanBytes message) noexcept {
  AttributeView attribute;
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag == bytes_tag(1)) attribute.key = field.text();
    if (field.tag == bytes_tag(2)) attribute.value = AnyValueView(field.bytes);
  }
  return attribute;
}

EventView to_event(SpanBytes message) noexcept {
  EventView event;
  event.message = message;
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    switch (field.tag) {
      case fixed64_tag(1):
        event.time_unix_nanos = field.number;
        break;
      case bytes_tag(2):
        event.name = field.text();
        break;
      case varint_tag(4):
        event.dropped_attributes = static_cast<std::uint32_t>(field.number);
        break;
      default:
        break;
    }
  }
  return event;
}

LinkView to_link(SpanBytes message) noexcept {
  LinkView link;
  link.message = message;
  std::uint64_t flags = 0;
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    switch (field.tag) {
      case bytes_tag(1):
        read_id(field.bytes, link.context.trace_id);
        break;
      case bytes_tag(2):
        read_id(field.bytes, link.context.span_id);
        break;
      case bytes_tag(3):
        link.context.trace_state = TraceState::from_header(field.text());
        break;
      case varint_tag(5):
        link.dropped_attributes = static_cast<std::uint32_t>(field.number);
        break;
      case fixed32_tag(6):
        flags = field.number;
        break;
      default:
        break;
    }
  }
  link.context.flags.bits = static_cast<std::uint8_t>(flags);
  link.context.is_remote = (flags & kIsRemoteKnown) != 0 && (flags & kIsRemote) != 0;
  return link;
}

void read_status(SpanBytes message, SpanView& span) noexcept {
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag == bytes_tag(2)) span.status_message = field.text();
    if (field.tag == varint_tag(3)) {
      span.status = field.number <= 2 ? static_cast<StatusCode>(field.number) : StatusCode::kUnset;
    }
  }
}

void read_number(const ProtobufReader::Field& field, SpanView& span) noexcept {
  const auto count = static_cast<std::uint32_t>(field.number);
  switch (field.tag) {
    case varint_tag(6):
      span.kind = field.number >= 1 && field.number <= 5 ? static_cast<SpanKind>(field.number)
                                                         : SpanKind::kInternal;
      break;
    case fixed64_tag(7):
      span.start_unix_nanos = field.number;
      break;
    case fixed64_tag(8):
      span.end_unix_nanos = field.number;
      break;
    case varint_tag(10):
      span.dropped_attributes = count;
      break;
    case varint_tag(12):
      span.dropped_events = count;
      break;
    case varint_tag(14):
      span.dropped_links = count;
      break;
    case fixed32_tag(16):
      span.flags = count;
      break;
    default:
      break;
  }
}

// Moves `rest` behind the next length-delimited field of that number.
bool next_message(SpanBytes& rest, std::uint32_t number, SpanBytes& message) noexcept {
  ProtobufReader reader(rest);
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag != bytes_tag(number)) continue;
    message = field.bytes;
    rest = reader.rest();
    return true;
  }
  rest = reader.rest();
  return false;
}

}  // namespace

AnyValueView::AnyValueView(SpanBytes message) noexcept {
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    switch (field.tag) {
      case bytes_tag(1):
        type = Type::kString;
        text = field.text();
        break;
      case varint_tag(2):
        type = Type::kBool;
        bool_value = field.number != 0;
        break;
      case varint_tag(3):
        type = Type::kInt;
        int_value = static_cast<std::int64_t>(field.number);
        break;
      case fixed64_tag(4):
        type = Type::kDouble;
        double_value = to_double(field.number);
        break;
      case bytes_tag(5):
        type = Type::kArray;
        elements = field.bytes;
        break;
      case bytes_tag(6):
        type = Type::kMap;
        elements = field.bytes;
        break;
      case bytes_tag(7):
        type = Type::kBytes;
        text = field.text();
        break;
      default:
        break;
    }
  }
}

bool AnyValueView::next(SpanBytes& rest, AnyValueView& element) noexcept {
  SpanBytes message;
  if (!next_message(rest, 1, message)) return false;
  element = AnyValueView(message);
  return true;
}

bool AttributeCursor::next(AttributeView& attribute) noexcept {
  SpanBytes message;
  if (!next_message(rest_, field_, message)) return false;
  attribute = to_attribute(message);
  return true;
}

SpanView::SpanView(SpanBytes bytes) noexcept : message(bytes) {
  ProtobufReader reader(bytes);
  for (ProtobufReader::Field field; reader.next(field);) {
    switch (field.tag) {
      case bytes_tag(1):
        read_id(field.bytes, trace_id);
        break;
      case bytes_tag(2):
        read_id(field.bytes, span_id);
        break;
      case bytes_tag(3):
        trace_state = field.text();
        break;
      case bytes_tag(4):
        read_id(field.bytes, parent_span_id);
        break;
      case bytes_tag(5):
        name = field.text();
        break;
      case bytes_tag(15):
        read_status(field.bytes, *this);
        break;
      default:
        read_number(field, *this);
        break;
    }
  }
}

bool SpanView::next_event(SpanBytes& rest, EventView& event) noexcept {
  SpanBytes message;
  if (!next_message(rest, 11, message)) return false;
  event = to_event(message);
  return true;
}

bool SpanView::next_link(SpanBytes& rest, LinkView& link) noexcept {
  SpanBytes message;
  if (!next_message(rest, 13, message)) return false;
  link = to_link(message);
  return true;
}

bool SpanView::find(std::string_view key, AnyValueView& value) const noexcept {
  AttributeCursor cursor = attributes();
  for (AttributeView attribute; cursor.next(attribute);) {
    if (attribute.key != key) continue;
    value = attribute.value;
    return true;
  }
  return false;
}

bool next_span(SpanBytes& rest, SpanView& span) noexcept {
  SpanBytes message;
  if (!next_message(rest, 2, message)) return false;
  span = SpanView(message);
  return true;
}

}  // namespace cairn::trace
