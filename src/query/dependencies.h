// SPDX-License-Identifier: Apache-2.0
//
// Who calls whom: (parent service, child service) pairs counted over spans whose parent span is in
// the same trace. Calls within a service are not counted.
// Source: Jaeger, /api/dependencies; Zipkin, DependencyLink.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/api/trace_reader.h"

namespace cairn::query {

struct Dependency {
  std::string parent;
  std::string child;
  std::uint64_t calls = 0;

  bool operator==(const Dependency&) const = default;
};

struct Dependencies {
  std::vector<Dependency> links;  // by parent, then child
  storage::Completeness completeness;
};

// Counts while scan blocks stream by; holds one trace at a time.
// Thread rule: one thread at a time.
class DependencyCounter {
 public:
  // The one column that add() expects.
  static std::vector<storage::Field> projection();

  // Spans of a trace come one after the other, as TraceReader::scan gives them.
  void add(const storage::ScanBlock& block);
  // Counts the last trace and gives the result. Call once.
  std::vector<Dependency> finish();

 private:
  // Spans of one trace beyond this are not looked at: a bound on memory, far above real traces.
  static constexpr std::size_t kMaxTraceSpans = 1'000'000;

  struct Row {
    model::SpanId parent;
    std::uint32_t service;
  };

  void end_trace();
  std::uint32_t service_index(const model::AnyValue& value);

  model::TraceId trace_id_;
  std::unordered_map<model::SpanId, std::uint32_t> service_of_span_;  // of the current trace
  std::vector<Row> rows_;                                             // likewise
  std::unordered_map<std::string, std::uint32_t> service_indices_;
  std::vector<std::string> services_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> calls_;
};

}  // namespace cairn::query
