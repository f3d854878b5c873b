// SPDX-License-Identifier: Apache-2.0
//
// The way in: OTLP bytes are decoded and written, several requests at a time, and what that cost is
// counted. The requests are made beforehand, some at a time, and making them is not counted.
// Thread rule: write_workload() works on the calling thread; the store's own threads answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/store/stopwatch.h"
#include "bench/workload/workload.h"
#include "storage/api/trace_store.h"

namespace cairn::bench {

struct WritingOptions {
  WorkloadOptions workload;
  std::size_t in_flight = 8;      // requests
  std::uint64_t flush_every = 0;  // spans; 0: never
};

// What queries ask for: drawn from everything that was written.
struct Samples {
  std::vector<model::TraceId> traces;
  std::vector<std::string> request_ids;  // values of guid:x-request-id, which one span each has
};

struct WritingResult {
  std::uint64_t spans = 0;
  std::uint64_t rejected_spans = 0;
  std::uint64_t bytes = 0;    // of OTLP
  std::uint64_t refused = 0;  // requests that came too fast for the engine, and came again
  std::uint64_t flushes = 0;
  Duration decode_cpu{};
  Duration append_cpu{};  // inside TraceWriter::write
  Stopwatch writing;      // from bytes to acknowledgement
  Stopwatch whole;  // making the requests too; no flushes: others' CPU is the engine's threads
  Stopwatch flushing;
  Samples samples;
};

// Errors: the first that is not "slow down".
Result<WritingResult> write_workload(storage::TraceStore& store, const WritingOptions& options);

}  // namespace cairn::bench
