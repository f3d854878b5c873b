// SPDX-License-Identifier: Apache-2.0
//
// Between the receivers and the store: limits and accounting, the same for every protocol.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/metrics.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "model/tenant.h"
#include "storage/api/trace_writer.h"

namespace cairn::ingest {

// What became of a request's spans, and how a receiver is told: once, with an Error when nothing
// was taken (storage/api/trace_writer.h says which codes ask for a retry).
using Outcome = storage::WriteOutcome;
using Done = storage::WriteDone;

struct IngestOptions {
  std::size_t max_attributes_per_span = 4096;  // more: kTooManyAttributes
  // Of a resource and of a scope. Lower than a span's: every span's search and every summary looks
  // at them. More rejects all their spans, as kTooManyAttributes and kTooLarge.
  std::size_t max_resource_attributes = 512;
  std::size_t max_resource_bytes = 64_KiB;
  std::size_t max_span_bytes = 8_MiB;          // of names, keys and values: kTooLarge
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

 private:
  Source source_;
  MetricsRegistry& metrics_;
  Counter& accepted_;
  std::array<Counter*, model::kRejectionReasons> rejected_{};
};

// What a receiver hands over: spans that decoded, and the count of those that did not.
struct Delivery {
  model::TenantId tenant;
  std::shared_ptr<model::Batch> batch;
  model::Rejections rejected;  // by the decoder
};

// Thread rule: accept() may be called from any thread.
class Ingest {
 public:
  // Ownership: `writer` outlives it.
  Ingest(IngestOptions options, storage::TraceWriter& writer)
      : options_(options), writer_(writer) {}

  // Applies the limits, writes what is left and calls `done` once, with all that was accepted and
  // all that was rejected, the decoder's rejections included. Errors are the writer's.
  // Empty: a delivery without spans is answered without asking the writer.
  // Ownership: `door` outlives the call of `done`.
  void accept(Door& door, Delivery delivery, Done done);

 private:
  IngestOptions options_;
  storage::TraceWriter& writer_;
};

}  // namespace cairn::ingest
