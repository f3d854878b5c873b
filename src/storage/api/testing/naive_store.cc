// SPDX-License-Identifier: Apache-2.0
#include "storage/api/testing/naive_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "model/text.h"
#include "storage/api/testing/naive_condition.h"

namespace cairn::storage {
namespace {

using model::AnyValue;

class FactList {
 public:
  explicit FactList(std::vector<Fact>& facts) : facts_(facts) {}

  void attributes(Level level, int instance, std::span<const model::Attribute> attributes) {
    std::set<std::string_view> seen;
    for (const auto& [key, value] : attributes) {
      if (!seen.insert(key).second) continue;
      Fact fact{level, instance, std::string(key), {}, model::to_display_text(value)};
      fact.kind = value.kind();
      fact.value = fact.display;
      if (value.is(AnyValue::Kind::kBool)) fact.value = value.as_bool();
      if (value.is(AnyValue::Kind::kInt)) fact.value = value.as_int();
      if (value.is(AnyValue::Kind::kDouble)) fact.value = value.as_double();
      fact.scalar = std::holds_alternative<std::string>(fact.value)
                        ? value.is(AnyValue::Kind::kString)
                        : true;
      facts_.push_back(std::move(fact));
    }
  }
  void text(Intrinsic intrinsic, std::string_view value, int instance = 0) {
    const std::string owned(value);
    facts_.push_back({level_of(intrinsic), instance, name(intrinsic), owned, owned});
  }
  void number(Intrinsic intrinsic, std::int64_t value, int instance = 0) {
    facts_.push_back({level_of(intrinsic), instance, name(intrinsic), value, std::to_string(value),
                      true, AnyValue::Kind::kInt});
  }

 private:
  static std::string name(Intrinsic intrinsic) { return "#" + std::string(to_text(intrinsic)); }

