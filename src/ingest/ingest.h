// SPDX-License-Identifier: Apache-2.0
//
// Between the receivers and the store: limits, sampling, attribute rules and accounting, the same
// for every protocol.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "ingest/batch_observer.h"
#include "ingest/processors.h"
#include "ingest/rate_limits.h"
#include "ingest/trace_sizes.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "model/tenant.h"
#include "storage/api/trace_writer.h"

namespace cairn::ingest {

// What became of a request's spans, and how a receiver is told: once, with an Error when nothing
// was taken (storage/api/trace_writer.h says which codes ask for a retry).
using Outcome = storage::WriteOutcome;
using Done = storage::WriteDone;

// Everything is off, or as large as only a mistake is, unless configured.
struct IngestOptions {
  std::size_t max_attributes_per_span = 4096;  // more: kTooManyAttributes
  // Of a resource and of a scope. Lower than a span's: every span's search and every summary looks
  // at them. More rejects all their spans, as kTooManyAttributes and kTooLarge.
  std::size_t max_resource_attributes = 512;
  std::size_t max_resource_bytes = 64_KiB;
  std::size_t max_span_bytes = 8_MiB;  // of names, keys and values: kTooLarge
  std::size_t max_value_bytes = 0;     // longer texts are cut, and counted; 0: none is
  std::uint64_t max_trace_spans = 0;   // more: kTraceTooLarge; 0: no limit
  RateOptions rates = {};              // more: kRateLimited
  std::vector<ProcessorRule> processors = {};
  double sampling_probability = 1;  // of a trace to be kept, by its id
};

// Which door spans come through; the labels of its metrics: {"otlp", "grpc"}.
struct Source {
  std::string format;
  std::string transport;
};

// A door's counters. Made once per receiver; lives as long as the registry.
class Door {
 public:
  Door(const Source& source, MetricsRegistry& metrics);

  void count_accepted(std::uint64_t spans) { accepted_.add(spans); }
  void count_rejected(const model::Rejections& rejections);
  // A request of which nothing was taken.
  void count_failed(ErrorCode code);
  // Spans left out because their trace is not sampled; no rejection, nobody is told.
  void count_sampled_out(std::uint64_t spans);
  void count_changes(const Changes& changes);

 private:
  Source source_;
  MetricsRegistry& metrics_;
  Counter& accepted_;
  std::array<Counter*, model::kRejectionReasons> rejected_{};
  // By ErrorCode, looked up once: a flood of garbage is counted at the speed it comes.
  std::array<std::atomic<Counter*>, static_cast<std::size_t>(ErrorCode::kInternal) + 1> failed_{};
};

// What a receiver hands over: spans that decoded, and the count of those that did not.
struct Delivery {
  model::TenantId tenant;
  std::shared_ptr<model::Batch> batch;
  model::Rejections rejected;  // by the decoder
};

// Thread rule: accept() may be called from any thread.
//
//   limits ─► sampling ─► rates ─► trace sizes ─► processors ─► observer ─► writer
class Ingest {
 public:
  // Ownership: all outlive it; `observer` may be null.
  Ingest(IngestOptions options, storage::TraceWriter& writer, const Clock& clock,
         BatchObserver* observer = nullptr);

  // Applies all of that, writes what is left and calls `done` once, with all that was accepted and
  // all that was rejected, the decoder's rejections included. Errors are the writer's.
  // Empty: a delivery without spans is answered without asking the writer.
  // Ownership: `door` outlives the call of `done`.
  void accept(Door& door, Delivery delivery, Done done);

 private:
  const IngestOptions options_;
  storage::TraceWriter& writer_;
  RateLimits rates_;
  TraceSizes trace_sizes_;
  const Processors processors_;
  BatchObserver* const observer_;
};

}  // namespace cairn::ingest
