// SPDX-License-Identifier: Apache-2.0
//
// The way out: traces by id, search, scans, aggregates, names and values.
//
// Every call takes a ReadContext with a deadline and a cancellation. When it passes, the answer is
// what was found so far, marked partial; it is not an error.
// Errors: kInvalidArgument for a condition that does not validate or a limit of 0;
// kUnimplemented for what Capabilities declares impossible; engine failures as they are.
// Thread rule: every method may be called from any thread, concurrently with writes. Calls block;
// they belong on a query thread, never on an I/O thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/tenant.h"
#include "storage/api/capabilities.h"
#include "storage/api/condition.h"
#include "storage/api/time_range.h"

namespace cairn::storage {

struct ReadContext {
  model::TenantId tenant;
  Deadline deadline;
};

// Whether an answer is all there is. `why_partial` is for people: "deadline", "segment 7:
// checksum".
struct Completeness {
  bool complete = true;
  std::string why_partial;

  static Completeness partial(std::string why) { return {false, std::move(why)}; }
  bool operator==(const Completeness&) const = default;
};

// ---- traces by id ----

struct TracesRequest {
  std::vector<model::TraceId> ids = {};
  TimeRange hint = {};  // where the traces are likely to be; never excludes spans found otherwise
};

// Receives a part of one trace: spans of one trace id only, at least one, in no particular order.
// All chunks of a trace come one after the other. The batch is valid during the call.
// Returns false to stop the stream.
using TraceSink = std::function<bool(const model::Batch& chunk)>;

// The most spans in one chunk, so that a million-span trace streams in bounded memory.
inline constexpr std::size_t kMaxChunkSpans = 4096;

// ---- search ----

// Newest or longest first; ties, and equal values, by trace id in descending byte order.
enum class SearchOrder { kNewestFirst, kLongestFirst };

// The place after a result: its order value and trace id. Stable while data arrives.
struct SearchCursor {
  std::int64_t order_value = 0;  // start in unix ns, or duration in ns, of the last trace returned
  model::TraceId trace_id;

  bool operator==(const SearchCursor&) const = default;
};

struct SearchRequest {
  Condition condition = {};  // on a trace
  // Over span starts: some_span(...) ranges over the spans that start inside, and a trace without
  // such a span is not found. Summaries still describe the whole trace.
  TimeRange range = {};
  SearchOrder order = SearchOrder::kNewestFirst;
  std::size_t limit = 20;  // traces, exact
  std::optional<SearchCursor> after = {};
  std::size_t matched_spans = 0;  // how many matching span ids to return a trace
};

struct ServiceSummary {
  std::string name;  // empty for spans without a service.name
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;

  bool operator==(const ServiceSummary&) const = default;
};

struct TraceSummary {
  model::TraceId id;
  // Of the root span: no parent; of several, the one that starts first, then the smallest span id,
  // then (different spans may share an id) the smallest service, then name.
  // Nullopt while no root has arrived: the trace is incomplete.
  std::optional<std::string> root_service;
  std::optional<std::string> root_name;
  model::Timestamp start;  // the earliest span start
  Duration duration{0};    // to the latest span end; 0 when all ends lie before the start
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;              // spans with status error
  std::vector<ServiceSummary> services;  // by name
  // Spans that satisfy some some_span(...) of the condition, by (start, span id), the first
  // `matched_spans` of them.
  std::vector<model::SpanId> matched;

  bool operator==(const TraceSummary&) const = default;
};

struct SearchPage {
  std::vector<TraceSummary> traces;
  std::optional<SearchCursor> next;  // set when more traces follow
  Completeness completeness;
};

// ---- scan ----

struct ScanRequest {
  Condition condition = {};  // on a span
  TimeRange range = {};      // over span starts
  std::vector<Field> projection = {};
};

// Matching spans as columns: row i is span (trace_ids[i], span_ids[i]); columns[f][i] is its value
// of projection[f], empty when absent (the first one where several exist). Spans of one trace are
// adjacent, though a trace may continue in the next block. Valid during the call.
struct ScanBlock {
  std::span<const model::TraceId> trace_ids;
  std::span<const model::SpanId> span_ids;
  std::span<const model::SpanId> parent_span_ids;
  std::vector<std::span<const model::AnyValue>> columns;
  // Positions in the trace's tree, one a row, where the engine has them
  // (Capabilities::nested_sets): span a is an ancestor of b when left[a] < left[b] and right[b] <=
  // right[a]. Empty otherwise.
  std::span<const std::int32_t> nested_left;
  std::span<const std::int32_t> nested_right;
};
using ScanSink = std::function<bool(const ScanBlock& block)>;

// ---- aggregate ----

// A function over the numbers that a field has on the matching spans: the first value of each span
// when it is an int or a double and not NaN.
struct Aggregation {
  enum class Function { kCount, kSum, kMin, kMax, kAverage, kQuantile };

