// SPDX-License-Identifier: Apache-2.0
//
// The search form as a query string, shared by Jaeger's /api/traces and our own search:
//   service, operation, start, end (unix µs), minDuration, maxDuration ("1.5s"), limit,
//   tag (repeat, key:value), tags (repeat, a JSON object of strings)
// Source: Jaeger, query parameters of /api/traces; docs/protocols/jaeger.md.
#pragma once

#include "net/http/query_string.h"
#include "query/query_service.h"

namespace cairn::api::request {

// Defaults: everything, of the last `options.default_lookback` before `now`, 100 traces. Without a
// service all services are searched. `end` includes its microsecond.
// Errors: kInvalidArgument with Jaeger's message.
Result<query::TraceQuery> parse_search(const net::QueryString& parameters,
                                       const query::QueryOptions& options, model::Timestamp now);

// `start` and `end` where present; all of time on a side that is absent.
Result<query::TimeRange> parse_time_range(const net::QueryString& parameters);

}  // namespace cairn::api::request
