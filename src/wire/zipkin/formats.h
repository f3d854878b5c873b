// SPDX-License-Identifier: Apache-2.0
//
// The four formats, each a reader and a writer. Readers give their spans to a BatchBuilder and
// return why they stopped; what they had given by then is the caller's to undo. Writers are given
// spans whose lists are in order.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "wire/protobuf/backward_writer.h"
#include "wire/zipkin/batch_builder.h"

namespace cairn::wire::zipkin {

Result<void> read_json_v2(ByteView body, BatchBuilder& builder);
void write_json_v2(const Span& span, JsonWriter& json);

Result<void> read_protobuf(ByteView body, BatchBuilder& builder);
// As one field of ListOfSpans. The last span of a list is written first.
void write_protobuf(const Span& span, protobuf::BackwardWriter& writer);

Result<void> read_json_v1(ByteView body, BatchBuilder& builder);
void write_json_v1(const Span& span, JsonWriter& json);

// A list of spans, or one bare span.
Result<void> read_thrift(ByteView body, BatchBuilder& builder);
// As one element of a list.
void write_thrift(const Span& span, std::string& out);

}  // namespace cairn::wire::zipkin
