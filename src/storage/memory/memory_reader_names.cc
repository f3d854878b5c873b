// SPDX-License-Identifier: Apache-2.0
//
// Attribute names and values with the number of spans that carry them.
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "storage/api/field_values.h"
#include "storage/memory/memory_reader.h"

namespace cairn::storage::memory {
namespace {

// Counts spans, once each however often it has the thing.
struct SpanCounter {
  std::uint64_t count = 0;
  std::uint64_t last_span = 0;  // number of the span that was counted last

  void see(std::uint64_t span) {
    if (last_span == span) return;
    last_span = span;
    ++count;
  }
};

struct ConstantOrder {
  bool operator()(const Constant& a, const Constant& b) const { return compare(a, b) < 0; }
};

// Puts the highest counts first and cuts at `limit`. Equal counts keep their order.
template <typename Count>
void keep_most_frequent(std::vector<Count>& counts, std::size_t limit) {
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return counts[a].count != counts[b].count ? counts[a].count > counts[b].count : a < b;
  });
  std::vector<Count> kept;
  for (const std::size_t i : std::span(order).first(std::min(limit, order.size()))) {
    kept.push_back(std::move(counts[i]));
  }
  counts = std::move(kept);
}

class NameCounter {
 public:
  explicit NameCounter(const NamesRequest& request) : request_(request) {}

  void see(const SpanRef& ref) {
    ++span_;
    see(Level::kResource, ref.batch->resource_of(*ref.span).attributes);
    see(Level::kScope, ref.batch->scope_of(*ref.span).attributes);
    see(Level::kSpan, ref.span->attributes);
    for (const model::Event& event : ref.span->events) see(Level::kEvent, event.attributes);
    for (const model::Link& link : ref.span->links) see(Level::kLink, link.attributes);
  }

  std::vector<NameCount> most_frequent() const {
    std::vector<NameCount> all;
    for (const auto& [key, counter] : counters_) {
      const auto& [name, level, type] = key;
      all.push_back({level, name, type, counter.count});
    }
    keep_most_frequent(all, request_.limit);
    return all;
  }

 private:
  using Key = std::tuple<std::string, Level, model::AnyValue::Kind>;

  void see(Level level, std::span<const model::Attribute> attributes) {
    if (request_.level && *request_.level != level) return;
    for (const model::Attribute& attribute : attributes) {
      if (!attribute.key.starts_with(request_.prefix)) continue;
      // A repeated key has its first value.
      if (model::find_attribute(attributes, attribute.key) != &attribute) continue;
      counters_[{std::string(attribute.key), level, attribute.value.kind()}].see(span_);
    }
  }

  const NamesRequest& request_;
  std::uint64_t span_ = 0;
  std::map<Key, SpanCounter> counters_;  // its order is that of the answer among equal counts
};

class ValueCounter {
 public:
  explicit ValueCounter(const ValuesRequest& request) : request_(request) {}

  void see(const SpanRef& ref) {
    ++span_;
    any_value(ref, request_.field, [&](const model::AnyValue& value) {
      if (request_.prefix.empty() || model::to_display_text(value).starts_with(request_.prefix)) {
        counters_[to_constant(value)].see(span_);
      }
      return false;  // all of them
    });
  }

  std::vector<ValueCount> most_frequent() const {
    std::vector<ValueCount> all;
    for (const auto& [value, counter] : counters_) all.push_back({value, counter.count});
    keep_most_frequent(all, request_.limit);
    return all;
  }

 private:
  const ValuesRequest& request_;
  std::uint64_t span_ = 0;
  std::map<Constant, SpanCounter, ConstantOrder> counters_;
};

}  // namespace

Result<NamesResult> MemoryTraceReader::names(const ReadContext& context,
                                             const NamesRequest& request) {
  if (request.limit == 0) return invalid_argument("names: limit 0");
  if (request.level == Level::kTrace || request.level == Level::kAny) {
    return invalid_argument("names: attributes are at the levels from resource to link");
  }
  NameCounter counter(request);
  NamesResult result;
  result.completeness = visit_matches(context, request.range, nullptr,
                                      [&](const PinnedTrace&, std::span<const SpanRef> spans) {
                                        for (const SpanRef& ref : spans) counter.see(ref);
                                        return true;
                                      });
  result.names = counter.most_frequent();
  return result;
}

Result<ValuesResult> MemoryTraceReader::values(const ReadContext& context,
                                               const ValuesRequest& request) {
  if (request.limit == 0) return invalid_argument("values: limit 0");
  RETURN_IF_ERROR(validate_span_field(request.field));
  ASSIGN_OR_RETURN(const ConditionMatcher matcher, ConditionMatcher::for_spans(request.condition));
  ValueCounter counter(request);
  ValuesResult result;
  result.completeness = visit_matches(context, request.range, &matcher,
                                      [&](const PinnedTrace&, std::span<const SpanRef> spans) {
                                        for (const SpanRef& ref : spans) counter.see(ref);
                                        return true;
                                      });
  result.values = counter.most_frequent();
  return result;
}

}  // namespace cairn::storage::memory
