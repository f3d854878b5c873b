// SPDX-License-Identifier: Apache-2.0
//
// What a span costs on its way into the store, by the format it comes in: the same requests of the
// shop workload, encoded in each format beforehand, decoded and written into a columnar store.
// Thread rule: measure_format() works on the calling thread; the store's own threads answer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "bench/store/stopwatch.h"
#include "bench/workload/workload.h"
#include "model/rejection.h"
#include "storage/api/trace_store.h"

namespace cairn::bench {

struct WireFormat {
  std::string_view name;
  // The messages of one request: one, or one a resource where a message has one.
  std::function<std::vector<std::string>(const model::Batch&)> encode;
  std::function<Result<model::Rejections>(ByteView, model::Batch&)> decode;
};

// OTLP protobuf, what the others are compared with, is the first.
std::vector<WireFormat> all_formats();

struct FormatCost {
  std::uint64_t spans = 0;
  std::uint64_t bytes = 0;
  Duration decode_cpu{};
  Duration append_cpu{};  // inside TraceWriter::write
  Stopwatch whole;        // from bytes to acknowledgement; others' CPU is the WAL's threads
};

// Errors: the decoder's and the store's; kInternal when a span was rejected or came back changed in
// number.
Result<FormatCost> measure_format(const WireFormat& format, storage::TraceStore& store,
                                  const WorkloadOptions& options);

}  // namespace cairn::bench
