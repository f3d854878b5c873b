// SPDX-License-Identifier: Apache-2.0
#include "net/http/router.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "net/http/percent.h"

namespace cairn::net {
namespace {

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}
bool is_rest(std::string_view segment) {
  return is_name(segment) && segment.ends_with("...}");
}

std::string_view name_of(std::string_view segment) {
  return segment.substr(1, segment.size() - (is_rest(segment) ? 5 : 2));
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

// "a/b" from its segments, which lie one after another in the same text.
std::string_view joined_from(const std::vector<std::string_view>& segments, std::size_t first) {
  if (first >= segments.size()) return {};
  const char* begin = segments[first].data();
  const char* end = segments.back().data() + segments.back().size();
  return {begin, static_cast<std::size_t>(end - begin)};
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

// True when the path fits; fills in what the names matched.
bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path,
          Parameters& parameters) {
  parameters.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_rest(pattern[i])) {
      auto value = percent_decode(joined_from(path, i));
      if (!value) return false;
      parameters.emplace_back(name_of(pattern[i]), *std::move(value));
      return true;
    }
    if (i >= path.size()) return false;
    if (is_name(pattern[i])) {
      auto value = percent_decode(path[i]);
      if (!value || value->empty()) return false;
      parameters.emplace_back(name_of(pattern[i]), *std::move(value));
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return path.size() == pattern.size();
}

// 0 literal, 1 name, 2 rest.
int rank(std::string_view segment) {
  return is_rest(segment) ? 2 : is_name(segment) ? 1 : 0;
}

// True when pattern `a` is to be preferred to `b`: the first difference decides.
bool wins(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (rank(a[i]) != rank(b[i])) return rank(a[i]) < rank(b[i]);
  }
  return a.size() > b.size();
}

bool method_fits(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

void Router::add(Route route) {
  CAIRN_CHECK(route.pattern.starts_with('/'));
  CAIRN_CHECK(route.handler != nullptr);
  Row row;
  for (const std::string_view segment : split(route.pattern)) row.segments.emplace_back(segment);
  row.route = std::move(route);
  rows_.push_back(std::move(row));
}

void Router::wrap(const std::function<Handler(const Route&)>& wrap) {
  for (Row& row : rows_) row.route.handler = wrap(row.route);
}

void Router::add_all(Router other) {
  std::move(other.rows_.begin(), other.rows_.end(), std::back_inserter(rows_));
}

Router::Match Router::match(std::string_view method, std::string_view path, bool grpc) const {
  Match match;
  if (grpc) {  // gRPC names are literal: the whole path or nothing
    for (const Row& row : rows_) {
      if (row.route.kind != RouteKind::kHttp && row.route.pattern == path) match.route = &row.route;
    }
    return match;
  }
  if (!path.starts_with('/')) return match;
  const std::vector<std::string_view> segments = split(path);
  const Row* best = nullptr;          // with the right method
  const Row* best_allowed = nullptr;  // with any: only the path's most literal pattern speaks
  Parameters parameters;
  for (const Row& row : rows_) {
    if (row.route.kind != RouteKind::kHttp || !fits(row.segments, segments, parameters)) continue;
    if (best_allowed == nullptr || wins(row.segments, best_allowed->segments)) {
      best_allowed = &row;
      match.allowed.clear();
    }
    if (!wins(best_allowed->segments, row.segments)) match.allowed.push_back(row.route.method);
    if (!method_fits(row.route, method)) continue;
    if (best != nullptr && !wins(row.segments, best->segments)) continue;
    best = &row;
    match.path_parameters = parameters;
  }
  if (best != nullptr) match.route = &best->route;
  return match;
}

}  // namespace cairn::net
