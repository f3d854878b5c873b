// SPDX-License-Identifier: Apache-2.0
//
// The parameters of a URL: "service=a%20b&tag=x&tag=y".
// Source: the URL standard, "application/x-www-form-urlencoded parsing".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cairn::net {

// Thread rule: a value; const methods from any thread.
class QueryString {
 public:
  static constexpr std::size_t kMaxParameters = 1000;

  // `text` is without the '?'; empty is a valid, empty one. Percent and '+' are decoded.
  // Errors: kInvalidArgument for a bad percent escape or more than kMaxParameters parameters.
  static Result<QueryString> parse(std::string_view text);

  // The first value of that name; empty text for "name" and "name=".
  std::optional<std::string_view> get(std::string_view name) const;
  // All values of that name, in order; empty when there is none.
  std::vector<std::string_view> get_all(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  std::size_t size() const { return parameters_.size(); }
  auto begin() const { return parameters_.begin(); }
  auto end() const { return parameters_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace cairn::net
