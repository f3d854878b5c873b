// SPDX-License-Identifier: Apache-2.0
//
// The contract of search: conditions on traces, order, paging, summaries.
#include <limits>

#include "storage/api/testing/contract_suite.h"

namespace cairn::storage {
namespace {

using model::AnyValue;
using model::TestBatch;
using namespace std::chrono_literals;

Condition of_trace(Intrinsic intrinsic, Operator op, Constant constant) {
  return Condition::compare(Field::intrinsic(intrinsic), op, {std::move(constant)});
}
Condition some_service(std::string name) {
  return Condition::some_span(Condition::equal(resource("service.name"), text(std::move(name))));
}

// a1: cart → shop, 20 ms, one error. a2: shop alone, 5 ms, later. a3: no root.
std::shared_ptr<const model::Batch> shopping() {
  TestBatch batch;
  batch.resource("cart").span("a1", "01", "GET /cart").lasting(20ms);
  batch.resource("shop").span("a1", "02", "list").parent("01").starting(1ms).lasting(2ms);
  batch.status(model::StatusCode::kError, "boom");
  batch.span("a2", "03", "GET /shop").starting(1s).lasting(5ms);
  batch.span("a3", "04", "orphan").parent("99").starting(2s).lasting(1ms);
  return batch.share();
}

TEST_P(TraceStoreContract, FindsTracesNewestFirst) {
  write(shopping());
  EXPECT_EQ(found(Condition::everything()), (Texts{"a3", "a2", "a1"}));
}

TEST_P(TraceStoreContract, FindsNothingInAnEmptyStore) {
  const SearchPage page = search({});
  EXPECT_TRUE(page.traces.empty());
  EXPECT_FALSE(page.next);
  EXPECT_TRUE(page.completeness.complete);
}

TEST_P(TraceStoreContract, SomeSpanAsksOneSpanForAll) {
  write(shopping());
  const Condition shop = Condition::equal(resource("service.name"), text("shop"));
  const Condition get =
      Condition::compare(Field::intrinsic(Intrinsic::kName), Operator::kMatches, {"GET.*"});
  EXPECT_EQ(found(Condition::some_span(Condition::all_of({shop, get}))), Texts{"a2"});
  EXPECT_EQ(found(Condition::all_of({Condition::some_span(shop), Condition::some_span(get)})),
            (Texts{"a2", "a1"}));
}

TEST_P(TraceStoreContract, NegatedSomeSpanAsksThatNoSpanDoes) {
  write(shopping());
  EXPECT_EQ(found(Condition::negate(some_service("cart"))), (Texts{"a3", "a2"}));
  EXPECT_EQ(found(Condition::any_of(
                {some_service("cart"),
                 of_trace(Intrinsic::kTraceStart, Operator::kGreater,
                          static_cast<std::int64_t>(model::kTestStart.plus(1s).unix_nanos))})),
            (Texts{"a3", "a1"}));
}

TEST_P(TraceStoreContract, AsksEveryFactOfATrace) {
  write(shopping());
  const auto ids = [&](Intrinsic intrinsic, Operator op, Constant constant) {
    return found(of_trace(intrinsic, op, std::move(constant)));
  };
  EXPECT_EQ(ids(Intrinsic::kTraceId, Operator::kEqual, "000000000000000000000000000000a2"),
            Texts{"a2"});
  EXPECT_EQ(ids(Intrinsic::kTraceDuration, Operator::kGreaterOrEqual, number(5'000'000)),
            (Texts{"a2", "a1"}));
  const auto second = static_cast<std::int64_t>(model::kTestStart.plus(1s).unix_nanos);
  EXPECT_EQ(ids(Intrinsic::kTraceStart, Operator::kEqual, second), Texts{"a2"});
  EXPECT_EQ(ids(Intrinsic::kTraceSpanCount, Operator::kEqual, number(2)), Texts{"a1"});
  EXPECT_EQ(ids(Intrinsic::kTraceErrorCount, Operator::kGreater, number(0)), Texts{"a1"});
  EXPECT_EQ(ids(Intrinsic::kRootName, Operator::kMatches, "GET /(cart|shop)"), (Texts{"a2", "a1"}));
  EXPECT_EQ(ids(Intrinsic::kRootService, Operator::kEqual, "cart"), Texts{"a1"});
  EXPECT_EQ(ids(Intrinsic::kRootService, Operator::kNotEqual, "cart"), Texts{"a2"});
  EXPECT_EQ(found(Condition::negate(Condition::exists(Field::intrinsic(Intrinsic::kRootName)))),
            Texts{"a3"});
}

TEST_P(TraceStoreContract, TheRangeIsHalfOpenOverSpanStarts) {
  write(shopping());
  EXPECT_EQ(found(Condition::everything(), between(0s, 1s)), Texts{"a1"});
  EXPECT_EQ(found(Condition::everything(), between(1s, 2s)), Texts{"a2"});
  EXPECT_EQ(found(Condition::everything(), between(1s, 2s + 1ns)), (Texts{"a3", "a2"}));
  EXPECT_TRUE(found(Condition::everything(), between(3s, 4s)).empty());
  EXPECT_TRUE(found(Condition::everything(), between(2ms, 3ms)).empty());
}

TEST_P(TraceStoreContract, SomeSpanLooksOnlyAtSpansThatStartInTheRange) {
  write(shopping());
  EXPECT_EQ(found(some_service("cart"), between(0s, 1ms)), Texts{"a1"});
  EXPECT_TRUE(found(some_service("cart"), between(1ms, 1s)).empty());
  EXPECT_EQ(found(some_service("shop"), between(1ms, 1s)), Texts{"a1"});
  // The summary still describes the whole trace.
  const SearchPage page = search({.condition = some_service("shop"), .range = between(1ms, 1s)});
  ASSERT_EQ(page.traces.size(), 1u);
  EXPECT_EQ(page.traces[0].spans, 2u);
  EXPECT_EQ(page.traces[0].start, model::kTestStart);
}

TEST_P(TraceStoreContract, FindsSpansAtBothEndsOfTime) {
  TestBatch batch;
  batch.span("a1", "01").span("a2", "02");
  batch.batch().spans[0].start = {0};
  batch.batch().spans[0].end = {0};
  batch.batch().spans[1].start = model::Timestamp::max();
  batch.batch().spans[1].end = model::Timestamp::max();
  write(batch);
  EXPECT_EQ(found(Condition::everything()), (Texts{"a2", "a1"}));
  EXPECT_EQ(found(Condition::everything(), {{0}, {1}}), Texts{"a1"});
}

TEST_P(TraceStoreContract, OrdersTiesByTraceIdDescending) {
  TestBatch batch;
  for (const char* id : {"b2", "ff00000000000000000000000000000a", "b1", "b3"}) {
    batch.span(id, "01");
  }
  write(batch);
  EXPECT_EQ(found(Condition::everything()),
            (Texts{"ff00000000000000000000000000000a", "b3", "b2", "b1"}));
}

TEST_P(TraceStoreContract, FindsLongestFirst) {
  SearchRequest request{.condition = {}, .order = SearchOrder::kLongestFirst};
  if (!can().longest_first) {
    EXPECT_EQ(reader().search(context(), request).error().code, ErrorCode::kUnimplemented);
    return;
  }
  TestBatch batch;
  batch.span("a1", "01").lasting(3ms).span("a2", "02").lasting(9ms).span("a3", "03").lasting(3ms);
  batch.span("a4", "04").lasting(1ms).span("a4", "05").starting(1s).lasting(1ms);
  write(batch);
  Texts ids;
  for (request.limit = 2; ids.size() < 10;) {
    const SearchPage page = search(request);
    for (const TraceSummary& summary : page.traces) ids.push_back(short_hex(summary.id));
    if (!page.next) break;
    request.after = page.next;
  }
  EXPECT_EQ(ids, (Texts{"a4", "a2", "a3", "a1"}));
}

// Reads all pages of `request`; `between_pages` runs after each.
Texts all_pages(const std::function<SearchPage(const SearchRequest&)>& search,
                SearchRequest request, const std::function<void()>& between_pages = {}) {
  Texts ids;
  while (ids.size() < 1000) {
    const SearchPage page = search(request);
    EXPECT_LE(page.traces.size(), request.limit);
    for (const TraceSummary& summary : page.traces) ids.push_back(short_hex(summary.id));
    if (!page.next) break;
    request.after = page.next;
    if (between_pages) between_pages();
  }
  return ids;
}

TEST_P(TraceStoreContract, PagesHoldExactlyTheLimitAndMissNothing) {
  TestBatch batch;
  for (int i = 10; i < 40; ++i) {
    batch.span(std::to_string(i), "01").starting(1ms * (i / 4));
  }
  write(batch);
  const Texts all = found(Condition::everything());
  EXPECT_EQ(all.size(), 30u);
  for (const std::size_t limit : {1u, 7u, 15u, 30u, 31u}) {
    const SearchRequest request{.condition = {}, .limit = limit};
    EXPECT_EQ(all_pages([&](const SearchRequest& page) { return search(page); }, request), all);
  }
  const SearchPage whole = search({.condition = {}, .limit = 30});
  EXPECT_EQ(whole.traces.size(), 30u);
  EXPECT_FALSE(whole.next) << "nothing follows";
}

TEST_P(TraceStoreContract, PagesStayStableWhileNewerDataArrives) {
  TestBatch batch;
  for (int i = 10; i < 20; ++i) batch.span(std::to_string(i), "01").starting(1ms * i);
  write(batch);
  const Texts before = found(Condition::everything());
  int arrived = 50;
  const Texts paged = all_pages([&](const SearchRequest& page) { return search(page); },
                                {.condition = {}, .limit = 3},
                                [&] {
                                  const std::string id = std::to_string(arrived++);
                                  write(TestBatch().span(id, "01").starting(1s));
                                });
  EXPECT_EQ(paged, before);
}

TEST_P(TraceStoreContract, SummarizesTheWholeTrace) {
  write(shopping());
  const TraceSummary summary = summary_of("a1");
  EXPECT_EQ(summary.id, model::trace_id("a1"));
  EXPECT_EQ(summary.root_service, "cart");
  EXPECT_EQ(summary.root_name, "GET /cart");
  EXPECT_EQ(summary.start, model::kTestStart);
  EXPECT_EQ(summary.duration, 20ms);
  EXPECT_EQ(summary.spans, 2u);
  EXPECT_EQ(summary.errors, 1u);
  EXPECT_EQ(summary.services, (std::vector<ServiceSummary>{{"cart", 1, 0}, {"shop", 1, 1}}));
  EXPECT_TRUE(summary.matched.empty());
}

TEST_P(TraceStoreContract, ATraceWithoutARootIsIncomplete) {
  write(shopping());
  EXPECT_EQ(summary_of("a3").root_name, std::nullopt);
  EXPECT_EQ(summary_of("a3").root_service, std::nullopt);
  write(TestBatch().resource("late").span("a3", "99", "root").starting(1s).lasting(3s));
  EXPECT_EQ(summary_of("a3").root_name, "root");
  EXPECT_EQ(summary_of("a3").root_service, "late");
  EXPECT_EQ(summary_of("a3").duration, 3s);
}

TEST_P(TraceStoreContract, TheRootIsTheFirstToStartThenTheSmallestId) {
  TestBatch batch;
  batch.span("a1", "03", "late").starting(1ms);
  batch.span("a1", "02", "second").span("a1", "01", "first").span("a1", "04", "fourth");
  batch.span("a1", "00000000000000aa", "child").parent("01").starting(-1ms);
  write(batch);
  EXPECT_EQ(summary_of("a1").root_name, "first");
}

TEST_P(TraceStoreContract, ATraceWhoseEndsLieBeforeItsStartLastsZero) {
  TestBatch batch;
  batch.span("a1", "01");
  batch.last().end = {5};
  write(batch);
  EXPECT_EQ(summary_of("a1").duration, Duration(0));
  EXPECT_EQ(summary_of("a1").start, model::kTestStart);
}

TEST_P(TraceStoreContract, SpansWithoutAServiceCountUnderTheEmptyName) {
  TestBatch batch;
  batch.resource("").span("a1", "01").resource("cart").span("a1", "02");
  write(batch);
  EXPECT_EQ(summary_of("a1").services, (std::vector<ServiceSummary>{{"", 1, 0}, {"cart", 1, 0}}));
  EXPECT_EQ(summary_of("a1").root_service, "");
}

TEST_P(TraceStoreContract, NamesTheFirstSpansThatMatched) {
  TestBatch batch;
  batch.span("a1", "05").attribute("k", "x").starting(5ms);
  batch.span("a1", "04").attribute("k", "x").starting(1ms);
  batch.span("a1", "03").attribute("k", "y").starting(2ms);
  batch.span("a1", "02").attribute("k", "x").starting(5ms);
  batch.span("a1", "01").starting(0ms);
  write(batch);
  const auto with = [](const char* value) {
    return Condition::some_span(Condition::equal(span("k"), text(value)));
  };
  SearchRequest request{.condition = with("x"), .matched_spans = 10};
  const auto matched = [&] {
    Texts ids;
    const SearchPage page = search(request);
    EXPECT_EQ(page.traces.size(), 1u);
    for (const model::SpanId& id : page.traces.at(0).matched) ids.push_back(short_hex(id));
    return ids;
  };
  EXPECT_EQ(matched(), (Texts{"04", "02", "05"}));
  request.matched_spans = 2;
  EXPECT_EQ(matched(), (Texts{"04", "02"}));
  request.matched_spans = 10;
  request.condition = Condition::all_of({with("x"), with("y")});
  EXPECT_EQ(matched(), (Texts{"04", "03", "02", "05"}));
  request.range = between(2ms, 1s);
  EXPECT_EQ(matched(), (Texts{"03", "02", "05"}));
}

TEST_P(TraceStoreContract, RefusesSearchesThatMakeNoSense) {
  const auto code = [&](const SearchRequest& request) {
    const auto page = reader().search(context(), request);
    return page ? std::optional<ErrorCode>() : page.error().code;
  };
  EXPECT_EQ(code({.condition = {}, .limit = 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.condition = Condition::exists(span("k"))}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.condition = Condition::some_span(
                      of_trace(Intrinsic::kTraceSpanCount, Operator::kEqual, number(1)))}),
            ErrorCode::kInvalidArgument);
}

TEST_P(TraceStoreContract, ASearchThatNobodyWantsIsPartial) {
  write(shopping());
  const auto page = reader().search(cancelled(), {});
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->completeness.complete);
  EXPECT_FALSE(page->completeness.why_partial.empty());
}

TEST_P(TraceStoreContract, StreamingThatNobodyWantsIsPartial) {
  write(shopping());
  const TracesRequest request{{model::trace_id("a1")}, {}};
  const auto answer =
      reader().traces(cancelled(), request, [](const model::Batch&) { return true; });
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->complete);
}

}  // namespace
}  // namespace cairn::storage
