// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/answer_body.h"

#include <algorithm>
#include <charconv>

#include "sdk/export/answers/answer_json.h"
#include "sdk/trace/protobuf_reader.h"

namespace cairn::trace::transport {
namespace {

SpanBytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::uint64_t not_negative(std::uint64_t number) {
  return static_cast<std::int64_t>(number) < 0 ? 0 : number;
}

// protobuf's JSON writes 64-bit integers as text; numbers are read as well.
std::uint64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

std::chrono::nanoseconds read_duration(SpanBytes message) {
  // More than this is as good as never, and does not overflow.
  constexpr std::uint64_t kLongest = std::uint64_t{366} * 24 * 3600;
  std::uint64_t seconds = 0, nanos = 0;
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag == varint_tag(1)) seconds = std::min(not_negative(field.number), kLongest);
    if (field.tag == varint_tag(2))
      nanos = std::min<std::uint64_t>(not_negative(field.number), 999'999'999);
  }
  return std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanos);
}

// A google.protobuf.Any.
std::optional<std::chrono::nanoseconds> read_retry_info(SpanBytes any) {
  constexpr std::string_view kType = "google.rpc.RetryInfo";
  bool is_retry_info = false;
  SpanBytes value;
  ProtobufReader reader(any);
  for (ProtobufReader::Field field; reader.next(field);) {
    const std::string_view text = field.text();
    if (field.tag == bytes_tag(1)) {
      const std::size_t slash = text.rfind('/');
      is_retry_info = slash != std::string_view::npos && text.substr(slash + 1) == kType;
    }
    if (field.tag == bytes_tag(2)) value = field.bytes;
  }
  if (!is_retry_info) return std::nullopt;
  std::chrono::nanoseconds delay{0};
  ProtobufReader info(value);
  for (ProtobufReader::Field field; info.next(field);) {
    if (field.tag == bytes_tag(1)) delay = read_duration(field.bytes);
  }
  return delay;
}

}  // namespace

PartialSuccess read_partial_success(std::string_view message) {
  PartialSuccess partial;
  ProtobufReader response(bytes_of(message));
  for (ProtobufReader::Field outer; response.next(outer);) {
    if (outer.tag != bytes_tag(1)) continue;
    ProtobufReader reader(outer.bytes);
    for (ProtobufReader::Field field; reader.next(field);) {
      if (field.tag == varint_tag(1)) partial.rejected = not_negative(field.number);
      if (field.tag == bytes_tag(2)) partial.message = field.text();
    }
  }
  return partial;
}

PartialSuccess read_partial_success_json(std::string_view json) {
  PartialSuccess partial;
  JsonCursor cursor(json);
  cursor.members([&](std::string_view outer) {
    if (outer != "partialSuccess") return cursor.skip();
    return cursor.members([&](std::string_view key) {
      std::string text;
      if (key == "rejectedSpans") {
        if (!cursor.scalar(text)) return false;
        partial.rejected = number_of(text);
        return true;
      }
      if (key == "errorMessage") return cursor.scalar(partial.message);
      return cursor.skip();
    });
  });
  return partial;
}

std::string read_status_message(std::string_view message) {
  std::string text;
  ProtobufReader reader(bytes_of(message));
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag == bytes_tag(2)) text = field.text();
  }
  return text;
}

std::string read_status_message_json(std::string_view json) {
  std::string text;
  JsonCursor cursor(json);
  cursor.members(
      [&](std::string_view key) { return key == "message" ? cursor.scalar(text) : cursor.skip(); });
  return text;
}

std::optional<std::chrono::nanoseconds> read_retry_delay(std::string_view status) {
  std::optional<std::chrono::nanoseconds> delay;
  ProtobufReader reader(bytes_of(status));
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag != bytes_tag(3)) continue;
    if (const auto found = read_retry_info(field.bytes)) delay = found;
  }
  return delay;
}

}  // namespace cairn::trace::transport
