// SPDX-License-Identifier: Apache-2.0
//
// TraceQuery: the search form that Jaeger's API, its UI and ours share, as plain values, and what
// it means as a condition. Source: Jaeger, query parameters of /api/traces;
// docs/protocols/jaeger.md "Search semantics".
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/api/condition.h"
#include "storage/api/time_range.h"
#include "storage/api/trace_reader.h"

namespace cairn::query {

using SearchOrder = storage::SearchOrder;
using SearchCursor = storage::SearchCursor;
using TimeRange = storage::TimeRange;

// Every predicate must hold on ONE span; the trace of that span is the result. Empty ones ask
// nothing.
struct TraceQuery {
  std::string service{};
  std::string operation{};                                  // the span's whole name
  std::optional<Duration> min_duration{};                   // of the span, inclusive
  std::optional<Duration> max_duration{};                   // likewise
  std::vector<std::pair<std::string, std::string>> tags{};  // key, value; all must hold
  TimeRange range{};                                        // over span starts
  SearchOrder order = SearchOrder::kNewestFirst;
  std::size_t limit = 100;  // traces, exact
  std::optional<SearchCursor> after{};
};

// A condition on a trace; `everything` when nothing is asked.
storage::Condition to_condition(const TraceQuery& query);

// What `key=value` in Jaeger's tag search means, as a condition on a span:
//   error=true|false          the span's status is, or is not, error; other values: an attribute
//   span.kind, span.status    the intrinsic; `otel.status_code` likewise
//   scope.name, scope.version the instrumentation scope; `otel.scope.…` likewise
//   resource.KEY              an attribute KEY of the resource, or one whose key is spelled that
//   way event                     an event of that name, or an attribute otel.status_description,
//   w3c.tracestate   the fields that are shown under these names anything else             an
//   attribute at any level whose display text is `value`
storage::Condition tag_condition(const std::string& key, const std::string& value);

}  // namespace cairn::query
