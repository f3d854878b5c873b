// SPDX-License-Identifier: Apache-2.0
#include "api/cairn/cairn_api.h"

#include "api/cairn/answer_json.h"
#include "api/cairn/cursor_text.h"
#include "api/request/json_answer.h"
#include "api/request/parameters.h"
#include "api/request/query_thread.h"
#include "api/request/search_parameters.h"
#include "api/request/trace_id_text.h"
#include "wire/otlp/json.h"

namespace cairn::api::cairn {
namespace {

using net::QueryString;

void send_json(net::Responder responder, const QueryString& parameters, std::string json) {
  request::JsonAnswer answer(std::move(responder), request::wants_pretty_print(parameters));
  answer.text() = std::move(json);
  // Streamed when large: a slow reader then holds this one thread and this one answer, not a queue
  // of finished answers.
  (void)answer.flush_if_large();
  answer.finish();
}

Result<query::SearchOrder> parse_order(const QueryString& parameters) {
  const std::string order = request::text_parameter(parameters, "order");
  if (order.empty() || order == "newest") return query::SearchOrder::kNewestFirst;
  if (order == "longest") return query::SearchOrder::kLongestFirst;
  return invalid_argument("'order' must be newest or longest");
}

Result<query::TraceQuery> parse_page(const QueryString& parameters,
                                     const query::QueryOptions& options, model::Timestamp now) {
  ASSIGN_OR_RETURN(query::TraceQuery search, request::parse_search(parameters, options, now));
  ASSIGN_OR_RETURN(search.order, parse_order(parameters));
  const std::string text = request::text_parameter(parameters, "cursor");
  if (text.empty()) return search;
  ASSIGN_OR_RETURN(const PageCursor cursor, parse_cursor(text));
  if (cursor.order != search.order) {
    return invalid_argument("'cursor' belongs to a search in another order");
  }
  search.after = cursor.after;
  return search;
}

}  // namespace

void CairnApi::add_routes(net::Router& router, std::string_view base_path) const {
  const auto refuse = [](net::Responder responder, const Error& error) {
    responder.send(failure(error));
  };
  const auto add = [&](std::string_view path, request::Work work) {
    router.add({.pattern = std::string(base_path) + std::string(path),
                .handler = request::on_query_thread(workers_, std::move(work), refuse),
                .body_limit = {}});
  };
  add("/api/cairn/v1/search", [this](const net::Request& call, net::Responder responder) {
    search(call, std::move(responder));
  });
  add("/api/cairn/v1/traces/{id}", [this](const net::Request& call, net::Responder responder) {
    trace(call, std::move(responder));
  });
}

void CairnApi::search(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto search =
      parse_page(*parameters, query_.options(), model::Timestamp{clock_.unix_nanos()});
  if (!search) return responder.send(failure(search.error()));
  const auto page = query_.search({.tenant = {}, .deadline = call.deadline}, *search);
  if (!page) return responder.send(failure(page.error()));
  send_json(std::move(responder), *parameters, search_page_json(*page, search->order));
}

void CairnApi::trace(const net::Request& call, net::Responder responder) const {
  const auto parameters = QueryString::parse(call.query);
  if (!parameters) return responder.send(failure(parameters.error()));
  const auto id = request::parse_trace_id(call.path_parameter("id"));
  if (!id) return responder.send(failure(id.error()));
  std::string json;
  std::vector<std::string> warnings;
  const auto outcome = query_.traces({.tenant = {}, .deadline = call.deadline}, {{*id}, {}},
                                     query::Form::kRaw, [&](const query::Trace& found) {
                                       wire::otlp::encode_traces_json(found.batch, json);
                                       warnings = found.warnings;
                                       return true;
                                     });
  if (!outcome) return responder.send(failure(outcome.error()));
  if (!outcome->complete) return responder.send(failure(unavailable(outcome->why_partial)));
  if (json.empty()) return responder.send(failure(not_found("trace not found")));
  // Cut at query.max_trace_spans: a part must not pass for the whole.
  if (!warnings.empty()) return responder.send(failure(unavailable(warnings.front())));
  send_json(std::move(responder), *parameters, std::move(json));
}

}  // namespace cairn::api::cairn
