// SPDX-License-Identifier: Apache-2.0
#include "api/request/search_parameters.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "api/request/parameters.h"

namespace cairn::api::request {
namespace {

using Tags = std::vector<std::pair<std::string, std::string>>;

constexpr Duration kMicrosecond = std::chrono::microseconds(1);

Result<void> append_tag(Tags& tags, std::string_view text) {
  if (text.empty()) return {};
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return invalid_argument(
        fmt::format("malformed 'tag' parameter, expecting key:value, received: {}", text));
  }
  tags.emplace_back(text.substr(0, colon), text.substr(colon + 1));
  return {};
}

Result<void> append_json_tags(Tags& tags, std::string_view text) {
  if (text.empty()) return {};
  const auto malformed = [](std::string_view why) {
    return invalid_argument(
        fmt::format("malformed 'tags' parameter, cannot unmarshal JSON: {}", why));
  };
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const auto error = parser.parse(simdjson::padded_string(text)).get_object().get(object);
  if (error != simdjson::SUCCESS) return malformed(simdjson::error_message(error));
  for (const auto& [key, value] : object) {
    std::string_view value_text;
    if (value.get_string().get(value_text) != simdjson::SUCCESS) {
      return malformed(fmt::format("the value of \"{}\" is not a string", key));
    }
    tags.emplace_back(key, value_text);
  }
  return {};
}

Result<Tags> parse_tags(const net::QueryString& parameters) {
  Tags tags;
  for (const std::string_view text : parameters.get_all("tag")) {
    RETURN_IF_ERROR(append_tag(tags, text));
  }
  for (const std::string_view text : parameters.get_all("tags")) {
    RETURN_IF_ERROR(append_json_tags(tags, text));
  }
  return tags;
}

Result<std::size_t> parse_limit(const net::QueryString& parameters,
                                const query::QueryOptions& options) {
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> limit, int_parameter(parameters, "limit"));
  if (!limit) return query::TraceQuery().limit;
  if (*limit < 1 || static_cast<std::uint64_t>(*limit) > options.max_limit) {
    return invalid_argument(fmt::format("unable to parse param 'limit': {} is not from 1 to {}",
                                        *limit, options.max_limit));
  }
  return static_cast<std::size_t>(*limit);
}

}  // namespace

Result<query::TimeRange> parse_time_range(const net::QueryString& parameters) {
  query::TimeRange range;
  ASSIGN_OR_RETURN(const auto start, time_parameter(parameters, "start", kMicrosecond));
  ASSIGN_OR_RETURN(const auto end, time_parameter(parameters, "end", kMicrosecond));
  if (start) range.begin = *start;
  if (end) range.end = end->plus(kMicrosecond);
  if (range.end <= range.begin) {
    return invalid_argument("'end' should not be before 'start'");
  }
  return range;
}

Result<query::TraceQuery> parse_search(const net::QueryString& parameters,
                                       const query::QueryOptions& options, model::Timestamp now) {
  query::TraceQuery search;
  search.service = text_parameter(parameters, "service");
  search.operation = text_parameter(parameters, "operation");
  ASSIGN_OR_RETURN(search.range, parse_time_range(parameters));
  if (text_parameter(parameters, "end").empty()) search.range.end = now.plus(kMicrosecond);
  if (text_parameter(parameters, "start").empty()) {
    search.range.begin = search.range.end.plus(-options.default_lookback);
  }
  ASSIGN_OR_RETURN(search.tags, parse_tags(parameters));
  ASSIGN_OR_RETURN(search.limit, parse_limit(parameters, options));
  ASSIGN_OR_RETURN(search.min_duration, duration_parameter(parameters, "minDuration"));
  ASSIGN_OR_RETURN(search.max_duration, duration_parameter(parameters, "maxDuration"));
  if (search.min_duration && search.max_duration && *search.max_duration < *search.min_duration) {
    return invalid_argument("'maxDuration' should be greater than 'minDuration'");
  }
  return search;
}

}  // namespace cairn::api::request
