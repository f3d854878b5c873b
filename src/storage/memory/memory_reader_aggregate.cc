// SPDX-License-Identifier: Apache-2.0
//
// Aggregates: all numbers of a group and bucket are kept, and each function is computed from them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "storage/api/field_values.h"
#include "storage/memory/memory_reader.h"

namespace cairn::storage::memory {
namespace {

using Group = std::vector<std::optional<Constant>>;

// nullopt first, then the order of constants.
struct GroupOrder {
  bool operator()(const Group& a, const Group& b) const {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i].has_value() != b[i].has_value()) return b[i].has_value();
      if (!a[i]) continue;
      const std::strong_ordering order = compare(*a[i], *b[i]);
      if (order != 0) return order < 0;
    }
    return false;
  }
};

struct Bucket {
  std::uint64_t count = 0;
  std::vector<std::vector<double>> numbers;  // one list a function
};

struct GroupRows {
  std::uint64_t count = 0;
  std::map<model::Timestamp, Bucket> buckets;
};

using Groups = std::map<Group, GroupRows, GroupOrder>;

Result<void> check(const AggregateRequest& request) {
  if (request.limit == 0) return invalid_argument("aggregate: limit 0");
  if (request.step < Duration(0)) return invalid_argument("aggregate: negative step");
  for (const Field& field : request.group_by) RETURN_IF_ERROR(validate_span_field(field));
  for (const Aggregation& function : request.functions) {
    if (function.function == Aggregation::Function::kCount) continue;
    RETURN_IF_ERROR(validate_span_field(function.field));
    if (function.function == Aggregation::Function::kQuantile &&
        !(function.quantile >= 0 && function.quantile <= 1)) {
      return invalid_argument("aggregate: a quantile outside 0 to 1");
    }
  }
  return {};
}

Group group_of(const SpanRef& ref, const std::vector<Field>& group_by) {
  Group group;
  group.reserve(group_by.size());
  for (const Field& field : group_by) {
    std::optional<Constant> value;
    any_value(ref, field, [&](const model::AnyValue& found) {
      value = to_constant(found);
      return true;
    });
    group.push_back(std::move(value));
  }
  return group;
}

// The first value when it is a number, and not NaN.
std::optional<double> number_of(const SpanRef& ref, const Field& field) {
  std::optional<double> number;
  any_value(ref, field, [&](const model::AnyValue& value) {
    if (value.is(model::AnyValue::Kind::kInt)) number = static_cast<double>(value.as_int());
    if (value.is(model::AnyValue::Kind::kDouble) && !std::isnan(value.as_double())) {
      number = value.as_double();
    }
    return true;
  });
  return number;
}

model::Timestamp bucket_of(const AggregateRequest& request, model::Timestamp start) {
  if (request.step == Duration(0)) return request.range.begin;
  const auto step = static_cast<std::uint64_t>(request.step.count());
  return {start.unix_nanos - start.unix_nanos % step};
}

void add(const SpanRef& ref, const AggregateRequest& request, Groups& groups) {
  GroupRows& group = groups[group_of(ref, request.group_by)];
  Bucket& bucket = group.buckets[bucket_of(request, ref.span->start)];
  ++group.count;
  ++bucket.count;
  bucket.numbers.resize(request.functions.size());
  for (std::size_t i = 0; i < request.functions.size(); ++i) {
    if (request.functions[i].function == Aggregation::Function::kCount) continue;
    const std::optional<double> number = number_of(ref, request.functions[i].field);
    if (number) bucket.numbers[i].push_back(*number);
  }
}

// REQUIRES: `numbers` is sorted and not empty.
double quantile_of(const std::vector<double>& numbers, double quantile) {
  const double rank = std::ceil(quantile * static_cast<double>(numbers.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return numbers[std::min(index, numbers.size() - 1)];
}

double compute(const Aggregation& function, const Bucket& bucket, std::vector<double> numbers) {
  using Function = Aggregation::Function;
  if (function.function == Function::kCount) return static_cast<double>(bucket.count);
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  // Sorted for every function: sums do not depend on the order of arrival.
  std::ranges::sort(numbers);
  const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  switch (function.function) {
    case Function::kSum:
      return sum;
    case Function::kMin:
      return numbers.front();
    case Function::kMax:
      return numbers.back();
    case Function::kAverage:
      return sum / static_cast<double>(numbers.size());
    default:
      return quantile_of(numbers, function.quantile);
  }
}

// The groups to keep, those with the highest count, ties by group.
std::vector<Groups::iterator> most_frequent(Groups& groups, std::size_t limit) {
  std::vector<Groups::iterator> chosen;
  for (auto group = groups.begin(); group != groups.end(); ++group) chosen.push_back(group);
  std::ranges::sort(chosen, [](const auto& a, const auto& b) {
    return a->second.count != b->second.count ? a->second.count > b->second.count
                                              : GroupOrder()(a->first, b->first);
  });
  if (chosen.size() > limit) chosen.resize(limit);
  std::ranges::sort(chosen,
                    [](const auto& a, const auto& b) { return GroupOrder()(a->first, b->first); });
  return chosen;
}

void append_rows(const Group& group, GroupRows& rows, const AggregateRequest& request,
                 std::vector<AggregateRow>& out) {
  for (auto& [begin, bucket] : rows.buckets) {
    AggregateRow& row = out.emplace_back();
    row.group = group;
    row.bucket = begin;
    row.count = bucket.count;
    for (std::size_t i = 0; i < request.functions.size(); ++i) {
      row.values.push_back(compute(request.functions[i], bucket, std::move(bucket.numbers[i])));
    }
  }
}

}  // namespace

Result<AggregateResult> MemoryTraceReader::aggregate(const ReadContext& context,
                                                     const AggregateRequest& request) {
  RETURN_IF_ERROR(check(request));
  ASSIGN_OR_RETURN(const ConditionMatcher matcher, ConditionMatcher::for_spans(request.condition));
  Groups groups;
  AggregateResult result;
  result.completeness = visit_matches(context, request.range, &matcher,
                                      [&](const PinnedTrace&, std::span<const SpanRef> matching) {
                                        for (const SpanRef& ref : matching)
                                          add(ref, request, groups);
                                        return true;
                                      });
  result.limited = groups.size() > request.limit;
  for (const Groups::iterator& group : most_frequent(groups, request.limit)) {
    append_rows(group->first, group->second, request, result.rows);
  }
  return result;
}

}  // namespace cairn::storage::memory
