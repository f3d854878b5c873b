// SPDX-License-Identifier: Apache-2.0
//
// The answer to /api/traces and /api/traces/{id}: an envelope whose data are traces, written one at
// a time and streamed once it is large.
#pragma once

#include <unordered_set>
#include <vector>

#include "api/jaeger/envelope.h"
#include "api/request/json_answer.h"
#include "query/query_service.h"

namespace cairn::api::jaeger {

struct TraceListOptions {
  query::Form form = query::Form::kAdjusted;
  bool pretty = false;
};

// The entry that says that an answer is not all there is; none when it is.
std::vector<EnvelopeError> errors_of(const query::Completeness& completeness);

// Thread rule: one thread at a time, a query thread.
class TraceList {
 public:
  TraceList(net::Responder responder, const TraceListOptions& options);

  // False: nobody reads any more, stop.
  [[nodiscard]] bool add(const query::Trace& trace);
  bool empty() const { return added_.empty(); }

  // An entry in `errors` for each id that was not added.
  void note_missing(const std::vector<model::TraceId>& asked);

  // Ends the answer. An Error is the whole answer while nothing was sent, and an entry in `errors`
  // after that. Call once, and nothing after it.
  void finish(const Result<query::Completeness>& outcome);

 private:
  request::JsonAnswer answer_;
  std::unordered_set<model::TraceId> added_;
  std::vector<EnvelopeError> errors_;
};

}  // namespace cairn::api::jaeger
