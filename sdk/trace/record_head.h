// SPDX-License-Identifier: Apache-2.0
//
// How a record begins: in line, for every span passes here.
#pragma once

#include "sdk/trace/encode.h"
#include "sdk/trace/record.h"

namespace cairn::trace::detail {

// The fixed fields at the front of the data.
struct Head {
  const TraceId& trace_id;
  const SpanId& span_id;
  const SpanId* parent_span_id;  // null: root
  std::uint32_t flags;           // OTLP's
  SpanKind kind;
  std::uint64_t start_unix_nanos;
};

// Begins the data. The end time is the 8 bytes before the name, see set_end().
inline void write_head_and_name(Record& record, const Head& head, std::string_view name) noexcept {
  std::uint8_t* to = record.data;
  encode::fixed16(to, encode::kTraceId | 16U << 8);
  encode::move_fixed<16>(to + 2, head.trace_id.bytes);
  encode::fixed16(to + 18, encode::kSpanId | 8U << 8);
  encode::move_fixed<8>(to + 20, head.span_id.bytes);
  std::uint32_t begin = 28;
  if (head.parent_span_id != nullptr) {
    encode::fixed16(to + 28, encode::kParentSpanId | 8U << 8);
    encode::move_fixed<8>(to + 30, head.parent_span_id->bytes);
    begin = 38;
  }
  to += begin;
  encode::fixed16(to, encode::kFlags);
  encode::fixed32(to + 2, head.flags);
  to[6] = encode::kKind;
  to[7] = static_cast<std::uint8_t>(head.kind);
  to[8] = encode::kStart;
  encode::fixed64(to + 9, head.start_unix_nanos);
  to[17] = encode::kEnd;
  to += 26;
  begin += 26;
  record.name_begin = begin;
  if (__builtin_expect(encode::copy_text(to + 2, name, 127) == 0, 1)) {
    encode::fixed16(to, encode::kName | static_cast<unsigned>(name.size()) << 8);
    record.size = record.name_end = begin + 2 + static_cast<std::uint32_t>(name.size());
    return;
  }
  record.size = record.name_end = begin;
  replace_name(record, name);
}

inline void set_end(Record& record, std::uint64_t unix_nanos) noexcept {
  std::memcpy(record.data + record.name_begin - 8, &unix_nanos, 8);
}

}  // namespace cairn::trace::detail
