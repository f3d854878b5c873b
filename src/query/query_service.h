// SPDX-License-Identifier: Apache-2.0
//
// QueryService: what every API and command asks. It turns product questions into reads of the
// store, bounds them, and is the one place that knows what an engine can and cannot do
// (Capabilities).
//
// Calls block: they belong on a query thread (base/worker_pool.h), never on an I/O thread.
// Errors of every call: kInvalidArgument for what the caller asked wrongly, engine failures as they
// are. A deadline that passes is no error: the answer says that it is partial.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "query/dependencies.h"
#include "query/trace.h"
#include "query/trace_query.h"
#include "storage/api/store_admin.h"
#include "storage/api/trace_reader.h"

namespace cairn::query {

using ColumnStatistics = storage::ColumnStatistics;
using EraseRange = storage::EraseRange;
using EraseService = storage::EraseService;
using EraseTarget = storage::EraseTarget;
using EraseTraces = storage::EraseTraces;
using QueryContext = storage::ReadContext;
using Completeness = storage::Completeness;
using SearchPage = storage::SearchPage;
using StoreStatistics = storage::StoreStatistics;
using TracesRequest = storage::TracesRequest;
using TraceSummary = storage::TraceSummary;

struct QueryOptions {
  std::size_t max_trace_spans =
      200'000;                     // of one trace, 0 for all; its warnings say when there are more
  std::size_t max_limit = 1500;    // traces of one search; more is kInvalidArgument
  std::size_t max_names = 10'000;  // services, and operations of a service
  Duration default_lookback = std::chrono::hours(48);  // of a search that names no times
  Duration max_clock_skew{0};  // how far adjusters may move a span; 0: never
};

struct Names {
  std::vector<std::string> names;  // each once, in byte order
  Completeness completeness;
};

struct Operation {
  std::string name;
  std::string kind;  // "server" …; empty for spans that name no kind

  auto operator<=>(const Operation&) const = default;
};
struct Operations {
  std::vector<Operation> operations;  // each once, in order
  Completeness completeness;
};

// As stored, or put in order for people (query/adjust).
enum class Form { kRaw, kAdjusted };

// Takes over one trace; false stops.
using TraceVisitor = std::function<bool(Trace trace)>;

// Thread rule: every method may be called from any thread.
class QueryService {
 public:
  // Ownership: `reader` and `admin` outlive it.
  QueryService(QueryOptions options, storage::TraceReader& reader, storage::StoreAdmin& admin);

  const QueryOptions& options() const { return options_; }

  // Every service that has spans.
  Result<Names> services(const QueryContext& context) const;
  // Every span name of a service.
  Result<Names> operation_names(const QueryContext& context, const std::string& service) const;
  // Every (span name, kind) of a service; of one kind when `kind` is not empty.
  Result<Operations> operations(const QueryContext& context, const std::string& service,
                                const std::string& kind) const;

  // One page of summaries, in exact order.
  Result<SearchPage> search(const QueryContext& context, const TraceQuery& query) const;
  // The same page as whole traces, in that order, one at a time.
  Result<Completeness> find_traces(const QueryContext& context, const TraceQuery& query, Form form,
                                   const TraceVisitor& visit) const;

  // Traces by id, in the order asked; unknown ones are left out. `hint` says where they probably
  // are.
  Result<Completeness> traces(const QueryContext& context, const storage::TracesRequest& request,
                              Form form, const TraceVisitor& visit) const;

  // Which service called which, from the spans that start in `range`. Reads all of them.
  Result<Dependencies> dependencies(const QueryContext& context, const TimeRange& range) const;

  // Over all tenants.
  StoreStatistics statistics() const { return admin_.statistics(); }
  std::vector<ColumnStatistics> columns() const { return admin_.columns(); }

  // What operators do; the words are those of storage::StoreAdmin.
  Result<std::uint64_t> erase(const QueryContext& context, const EraseTarget& target) const {
    return admin_.erase(context.tenant, target, context.deadline);
  }
  Result<void> flush(const Deadline& deadline) const { return admin_.flush(deadline); }
  Result<void> compact(const Deadline& deadline) const { return admin_.compact(deadline); }

 private:
  Result<Names> values(const QueryContext& context, storage::ValuesRequest request) const;
  Result<Completeness> load(const QueryContext& context, const storage::TracesRequest& request,
                            Form form, const TraceVisitor& visit) const;

  const QueryOptions options_;
  storage::TraceReader& reader_;
  storage::StoreAdmin& admin_;
};

}  // namespace cairn::query
