// SPDX-License-Identifier: Apache-2.0
#include "query/trace_query.h"

#include <algorithm>
#include <array>

namespace cairn::query {
namespace {

using storage::Condition;
using storage::Field;
using storage::Intrinsic;
using storage::Level;
using storage::Operator;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

Condition text_equal(Level level, std::string key, const std::string& value) {
  return Condition::compare(Field::attribute(level, std::move(key)), Operator::kTextEqual, {value});
}

Condition intrinsic_equal(Intrinsic intrinsic, std::string value) {
  return Condition::equal(Field::intrinsic(intrinsic), std::move(value));
}

// Keys that name a fixed field of the model. `fold`: the values are words, whatever their case.
struct SpecialKey {
  std::string_view key;
  Intrinsic intrinsic;
  bool fold = false;
};
constexpr std::array kSpecialKeys = {
    SpecialKey{"span.kind", Intrinsic::kKind, true},
    SpecialKey{"span.status", Intrinsic::kStatus, true},
    SpecialKey{"otel.status_code", Intrinsic::kStatus, true},
    SpecialKey{"otel.status_description", Intrinsic::kStatusMessage},
    SpecialKey{"scope.name", Intrinsic::kScopeName},
    SpecialKey{"scope.version", Intrinsic::kScopeVersion},
    SpecialKey{"otel.scope.name", Intrinsic::kScopeName},
    SpecialKey{"otel.scope.version", Intrinsic::kScopeVersion},
    SpecialKey{"w3c.tracestate", Intrinsic::kTraceState},
};

Condition duration(Operator op, Duration bound) {
  return Condition::compare(Field::intrinsic(Intrinsic::kDuration), op,
                            {std::int64_t{bound.count()}});
}

}  // namespace

storage::Condition tag_condition(const std::string& key, const std::string& value) {
  if (key == "error" && value == "true") return intrinsic_equal(Intrinsic::kStatus, "error");
  if (key == "error" && value == "false") {
    return Condition::negate(intrinsic_equal(Intrinsic::kStatus, "error"));
  }
  const auto* special = std::ranges::find(kSpecialKeys, key, &SpecialKey::key);
  if (special != kSpecialKeys.end()) {
    return intrinsic_equal(special->intrinsic, special->fold ? lower_case(value) : value);
  }
  Condition anywhere = text_equal(Level::kAny, key, value);
  if (key == "event") {
    return Condition::any_of({std::move(anywhere), intrinsic_equal(Intrinsic::kEventName, value)});
  }
  constexpr std::string_view kResource = "resource.";
  if (key.size() > kResource.size() && key.starts_with(kResource)) {
    return Condition::any_of(
        {text_equal(Level::kResource, key.substr(kResource.size()), value), std::move(anywhere)});
  }
  return anywhere;
}

storage::Condition to_condition(const TraceQuery& query) {
  std::vector<Condition> on_span;
  if (!query.service.empty()) {
    on_span.push_back(
        Condition::equal(Field::attribute(Level::kResource, "service.name"), query.service));
  }
  if (!query.operation.empty()) {
    on_span.push_back(intrinsic_equal(Intrinsic::kName, query.operation));
  }
  if (query.min_duration) {
    on_span.push_back(duration(Operator::kGreaterOrEqual, *query.min_duration));
  }
  if (query.max_duration) {
    on_span.push_back(duration(Operator::kLessOrEqual, *query.max_duration));
  }
  for (const auto& [key, value] : query.tags) on_span.push_back(tag_condition(key, value));
  if (on_span.empty()) return Condition::everything();
  return Condition::some_span(Condition::all_of(std::move(on_span)));
}

}  // namespace cairn::query
