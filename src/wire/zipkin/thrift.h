// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's first spans in Thrift, in either protocol: the list that HTTP and queues carry, and that
// agents are sent as the argument of emitZipkinBatch.
// Source: zipkin-api, thrift/zipkinCore.thrift.
#pragma once

#include "base/result.h"
#include "model/batch.h"
#include "wire/thrift/reader.h"

namespace cairn::wire::zipkin {

// Appends a list of spans, its header included; `reader` then stands behind it.
// As zipkin::decode(Format::kThrift): one bad span refuses the list, and `batch` then holds no new
// spans. Views point into the reader's input.
Result<void> decode_thrift_spans(thrift::BinaryReader& reader, model::Batch& batch);
Result<void> decode_thrift_spans(thrift::CompactReader& reader, model::Batch& batch);

}  // namespace cairn::wire::zipkin
