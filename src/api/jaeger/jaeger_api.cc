// SPDX-License-Identifier: Apache-2.0
#include "api/jaeger/jaeger_api.h"

#include <algorithm>

#include "api/jaeger/envelope.h"
#include "api/jaeger/trace_list.h"
#include "api/request/json_answer.h"
#include "api/request/parameters.h"
#include "api/request/query_thread.h"
#include "api/request/search_parameters.h"
#include "api/request/trace_id_text.h"
#include "base/json_writer.h"

namespace cairn::api::jaeger {
namespace {

using net::QueryString;
using query::QueryContext;
using request::JsonAnswer;

constexpr Duration kMillisecond = std::chrono::milliseconds(1);
constexpr Duration kDependencyLookback = std::chrono::hours(24);

QueryContext context_of(const net::Request& request) {
  return {.tenant = {}, .deadline = request.deadline};
}

// Answers with `data`, a JSON value.
void answer(net::Responder responder, const QueryString& parameters, std::string_view data,
            std::size_t total, const query::Completeness& completeness) {
  JsonAnswer json(std::move(responder), request::wants_pretty_print(parameters));
  json.text() += kEnvelopeHead;
  json.text() += data;
  append_envelope_tail(json.text(), total, errors_of(completeness));
  json.finish();
}

std::string as_json(const std::vector<std::string>& names) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const std::string& name : names) json.string(name);
  json.end_array();
  return out;
}

std::string as_json(const std::vector<query::Operation>& operations) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const query::Operation& operation : operations) {
    json.begin_object();
    json.member("name", std::string_view(operation.name));
    json.member("spanKind", std::string_view(operation.kind));
    json.end_object();
  }
  json.end_array();
  return out;
}

// Those that `service` is an end of; all when it is empty.
std::string as_json(const std::vector<query::Dependency>& links, std::string_view service) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const query::Dependency& link : links) {
    if (!service.empty() && link.parent != service && link.child != service) continue;
    json.begin_object();
    json.member("parent", std::string_view(link.parent));
    json.member("child", std::string_view(link.child));
    json.member("callCount", link.calls);
    json.end_object();
  }
  json.end_array();
  return out;
}

Result<query::TimeRange> dependency_range(const QueryString& parameters, model::Timestamp now) {
  ASSIGN_OR_RETURN(const auto end, request::time_parameter(parameters, "endTs", kMillisecond));
  ASSIGN_OR_RETURN(const auto lookback, request::int_parameter(parameters, "lookback"));
  if (lookback && *lookback < 0) {
    return invalid_argument("unable to parse param 'lookback': it must not be negative");
  }
  const Duration back =
      lookback ? Duration(std::min(*lookback, Duration::max() / kMillisecond) * kMillisecond)
               : kDependencyLookback;
  const model::Timestamp last = end.value_or(now);
  return query::TimeRange{.begin = last.plus(-back), .end = last.plus(kMillisecond)};
}

Result<std::vector<model::TraceId>> trace_ids(const QueryString& parameters) {
  std::vector<model::TraceId> ids;
  for (const std::string_view text : parameters.get_all("traceID")) {
    if (text.empty()) continue;
    const Result<model::TraceId> id = request::parse_trace_id(text);
    if (!id) return annotate(id.error(), "cannot parse traceID param");
    ids.push_back(*id);
  }
  return ids;
}

// Form, and whether to indent.
Result<TraceListOptions> trace_list_options(const QueryString& parameters) {
  ASSIGN_OR_RETURN(const bool raw, request::bool_parameter(parameters, "raw"));
  return TraceListOptions{.form = raw ? query::Form::kRaw : query::Form::kAdjusted,
                          .pretty = request::wants_pretty_print(parameters)};
}

struct TraceParameters {
  query::TracesRequest traces;
  TraceListOptions options;
};

Result<TraceParameters> trace_parameters(const net::Request& call, const QueryString& parameters) {
  TraceParameters parsed;
  ASSIGN_OR_RETURN(const model::TraceId id, request::parse_trace_id(call.path_parameter("id")));
  parsed.traces.ids.push_back(id);
  ASSIGN_OR_RETURN(parsed.traces.hint, request::parse_time_range(parameters));
  ASSIGN_OR_RETURN(parsed.options, trace_list_options(parameters));
  return parsed;
}

}  // namespace

net::Handler JaegerApi::handler(Method method) const {
  return request::on_query_thread(
      workers_,
      [this, method](const net::Request& call, net::Responder responder) {
        (this->*method)(call, std::move(responder));
      },
      [](net::Responder responder, const Error& error) { responder.send(failure(error)); });
}