  Function function = Function::kCount;
  Field field = {};  // unused by kCount, which counts spans
  // 0 to 1, for kQuantile: the smallest number with at least quantile * n of the n numbers at or
  // below it. Engines may answer within 3 % of it.
  double quantile = 0;

  bool operator==(const Aggregation&) const = default;
};

struct AggregateRequest {
  Condition condition = {};  // on a span
  TimeRange range = {};      // over span starts
  std::vector<Field> group_by = {};
  std::vector<Aggregation> functions = {};
  Duration step{0};          // buckets aligned to unix time; 0: one bucket
  std::size_t limit = 1000;  // groups, those with the highest count
};

struct AggregateRow {
  // One a group_by field: its first value, nullopt when absent; bytes, arrays, lists and empty
  // values as their display text.
  std::vector<std::optional<Constant>> group;
  model::Timestamp bucket;  // the bucket's begin; the range's begin when step is 0
  std::uint64_t count = 0;
  std::vector<double> values;  // one a function; NaN where no span has a number

  bool operator==(const AggregateRow&) const = default;
};

struct AggregateResult {
  std::vector<AggregateRow> rows;  // by group (nullopt first, then compare()), then bucket
  bool limited = false;            // groups were left out
  Completeness completeness;
};

// ---- names and values ----

struct NamesRequest {
  std::optional<Level> level = {};  // nullopt: resource, scope, span, event and link; one of these
  std::string prefix = {};
  TimeRange range = {};
  std::size_t limit = 1000;
};

struct NameCount {
  Level level = Level::kSpan;
  std::string name;
  model::AnyValue::Kind type = model::AnyValue::Kind::kString;
  std::uint64_t count = 0;  // spans that carry it

  bool operator==(const NameCount&) const = default;
};

struct ValuesRequest {
  Field field = {};
  Condition condition = {};  // on a span: only values found together with it
  std::string prefix = {};   // of the value's display text
  TimeRange range = {};
  std::size_t limit = 1000;
};

struct ValueCount {
  Constant value;           // bytes, arrays, lists and empty values as their display text
  std::uint64_t count = 0;  // spans that carry it

  bool operator==(const ValueCount&) const = default;
};

// Most frequent first, then by value (compare of condition.h), or by name, level and type; at most
// `limit`.
struct NamesResult {
  std::vector<NameCount> names;
  Completeness completeness;
};
struct ValuesResult {
  std::vector<ValueCount> values;
  Completeness completeness;
};

class TraceReader {
 public:
  virtual ~TraceReader() = default;

  virtual const Capabilities& capabilities() const = 0;

  // Streams each trace that exists; a missing one is simply absent. Exact duplicates are given
  // once.
  virtual Result<Completeness> traces(const ReadContext& context, const TracesRequest& request,
                                      const TraceSink& sink) = 0;
  virtual Result<SearchPage> search(const ReadContext& context, const SearchRequest& request) = 0;
  virtual Result<Completeness> scan(const ReadContext& context, const ScanRequest& request,
                                    const ScanSink& sink) = 0;
  virtual Result<AggregateResult> aggregate(const ReadContext& context,
                                            const AggregateRequest& request) = 0;
  virtual Result<NamesResult> names(const ReadContext& context, const NamesRequest& request) = 0;
  virtual Result<ValuesResult> values(const ReadContext& context, const ValuesRequest& request) = 0;
};

}  // namespace cairn::storage
