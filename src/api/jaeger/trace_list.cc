// SPDX-License-Identifier: Apache-2.0
#include "api/jaeger/trace_list.h"

#include "net/error_status.h"
#include "wire/jaeger/json.h"

namespace cairn::api::jaeger {

std::vector<EnvelopeError> errors_of(const query::Completeness& completeness) {
  if (completeness.complete) return {};
  return {{.code = {},
           .message = "the answer is not complete: " + completeness.why_partial,
           .trace_id = {}}};
}

TraceList::TraceList(net::Responder responder, const TraceListOptions& options)
    : answer_(std::move(responder), options.pretty) {
  answer_.text() += kEnvelopeHead;
  answer_.text() += '[';
}

bool TraceList::add(const query::Trace& trace) {
  if (!added_.empty()) answer_.text() += ',';
  added_.insert(trace.id());
  for (const std::string& warning : trace.warnings) {
    errors_.push_back({.code = {}, .message = warning, .trace_id = trace.id()});
  }
  wire::jaeger::TraceEncoder encoder(trace.batch, trace.span_warnings, trace.warnings);
  bool complete = false;
  while (!complete) {
    complete = encoder.append_some(answer_.text(), request::JsonAnswer::kPiece);
    if (!answer_.flush_if_large()) return false;
  }
  return true;
}

void TraceList::note_missing(const std::vector<model::TraceId>& asked) {
  for (const model::TraceId& id : asked) {
    if (added_.contains(id)) continue;
    errors_.push_back({.code = {}, .message = "trace not found", .trace_id = id});
  }
}

void TraceList::finish(const Result<query::Completeness>& outcome) {
  if (!outcome && !answer_.streaming()) return answer_.abandon().send(failure(outcome.error()));
  if (!outcome) {
    errors_.push_back({.code = net::http_status(outcome.error().code),
                       .message = outcome.error().message,
                       .trace_id = {}});
  } else {
    for (EnvelopeError& error : errors_of(*outcome)) errors_.push_back(std::move(error));
  }
  answer_.text() += ']';
  append_envelope_tail(answer_.text(), 0, errors_);
  answer_.finish();
}

}  // namespace cairn::api::jaeger
