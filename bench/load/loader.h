// SPDX-License-Identifier: Apache-2.0
//
// Sends prepared requests over several connections, as fast as the server answers. When it says
// "slow down", all of them pause for a moment; what was refused is not sent again.
// Thread rule: run() works on the calling thread alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/load/connection.h"
#include "bench/load/request_pool.h"

namespace cairn::bench {

struct LoadOptions {
  ConnectionOptions connection;
  std::size_t connections = 2;
  std::chrono::duration<double> longest{5};  // sending stops then
  std::uint64_t most_spans = 0;              // or after that many; 0: no limit
  double spans_per_second = 0;               // not faster than that; 0: as fast as it goes
  std::chrono::seconds patience{10};         // for answers after the last request
};

struct LoadResult {
  std::uint64_t requests = 0;
  std::uint64_t sent_spans = 0;  // of answered requests
  std::uint64_t accepted_spans = 0;
  std::uint64_t rejected_spans = 0;
  std::uint64_t sent_bytes = 0;
  std::chrono::duration<double> elapsed{};
  std::map<std::string, std::uint64_t> errors;  // requests, by what went wrong
  std::vector<Duration> latencies;              // of answered requests, ascending
};

// Called about once a second with the result so far.
using Progress = std::function<void(const LoadResult&)>;

// Errors: kUnavailable when no connection can be made. A connection that breaks later is an entry
// of `errors`, once for each of its requests.
Result<LoadResult> run(const LoadOptions& options, RequestPool& pool, const Progress& progress);

// The latency that `share` (0 to 1) of them do not exceed; 0 when there are none.
Duration quantile(const std::vector<Duration>& ascending, double share);

}  // namespace cairn::bench
