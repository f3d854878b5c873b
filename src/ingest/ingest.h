// SPDX-License-Identifier: Apache-2.0
//
// Between the receivers and the store: limits and accounting, the same for every protocol.
#pragma once

#include <memory>
#include <string>

#include "base/metrics.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "model/tenant.h"
#include "storage/api/trace_writer.h"

namespace cairn::ingest {

struct IngestOptions {
  std::size_t max_attributes_per_span = 1024;        // more: kTooManyAttributes
  std::size_t max_span_bytes = 8 * 1024 * 1024;      // of text and values: kTooLarge
};

// Which door the spans came through: metric labels, `otlp`/`grpc`.
struct Source {
  std::string format;
  std::string transport;
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
  // Ownership: `writer` and `metrics` outlive it.
  Ingest(IngestOptions options, storage::TraceWriter& writer, MetricsRegistry& metrics);

  // The door's counters, made once per receiver.
  class Door;
  std::shared_ptr<Door> open_door(const Source& source);

  // Applies the limits, writes what is left and calls `done` once with everything accepted and
  // rejected, the decoder's rejections included. Errors are the writer's (trace_writer.h).
  void accept(Door& door, Delivery delivery, storage::WriteDone done);

 private:
  IngestOptions options_;
  storage::TraceWriter& writer_;
  MetricsRegistry& metrics_;
};

}  // namespace cairn::ingest
