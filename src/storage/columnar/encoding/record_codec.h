// SPDX-License-Identifier: Apache-2.0
//
// Model records as bytes, row-wise and lossless: values, attributes, resources, scopes, and the
// seldom parts of a span. What is not worth a column of its own is kept in this form.
//   value       kind byte, then: bool 1 B; int zigzag varint; double 8 B; text and bytes sized;
//               array and key-value list: count, then the elements
//   attributes  count, then (sized key, value) each
// Decoding borrows texts from `bytes` and puts lists into `arena`; both must outlive the record.
// Errors: kCorruption; a depth beyond model::kMaxValueDepth + 1 is corruption.
#pragma once

#include "base/arena.h"
#include "model/span.h"
#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {

void encode_value(const model::AnyValue& value, Bytes& out);
model::AnyValue decode_value(ByteReader& in, Arena& arena);

void encode_attributes(std::span<const model::Attribute> attributes, Bytes& out);
std::span<const model::Attribute> decode_attributes(ByteReader& in, Arena& arena);

void encode_resource(const model::Resource& resource, Bytes& out);
model::Resource decode_resource(ByteReader& in, Arena& arena);

// All but the index of its resource, which is 0 after decoding.
void encode_scope(const model::InstrumentationScope& scope, Bytes& out);
model::InstrumentationScope decode_scope(ByteReader& in, Arena& arena);

// The seldom parts of a span: status message and unknown fields, trace state, the three dropped
// counts, events, links, unknown fields; and its attributes when `with_attributes`. Appends nothing
// when all of them are empty.
void encode_extra(const model::Span& span, bool with_attributes, Bytes& out);
// Sets those fields of `span` and no others (attributes only when the extra has them).
Result<void> decode_extra(ByteView bytes, Arena& arena, model::Span& span);

}  // namespace cairn::storage::columnar
