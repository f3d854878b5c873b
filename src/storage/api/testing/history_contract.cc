// SPDX-License-Identifier: Apache-2.0
//
// Random histories: an engine answers every question as the naive reading of the contract does.
// A failure prints its seed; CAIRN_SEED=<seed> replays that history alone.
#include <algorithm>
#include <future>

#include "storage/api/testing/contract_suite.h"
#include "storage/api/testing/naive_store.h"
#include "storage/api/testing/random_history.h"

namespace cairn::storage {
namespace {

class HistoryContract {
 public:
  HistoryContract(StoreUnderTest& under_test, std::uint64_t seed)
      : under_test_(under_test), history_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      change();
      ask();
    }
  }

 private:
  TraceReader& reader() { return under_test_.store().reader(); }
  const Capabilities& can() { return reader().capabilities(); }
  static ReadContext context(const std::string& tenant) { return {{tenant}, {}}; }

  void change() {
    const std::string tenant = history_.tenant();
    if (can().erase && history_.chance(10)) {
      const EraseTarget target = history_.erase_target();
      const auto erased = under_test_.store().admin().erase({tenant}, target, Deadline::never());
      EXPECT_EQ(erased.value(), naive_.erase(tenant, target));
    } else {
      write(tenant, history_.batch());
    }
    if (const auto kept = under_test_.kept_hours(); kept && history_.chance(4)) {
      under_test_.let_an_hour_pass();
      EXPECT_TRUE(under_test_.store().admin().compact(Deadline::never()));
      naive_.let_an_hour_pass(*kept);
    }
    under_test_.settle();
    if (can().durable && history_.chance(3)) under_test_.reopen();
    const bool compacts = history_.chance(3);
    EXPECT_TRUE(!compacts || under_test_.store().admin().compact(Deadline::never()));
    EXPECT_EQ(under_test_.store().admin().statistics().spans, naive_.spans());
  }

  void write(const std::string& tenant, const std::shared_ptr<const model::Batch>& batch) {
    std::promise<Result<WriteOutcome>> promise;
    under_test_.store().writer().write({tenant}, batch, [&](Result<WriteOutcome> outcome) {
      promise.set_value(std::move(outcome));
    });
    const Result<WriteOutcome> outcome = promise.get_future().get();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->accepted, batch->spans.size());
    naive_.write(tenant, *batch);
  }

  void ask() {
    const std::string tenant = history_.tenant();
    ask_trace(tenant);
    const bool exact = can().conditions == Support::kExact && can().regex == Support::kExact;
    if (exact && can().trace_level == Support::kExact) ask_search(tenant);
    if (exact) ask_scan(tenant);
    if (exact && can().aggregate == Support::kExact) ask_aggregate(tenant);
    if (exact) ask_names(tenant);
  }

  void ask_trace(const std::string& tenant) {
    const model::TraceId id = history_.trace_id();
    Lines lines;
    EXPECT_TRUE(reader().traces(context(tenant), {{id}, {}}, [&](const model::Batch& chunk) {
      for (std::string& text : span_texts(chunk)) lines.push_back(std::move(text));
      return true;
    }));
    std::ranges::sort(lines);
    EXPECT_EQ(lines, naive_.trace(tenant, id));
  }

  // All pages, one after the other.
  void ask_search(const std::string& tenant) {
    SearchRequest request = history_.search();
    if (!can().longest_first) request.order = SearchOrder::kNewestFirst;
    SCOPED_TRACE("search " + to_text(request.condition) + range_text(request.range));
    for (int page = 0; page < 10; ++page) {
      const auto answer = reader().search(context(tenant), request);
      ASSERT_TRUE(answer) << answer.error().message;
      Lines lines;
      for (const TraceSummary& summary : answer->traces) lines.push_back(line_of(summary));
      if (answer->next) lines.push_back("more");
      EXPECT_EQ(lines, naive_.search(tenant, request));
      if (!answer->next) return;
      request.after = answer->next;
    }
  }

  void ask_scan(const std::string& tenant) {
    const ScanRequest request = history_.scan();
    SCOPED_TRACE("scan " + to_text(request.condition) + range_text(request.range));
    Lines lines;
    const auto answer = reader().scan(context(tenant), request, [&](const ScanBlock& block) {
      for (std::size_t i = 0; i < block.span_ids.size(); ++i) {
        std::string line = block.trace_ids[i].to_hex() + "/" + block.span_ids[i].to_hex();
        for (const auto& column : block.columns) line += "|" + model::to_display_text(column[i]);
        lines.push_back(line);
      }
      return true;
    });
    ASSERT_TRUE(answer) << answer.error().message;
    std::ranges::sort(lines);
    EXPECT_EQ(lines, naive_.scan(tenant, request));
  }

  void ask_aggregate(const std::string& tenant) {
    const AggregateRequest request = history_.aggregate();
    SCOPED_TRACE("aggregate " + to_text(request.condition) + range_text(request.range));
    const auto answer = reader().aggregate(context(tenant), request);
    ASSERT_TRUE(answer) << answer.error().message;
    Lines lines;
    for (const AggregateRow& row : answer->rows) lines.push_back(line_of(row));
    if (answer->limited) lines.push_back("limited");
    EXPECT_EQ(lines, naive_.aggregate(tenant, request));
  }

  void ask_names(const std::string& tenant) {
    const NamesRequest request = history_.names();
    Lines lines;
    const auto names = reader().names(context(tenant), request);
    ASSERT_TRUE(names) << names.error().message;
    for (const NameCount& name : names->names) lines.push_back(line_of(name));
    EXPECT_EQ(lines, naive_.names(tenant, request)) << "names " << range_text(request.range);
    const ValuesRequest of_field = history_.values();
    lines.clear();
    const auto values = reader().values(context(tenant), of_field);
    ASSERT_TRUE(values) << values.error().message;
    for (const ValueCount& value : values->values) lines.push_back(line_of(value));
    EXPECT_EQ(lines, naive_.values(tenant, of_field))
        << "values of " << to_text(of_field.field) << " where " << to_text(of_field.condition)
        << range_text(of_field.range);
  }

  static std::string range_text(const TimeRange& range) {
    return " from " + std::to_string(range.begin.unix_nanos) + " to " +
           std::to_string(range.end.unix_nanos);
  }

  StoreUnderTest& under_test_;
  RandomHistory history_;
  NaiveStore naive_;
};

}  // namespace

void play_history(const Engine& engine, std::uint64_t seed, int steps) {
  SCOPED_TRACE("CAIRN_SEED=" + std::to_string(seed));
  const auto fresh = engine.make();
  HistoryContract(*fresh, seed).run(steps);
}

TEST_P(TraceStoreContract, AnswersRandomHistoriesAsTheNaiveReadingDoes) {
  constexpr std::uint64_t kHistories = 40;
  constexpr int kSteps = 50;
  std::vector<std::uint64_t> seeds = seeds_from_environment();
  for (std::uint64_t seed = 1; seeds_from_environment().empty() && seed <= kHistories; ++seed) {
    seeds.push_back(seed);
  }
  for (const std::uint64_t seed : seeds) {
    play_history(GetParam(), seed, kSteps);
    if (HasFailure()) return;
  }
}

}  // namespace cairn::storage