void JaegerApi::add_routes(net::Router& router, std::string_view base_path) const {
  const auto add = [&](std::string method, std::string_view path, net::Handler handler) {
    router.add({.method = std::move(method),
                .pattern = std::string(base_path) + std::string(path),
                .handler = std::move(handler),
                .body_limit = {}});
  };
  add("GET", "/api/services", handler(&JaegerApi::services));
  add("GET", "/api/services/{service}/operations", handler(&JaegerApi::operation_names));
  add("GET", "/api/operations", handler(&JaegerApi::operations));
  add("GET", "/api/traces", handler(&JaegerApi::find_traces));
  add("GET", "/api/traces/{id}", handler(&JaegerApi::trace));
  add("POST", "/api/archive/{id}", handler(&JaegerApi::archive));
  add("GET", "/api/dependencies", handler(&JaegerApi::dependencies));
  add("GET", "/api/metrics/{name...}", [](const net::Request&, net::Responder responder) {
    responder.send(failure(unimplemented("metrics querying is not configured")));
  });
  const net::Handler unknown = [](const net::Request&, net::Responder responder) {
    responder.send(page_not_found());
  };
  add("GET", "/api/{rest...}", unknown);
  add("POST", "/api/{rest...}", unknown);
}

void JaegerApi::services(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto found = query_.services(context_of(call));
  if (!found) return responder.send(failure(found.error()));
  answer(std::move(responder), *parameters, as_json(found->names), found->names.size(),
         found->completeness);
}

void JaegerApi::operation_names(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto found =
      query_.operation_names(context_of(call), std::string(call.path_parameter("service")));
  if (!found) return responder.send(failure(found.error()));
  // Upstream's list here is null, not empty, when there are none.
  const std::string data = found->names.empty() ? "null" : as_json(found->names);
  answer(std::move(responder), *parameters, data, found->names.size(), found->completeness);
}

void JaegerApi::operations(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const std::string service = request::text_parameter(*parameters, "service");
  if (service.empty()) {
    return responder.send(failure(invalid_argument("parameter 'service' is required")));
  }
  const auto found = query_.operations(context_of(call), service,
                                       request::text_parameter(*parameters, "spanKind"));
  if (!found) return responder.send(failure(found.error()));
  answer(std::move(responder), *parameters, as_json(found->operations), found->operations.size(),
         found->completeness);
}

void JaegerApi::find_traces(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto options = trace_list_options(*parameters);
  if (!options) return responder.send(failure(options.error()));
  const auto search =
      request::parse_search(*parameters, query_.options(), model::Timestamp{clock_.unix_nanos()});
  if (!search) return responder.send(failure(search.error()));
  const auto ids = trace_ids(*parameters);
  if (!ids) return responder.send(failure(ids.error()));

  TraceList list(std::move(responder), *options);
  const query::TraceVisitor visit = [&](query::Trace trace) { return list.add(trace); };
  if (ids->empty()) {
    return list.finish(query_.find_traces(context_of(call), *search, options->form, visit));
  }
  const auto outcome =
      query_.traces(context_of(call), {.ids = *ids, .hint = {}}, options->form, visit);
  list.note_missing(*ids);
  list.finish(outcome);
}

void JaegerApi::trace(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto parsed = trace_parameters(call, *parameters);
  if (!parsed) return responder.send(failure(parsed.error()));
  TraceList list(std::move(responder), parsed->options);
  const auto outcome = query_.traces(context_of(call), parsed->traces, parsed->options.form,
                                     [&](query::Trace trace) { return list.add(trace); });
  // A part that could not be read is a failure, not an absence.
  if (outcome && outcome->complete && list.empty()) {
    return list.finish(not_found("trace not found"));
  }
  if (outcome && list.empty()) return list.finish(deadline_exceeded(outcome->why_partial));
  list.finish(outcome);
}

void JaegerApi::archive(const net::Request& call, net::Responder responder) const {
  const auto id = request::parse_trace_id(call.path_parameter("id"));
  if (!id) return responder.send(failure(id.error()));
  // Nothing ages out of reach of a search, so there is no second store to copy into.
  responder.send(failure(internal_error("archive span storage was not configured")));
}

void JaegerApi::dependencies(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto range = dependency_range(*parameters, model::Timestamp{clock_.unix_nanos()});
  if (!range) return responder.send(failure(range.error()));
  const auto found = query_.dependencies(context_of(call), *range);
  if (!found) return responder.send(failure(found.error()));
  const std::string service = request::text_parameter(*parameters, "service");
  answer(std::move(responder), *parameters, as_json(found->links, service), 0, found->completeness);
}

}  // namespace cairn::api::jaeger
