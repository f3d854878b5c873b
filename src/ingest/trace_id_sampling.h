// SPDX-License-Identifier: Apache-2.0
//
// Keeps a share of all traces, chosen by their ids, so that every sender and every server with the
// same probability keeps the same ones.
// Source: OpenTelemetry, "TraceState: Probability Sampling", consistent sampling by the random
// value in the last 56 bits of the trace id.
#pragma once

#include "model/batch.h"

namespace cairn::ingest {

// 0 keeps none, 1 all.
bool is_sampled(const model::TraceId& id, double probability);

// Removes the spans of traces that are not kept; returns how many. Spans that were sent for
// debugging (Zipkin's debug, Jaeger's flag) are kept always.
std::uint64_t sample_by_trace_id(double probability, model::Batch& batch);

}  // namespace cairn::ingest
