// SPDX-License-Identifier: Apache-2.0
//
// Single parameters of query strings. An empty value is an absent one, as forms send it.
// Errors: kInvalidArgument in the words of Jaeger's API, which scripts look at:
//   unable to parse param 'limit': strconv.ParseInt: parsing "x": invalid syntax
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "model/timestamp.h"
#include "net/http/query_string.h"

namespace cairn::api::request {

// Empty when absent.
std::string text_parameter(const net::QueryString& query, std::string_view name);
Result<std::optional<std::int64_t>> int_parameter(const net::QueryString& query,
                                                  std::string_view name);
// Go's spellings: 1, t, T, true, TRUE, True, 0, f, …; false when absent.
Result<bool> bool_parameter(const net::QueryString& query, std::string_view name);
// "1.5s"; see base/duration_text.h.
Result<std::optional<Duration>> duration_parameter(const net::QueryString& query,
                                                   std::string_view name);
// A whole number of `unit`s since 1970; times beyond what a Timestamp holds saturate.
Result<std::optional<model::Timestamp>> time_parameter(const net::QueryString& query,
                                                       std::string_view name, Duration unit);
// Whether an answer should be indented: `prettyPrint` with any value but an empty one or "false".
bool wants_pretty_print(const net::QueryString& query);

}  // namespace cairn::api::request