  std::vector<Fact>& facts_;
};

std::int64_t nanos(model::Timestamp time) {
  return static_cast<std::int64_t>(
      std::min(time.unix_nanos, static_cast<std::uint64_t>(INT64_MAX)));
}

void add_span_facts(FactList& list, const model::Batch& batch, const model::Span& span) {
  list.text(Intrinsic::kName, span.name);
  list.text(Intrinsic::kKind, model::to_text(span.kind));
  list.text(Intrinsic::kStatus, model::to_text(span.status.code));
  list.text(Intrinsic::kStatusMessage, span.status.message);
  list.number(Intrinsic::kDuration, span.duration().count());
  list.number(Intrinsic::kStart, nanos(span.start));
  list.number(Intrinsic::kEnd, nanos(span.end));
  list.text(Intrinsic::kSpanId, span.span_id.to_hex());
  if (!span.is_root()) list.text(Intrinsic::kParentSpanId, span.parent_span_id.to_hex());
  if (!span.trace_state.empty()) list.text(Intrinsic::kTraceState, span.trace_state);
  list.text(Intrinsic::kTraceId, span.trace_id.to_hex());
  list.attributes(Level::kSpan, 0, span.attributes);
  list.attributes(Level::kResource, 0, batch.resource_of(span).attributes);
  int instance = 0;
  for (const model::Event& event : span.events) {
    list.text(Intrinsic::kEventName, event.name, instance);
    list.number(Intrinsic::kEventTimeSinceStart,
                model::Timestamp::between(span.start, event.time).count(), instance);
    list.attributes(Level::kEvent, instance++, event.attributes);
  }
  instance = 0;
  for (const model::Link& link : span.links) {
    list.text(Intrinsic::kLinkTraceId, link.trace_id.to_hex(), instance);
    list.text(Intrinsic::kLinkSpanId, link.span_id.to_hex(), instance);
    list.attributes(Level::kLink, instance++, link.attributes);
  }
  const model::InstrumentationScope& scope = batch.scope_of(span);
  list.text(Intrinsic::kScopeName, scope.name);
  list.text(Intrinsic::kScopeVersion, scope.version);
  list.attributes(Level::kScope, 0, scope.attributes);
}

NaiveSpan flatten(const model::Batch& batch, const model::Span& span) {
  NaiveSpan flat;
  flat.trace_id = span.trace_id;
  flat.span_id = span.span_id;
  flat.root = span.is_root();
  flat.error = span.status.code == model::StatusCode::kError;
  flat.start = span.start;
  flat.end = span.end;
  flat.service = batch.service_of(span);
  flat.name = span.name;
  model::Batch alone;
  model::BatchAppender(alone).append(batch, span);
  flat.text = model::to_text(alone);
  FactList list(flat.facts);
  add_span_facts(list, batch, span);
  return flat;
}

bool is_doomed(const NaiveSpan& span, const EraseTarget& target) {
  if (const auto* traces = std::get_if<EraseTraces>(&target)) {
    return std::ranges::count(traces->ids, span.trace_id) > 0;
  }
  if (const auto* service = std::get_if<EraseService>(&target)) {
    return span.service == service->service;
  }
  return std::get<EraseRange>(target).range.contains(span.start);
}

std::vector<NaiveSpan> matching(const std::vector<NaiveSpan>& spans, const Condition& condition,
                                const TimeRange& range) {
  std::vector<NaiveSpan> found;
  std::ranges::copy_if(spans, std::back_inserter(found), [&](const NaiveSpan& span) {
    return range.contains(span.start) && naive_matches(span, condition);
  });
  return found;
}

std::int64_t order_of(const SearchRequest& request, const TraceSummary& summary) {
  return request.order == SearchOrder::kNewestFirst ? nanos(summary.start)
                                                    : summary.duration.count();
}

std::vector<model::SpanId> matched_spans(NaiveTrace trace, const SearchRequest& request) {
  std::erase_if(trace, [&](const NaiveSpan* span) {
    return !request.range.contains(span->start) || !naive_touches(*span, request.condition);
  });
  std::ranges::sort(trace, {},
                    [](const NaiveSpan* span) { return std::pair(span->start, span->span_id); });
  std::vector<model::SpanId> ids;
  for (const NaiveSpan* span : trace) {
    if (ids.size() < request.matched_spans) ids.push_back(span->span_id);
  }
  return ids;
}

double compute(const Aggregation& function, const std::vector<NaiveSpan>& spans) {
  std::vector<double> numbers;
  for (const NaiveSpan& span : spans) {
    const auto facts = facts_of(span.facts, function.field);
    if (facts.empty()) continue;
    const Constant& value = facts.front()->value;
    if (const auto* real = std::get_if<double>(&value); real && !std::isnan(*real)) {
      numbers.push_back(*real);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      numbers.push_back(static_cast<double>(*integer));
    }
  }
  using Function = Aggregation::Function;
  if (function.function == Function::kCount) return static_cast<double>(spans.size());
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  switch (function.function) {
    case Function::kMin:
      return std::ranges::min(numbers);
    case Function::kMax:
      return std::ranges::max(numbers);
    case Function::kAverage:
      return sum / static_cast<double>(numbers.size());
    default:
      return sum;
  }
}

struct ConstantOrder {
  bool operator()(const std::optional<Constant>& a, const std::optional<Constant>& b) const {
    if (!a || !b) return !a && b;
    return compare(*a, *b) < 0;
  }
};

std::optional<Constant> first_of(const NaiveSpan& span, const Field& field) {
  const auto facts = facts_of(span.facts, field);
  if (facts.empty()) return std::nullopt;
  return facts.front()->value;
}

struct Group {
  std::vector<std::optional<Constant>> key;
  std::map<model::Timestamp, std::vector<NaiveSpan>> buckets;
  std::size_t count = 0;
};

bool key_before(const Group& a, const Group& b) {
  return std::ranges::lexicographical_compare(a.key, b.key, ConstantOrder());
}

template <typename Counts>
Lines most_frequent(const Counts& counts, std::size_t limit) {
  // A multimap keeps the order of equal keys.
  std::multimap<std::uint64_t, std::string, std::greater<>> by_count;
  for (const auto& count : counts) by_count.emplace(count.count, line_of(count));
  Lines lines;
  for (const auto& [count, line] : by_count) {
    if (lines.size() < limit) lines.push_back(line);
  }
  return lines;
}

}  // namespace

const std::vector<NaiveSpan>& NaiveStore::of(const std::string& tenant) const {
  static const std::vector<NaiveSpan> kNone;
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? kNone : found->second;
}

std::uint64_t NaiveStore::spans() const {
  std::uint64_t count = 0;
  for (const auto& [tenant, spans] : tenants_) count += spans.size();
  return count;
}

void NaiveStore::write(const std::string& tenant, const model::Batch& batch) {
  std::vector<NaiveSpan>& spans = tenants_[tenant];
  for (const model::Span& span : batch.spans) {
    NaiveSpan flat = flatten(batch, span);
    const bool known =
        std::ranges::any_of(spans, [&](const NaiveSpan& old) { return old.text == flat.text; });
    flat.hour = hour_;
    if (!known) spans.push_back(std::move(flat));
  }
}

void NaiveStore::let_an_hour_pass(int kept) {
  ++hour_;
  for (auto& [tenant, spans] : tenants_) {
    std::erase_if(spans, [&](const NaiveSpan& span) { return span.hour + 1 + kept <= hour_; });
  }
}

std::uint64_t NaiveStore::erase(const std::string& tenant, const EraseTarget& target) {
  return std::erase_if(tenants_[tenant],
                       [&](const NaiveSpan& span) { return is_doomed(span, target); });
}

Lines NaiveStore::trace(const std::string& tenant, const model::TraceId& id) const {
  Lines lines;
  for (const NaiveSpan& span : of(tenant)) {
    if (span.trace_id == id) lines.push_back(span.text);
  }
  std::ranges::sort(lines);
  return lines;
}

Lines NaiveStore::search(const std::string& tenant, const SearchRequest& request) const {
  std::map<model::TraceId, NaiveTrace> traces;
  for (const NaiveSpan& span : of(tenant)) traces[span.trace_id].push_back(&span);
  std::vector<TraceSummary> found;
  for (const auto& [id, trace] : traces) {
    TraceSummary summary = naive_summary(trace);
    if (!naive_matches(trace, summary, request)) continue;
    if (request.after && std::pair(order_of(request, summary), id) >=
                             std::pair(request.after->order_value, request.after->trace_id)) {
      continue;
    }
    summary.matched = matched_spans(trace, request);
    found.push_back(std::move(summary));
  }
  std::ranges::sort(found, std::greater(), [&](const TraceSummary& summary) {
    return std::pair(order_of(request, summary), summary.id);
  });
  Lines lines;
  for (const TraceSummary& summary : found) {
    if (lines.size() < request.limit) lines.push_back(line_of(summary));
  }
  if (found.size() > request.limit) lines.push_back("more");
  return lines;
}

Lines NaiveStore::scan(const std::string& tenant, const ScanRequest& request) const {
  Lines lines;
  for (const NaiveSpan& span : matching(of(tenant), request.condition, request.range)) {
    std::string line = span.trace_id.to_hex() + "/" + span.span_id.to_hex();
    for (const Field& field : request.projection) {
      const auto facts = facts_of(span.facts, field);
      line += "|" + (facts.empty() ? "" : facts.front()->display);
    }
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}

Lines NaiveStore::aggregate(const std::string& tenant, const AggregateRequest& request) const {
  std::vector<Group> groups;
  for (const NaiveSpan& span : matching(of(tenant), request.condition, request.range)) {
    Group group;
    for (const Field& field : request.group_by) group.key.push_back(first_of(span, field));
    auto place = std::ranges::lower_bound(groups, group, key_before);
    if (place == groups.end() || key_before(group, *place)) place = groups.insert(place, group);
    const auto step = static_cast<std::uint64_t>(request.step.count());
    const model::Timestamp bucket =
        step == 0 ? request.range.begin : model::Timestamp{span.start.unix_nanos / step * step};
    place->buckets[bucket].push_back(span);
    place->count += 1;
  }
  std::ranges::sort(groups, [](const Group& a, const Group& b) {
    return a.count != b.count ? a.count > b.count : key_before(a, b);
  });
  const bool limited = groups.size() > request.limit;
  if (limited) groups.resize(request.limit);
  std::ranges::sort(groups, key_before);
  Lines lines;
  for (const Group& group : groups) {
    for (const auto& [bucket, spans] : group.buckets) {
      AggregateRow row{group.key, bucket, spans.size(), {}};
      for (const Aggregation& function : request.functions) {
        row.values.push_back(compute(function, spans));
      }
      lines.push_back(line_of(row));
    }
  }
  if (limited) lines.push_back("limited");
  return lines;
}

Lines NaiveStore::names(const std::string& tenant, const NamesRequest& request) const {
  using Key = std::tuple<std::string, Level, AnyValue::Kind>;
  std::map<Key, std::uint64_t> counts;
  for (const NaiveSpan& span : of(tenant)) {
    if (!request.range.contains(span.start)) continue;
    std::set<Key> carried;
    for (const Fact& fact : span.facts) {
      const bool wanted = !request.level || request.level == fact.level;
      if (wanted && !fact.name.starts_with('#') && fact.name.starts_with(request.prefix)) {
        carried.insert({fact.name, fact.level, fact.kind});
      }
    }
    for (const Key& key : carried) ++counts[key];
  }
  std::vector<NameCount> names;
  for (const auto& [key, count] : counts) {
    names.push_back({std::get<1>(key), std::get<0>(key), std::get<2>(key), count});
  }
  return most_frequent(names, request.limit);
}

Lines NaiveStore::values(const std::string& tenant, const ValuesRequest& request) const {
  std::map<std::optional<Constant>, std::uint64_t, ConstantOrder> counts;
  for (const NaiveSpan& span : matching(of(tenant), request.condition, request.range)) {
    std::set<std::optional<Constant>, ConstantOrder> carried;
    for (const Fact* fact : facts_of(span.facts, request.field)) {
      if (fact->display.starts_with(request.prefix)) carried.insert(fact->value);
    }
    for (const auto& value : carried) ++counts[value];
  }
  std::vector<ValueCount> values;
  for (const auto& [value, count] : counts) values.push_back({*value, count});
  return most_frequent(values, request.limit);
}

std::string line_of(const TraceSummary& summary) {
  std::string line = summary.id.to_hex() + " root " + summary.root_service.value_or("?") + "/" +
                     summary.root_name.value_or("?") + " start " +
                     std::to_string(summary.start.unix_nanos) + " lasts " +
                     std::to_string(summary.duration.count()) + " spans " +
                     std::to_string(summary.spans) + "/" + std::to_string(summary.errors);
  for (const ServiceSummary& service : summary.services) {
    line += " " + service.name + ":" + std::to_string(service.spans) + "/" +
            std::to_string(service.errors);
  }
  for (const model::SpanId& id : summary.matched) line += " " + id.to_hex();
  return line;
}

std::string line_of(const AggregateRow& row) {
  std::string line;
  for (const auto& value : row.group) line += (value ? to_text(*value) : "none") + " ";
  line += "@" + std::to_string(row.bucket.unix_nanos) + " " + std::to_string(row.count);
  for (const double value : row.values) {
    line += std::isnan(value) ? " nan" : " " + to_text(Constant(value));
  }
  return line;
}

std::string line_of(const NameCount& name) {
  return name.name + " level " + std::to_string(static_cast<int>(name.level)) + " type " +
         std::to_string(static_cast<int>(name.type)) + ": " + std::to_string(name.count);
}

std::string line_of(const ValueCount& value) {
  return to_text(value.value) + ": " + std::to_string(value.count);
}

}  // namespace cairn::storage
