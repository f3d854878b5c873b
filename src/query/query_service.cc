// SPDX-License-Identifier: Apache-2.0
#include "query/query_service.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "query/adjust/adjust.h"
#include "query/exact_search.h"
#include "query/trace_loader.h"

namespace cairn::query {
namespace {

using storage::Condition;
using storage::Field;
using storage::Intrinsic;
using storage::Level;

Field service_name() {
  return Field::attribute(Level::kResource, "service.name");
}

Condition of_service(const std::string& service, const std::string& kind) {
  std::vector<Condition> parts = {Condition::equal(service_name(), service)};
  if (!kind.empty()) {
    parts.push_back(Condition::equal(Field::intrinsic(Intrinsic::kKind), kind));
  }
  return Condition::all_of(std::move(parts));
}

std::string text_of(const std::optional<storage::Constant>& value) {
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  return text ? *text : std::string();
}

// Adds up why several reads were partial: the first reason stands for all.
void merge(Completeness& into, const Completeness& more) {
  if (into.complete) into = more;
}

}  // namespace

QueryService::QueryService(QueryOptions options, storage::TraceReader& reader,
                           storage::StoreAdmin& admin)
    : options_(options), reader_(reader), admin_(admin) {
}

Result<Names> QueryService::values(const QueryContext& context,
                                   storage::ValuesRequest request) const {
  request.limit = options_.max_names + 1;
  ASSIGN_OR_RETURN(storage::ValuesResult found, reader_.values(context, request));
  Names names{.names = {}, .completeness = std::move(found.completeness)};
  if (found.values.size() > options_.max_names) {
    found.values.resize(options_.max_names);
    merge(names.completeness,
          Completeness::partial(fmt::format("only the {} most frequent", options_.max_names)));
  }
  for (const storage::ValueCount& value : found.values) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (text != nullptr && !text->empty()) names.names.push_back(*text);
  }
  std::ranges::sort(names.names);
  return names;
}

Result<Names> QueryService::services(const QueryContext& context) const {
  storage::ValuesRequest request;
  request.field = service_name();
  return values(context, std::move(request));
}

Result<Names> QueryService::operation_names(const QueryContext& context,
                                            const std::string& service) const {
  storage::ValuesRequest request;
  request.field = Field::intrinsic(Intrinsic::kName);
  request.condition = of_service(service, "");
  return values(context, std::move(request));
}

Result<Operations> QueryService::operations(const QueryContext& context, const std::string& service,
                                            const std::string& kind) const {
  storage::AggregateRequest request;
  request.condition = of_service(service, kind);
  request.group_by = {Field::intrinsic(Intrinsic::kName), Field::intrinsic(Intrinsic::kKind)};
  request.limit = options_.max_names;
  ASSIGN_OR_RETURN(storage::AggregateResult found, reader_.aggregate(context, request));
  std::set<Operation> operations;
  for (const storage::AggregateRow& row : found.rows) {
    std::string row_kind = text_of(row.group[1]);
    if (row_kind == "unspecified") row_kind.clear();
    operations.insert({text_of(row.group[0]), std::move(row_kind)});
  }
  Operations result{.operations = {operations.begin(), operations.end()},
                    .completeness = std::move(found.completeness)};
  if (found.limited) {
    merge(result.completeness,
          Completeness::partial(fmt::format("only the {} most frequent", options_.max_names)));
  }
  return result;
}

Result<SearchPage> QueryService::search(const QueryContext& context,
                                        const TraceQuery& query) const {
  if (query.limit == 0 || query.limit > options_.max_limit) {
    return invalid_argument(fmt::format("the limit must be from 1 to {}", options_.max_limit));
  }
  storage::SearchRequest request;
  request.condition = to_condition(query);
  request.range = query.range;
  request.order = query.order;
  request.limit = query.limit;
  request.after = query.after;
  return search_exactly(reader_, context, request, options_.max_trace_spans);
}

Result<Completeness> QueryService::find_traces(const QueryContext& context, const TraceQuery& query,
                                               Form form, const TraceVisitor& visit) const {
  ASSIGN_OR_RETURN(const SearchPage page, search(context, query));
  Completeness completeness = page.completeness;
  bool wanted = true;
  const TraceVisitor visit_noting_stop = [&](Trace trace) {
    wanted = visit(std::move(trace));
    return wanted;
  };
  for (std::size_t first = 0; first < page.traces.size() && wanted;) {
    storage::TracesRequest request;
    request.ids = next_group(page.traces, first);
    request.hint = query.range;
    first += request.ids.size();
    ASSIGN_OR_RETURN(const Completeness group, load(context, request, form, visit_noting_stop));
    merge(completeness, group);
  }
  return completeness;
}

Result<Completeness> QueryService::traces(const QueryContext& context,
                                          const storage::TracesRequest& request, Form form,
                                          const TraceVisitor& visit) const {
  if (request.ids.size() > options_.max_limit) {
    return invalid_argument(fmt::format("at most {} trace ids", options_.max_limit));
  }
  Completeness completeness;
  bool wanted = true;
  const TraceVisitor visit_noting_stop = [&](Trace trace) {
    wanted = visit(std::move(trace));
    return wanted;
  };
  // One at a time: their sizes are not known before.
  for (std::size_t i = 0; i < request.ids.size() && wanted; ++i) {
    const storage::TracesRequest one{.ids = {request.ids[i]}, .hint = request.hint};
    ASSIGN_OR_RETURN(const Completeness found, load(context, one, form, visit_noting_stop));
    merge(completeness, found);
  }
  return completeness;
}

Result<Completeness> QueryService::load(const QueryContext& context,
                                        const storage::TracesRequest& request, Form form,
                                        const TraceVisitor& visit) const {
  TraceLoader loader(options_.max_trace_spans);
  const bool alone = request.ids.size() == 1;
  const storage::TraceSink sink = [&](const model::Batch& chunk) {
    // A full trace ends the stream only when nobody waits behind it.
    return loader.add(chunk) || !alone;
  };
  ASSIGN_OR_RETURN(Completeness completeness, reader_.traces(context, request, sink));
  for (const model::TraceId& id : request.ids) {
    std::optional<Trace> trace = loader.take(id);
    if (!trace) continue;
    if (form == Form::kAdjusted) adjust::adjust(*trace, options_.max_clock_skew);
    if (!visit(*std::move(trace))) break;
  }
  return completeness;
}

Result<Dependencies> QueryService::dependencies(const QueryContext& context,
                                                const TimeRange& range) const {
  storage::ScanRequest request;
  request.range = range;
  request.projection = DependencyCounter::projection();
  DependencyCounter counter;
  const storage::ScanSink sink = [&](const storage::ScanBlock& block) {
    counter.add(block);
    return true;
  };
  ASSIGN_OR_RETURN(Completeness completeness, reader_.scan(context, request, sink));
  return Dependencies{.links = counter.finish(), .completeness = std::move(completeness)};
}

}  // namespace cairn::query
