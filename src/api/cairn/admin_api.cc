// SPDX-License-Identifier: Apache-2.0
#include "api/cairn/admin_api.h"

#include "api/cairn/answer_json.h"
#include "api/request/json_answer.h"
#include "api/request/parameters.h"
#include "api/request/query_thread.h"
#include "api/request/trace_id_text.h"
#include "base/json_writer.h"

namespace cairn::api::cairn {
namespace {

using net::QueryString;

void refuse(net::Responder responder, const Error& error) {
  responder.send(failure(error));
}

Result<query::EraseTarget> target_trace(const net::Request& call) {
  ASSIGN_OR_RETURN(const model::TraceId id, request::parse_trace_id(call.path_parameter("id")));
  return query::EraseTarget(query::EraseTraces{{id}});
}

Result<query::EraseTarget> target_service(const net::Request& call) {
  return query::EraseTarget(query::EraseService{std::string(call.path_parameter("name"))});
}

// Both ends must be said: a forgotten one must not delete everything.
Result<query::EraseTarget> target_range(const net::Request& call) {
  ASSIGN_OR_RETURN(const QueryString parameters, QueryString::parse(call.query));
  constexpr Duration kUnit = std::chrono::microseconds(1);
  ASSIGN_OR_RETURN(const auto start, request::time_parameter(parameters, "start", kUnit));
  ASSIGN_OR_RETURN(const auto end, request::time_parameter(parameters, "end", kUnit));
  if (!start || !end) {
    return invalid_argument("'start' and 'end' are needed, as unix microseconds");
  }
  if (*start >= *end) return invalid_argument("'start' must lie before 'end'");
  return query::EraseTarget(query::EraseRange{{*start, *end}});
}

void answer(net::Responder responder, const Result<void>& done) {
  if (!done) return responder.send(failure(done.error()));
  responder.send(net::Response::of(200, "application/json", "{}"));
}

}  // namespace

void AdminApi::add_reading_routes(net::Router& router, std::string_view base_path) const {
  router.add({.pattern = std::string(base_path) + "/api/admin/storage",
              .handler = request::on_query_thread(
                  workers_,
                  [this](const net::Request& call, net::Responder responder) {
                    storage(call, std::move(responder));
                  },
                  refuse),
              .body_limit = {}});
}

void AdminApi::add_changing_routes(net::Router& router, bool allowed) const {
  const auto add = [&](std::string method, std::string pattern, request::Work work) {
    if (!allowed) {
      work = [](const net::Request&, net::Responder responder) {
        refuse(std::move(responder),
               {ErrorCode::kPermissionDenied, "changes are off: set admin.allow_changes"});
      };
    }
    router.add({.method = std::move(method),
                .pattern = std::move(pattern),
                .handler = request::on_query_thread(workers_, std::move(work), refuse),
                .body_limit = {}});
  };
  using Target = Result<query::EraseTarget> (*)(const net::Request&);
  const auto add_erase = [&](std::string pattern, Target target) {
    add("DELETE", std::move(pattern),
        [this, target](const net::Request& call, net::Responder responder) {
          erase(call, std::move(responder), target(call));
        });
  };
  add_erase("/api/admin/traces/{id}", target_trace);
  add_erase("/api/admin/services/{name}", target_service);
  add_erase("/api/admin/spans", target_range);
  add("POST", "/api/admin/flush", [this](const net::Request& call, net::Responder responder) {
    answer(std::move(responder), query_.flush(call.deadline));
  });
  add("POST", "/api/admin/compact", [this](const net::Request& call, net::Responder responder) {
    answer(std::move(responder), query_.compact(call.deadline));
  });
}

void AdminApi::storage(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return refuse(std::move(responder), parameters.error());
  request::JsonAnswer answer(std::move(responder), request::wants_pretty_print(*parameters));
  answer.text() = storage_json(query_.statistics(), query_.columns());
  answer.finish();
}

void AdminApi::erase(const net::Request& call, net::Responder responder,
                     const Result<query::EraseTarget>& target) const {
  if (!target) return refuse(std::move(responder), target.error());
  const auto erased = query_.erase({.tenant = {}, .deadline = call.deadline}, *target);
  if (!erased) return refuse(std::move(responder), erased.error());
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("erasedSpans", *erased);
  json.end_object();
  responder.send(net::Response::of(200, "application/json", std::move(out)));
}

}  // namespace cairn::api::cairn
