// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

// What may stand in a page's <base> and in routes as it is.
bool is_plain_path(std::string_view text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789._~-/") == std::string_view::npos &&
         text.find("//") == std::string_view::npos && text.find("/.") == std::string_view::npos;
}

Result<std::string> parse_base_path(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  if (!text.empty() && (!text.starts_with('/') || !is_plain_path(text))) {
    return invalid_argument(fmt::format(
        "'{}' is not a path like /jaeger: a slash, then letters, digits and . _ ~ -", text));
  }
  return std::string(text);
}

}  // namespace

void add_query(std::vector<Setting>& table) {
  add_endpoint(table, "query.http", "the web page and the query API",
               [](auto& c) -> auto& { return c.query.http; });
  table.push_back(make(
      "query.base_path", "Path prefix under which page and API are served, like /jaeger.",
      [](auto& c) -> auto& { return c.query.base_path; }, parse_base_path,
      [](const std::string& value) { return value; }));
  add_cors(table, "query.cors", [](auto& c) -> auto& { return c.query.cors; });
  table.push_back(threads("query.workers", "Threads that answer queries.",
                          [](auto& c) -> auto& { return c.query.workers; }));
  table.push_back(number<std::size_t>("query.queue", "Queries that may wait; more are refused.",
                                      [](auto& c) -> auto& { return c.query.queue; }));
  table.push_back(number<std::size_t>("query.max_limit", "Traces that one search may ask for.",
                                      [](auto& c) -> auto& { return c.query.service.max_limit; }));
  table.push_back(number<std::size_t>(
      "query.max_trace_spans", "Spans of one trace in an answer; the rest is said to be missing.",
      [](auto& c) -> auto& { return c.query.service.max_trace_spans; }));
  table.push_back(duration("query.default_lookback", "How far back a search without times looks.",
                           [](auto& c) -> auto& { return c.query.service.default_lookback; }));
  table.push_back(duration("query.max_clock_skew",
                           "How far spans of skewed clocks may be moved when shown; 0s: never.",
                           [](auto& c) -> auto& { return c.query.service.max_clock_skew; }));
}

}  // namespace cairn::server
