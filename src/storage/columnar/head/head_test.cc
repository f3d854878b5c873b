// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/head.h"

#include "storage/columnar/head/head_testing.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;

TEST(Head, GivesBackWhatWasAppended) {
  TestBatch batch;
  batch.resource("cart", {{"zone", AnyValue::string("a")}}).scope("http", "1");
  batch.span("a1", "01", "GET /").kind(model::SpanKind::kServer).attribute("k", "v");
  batch.attribute("n", AnyValue::integer(-5)).attribute("k", AnyValue::real(0.5));
  batch.attribute("k", "w").attribute("b", AnyValue::boolean(true)).attribute("e", AnyValue());
  batch.span("a1", "02", "GET /").parent("01").status(model::StatusCode::kError, "no");
  batch.event("e", std::chrono::milliseconds(1), {{"x", AnyValue::boolean(true)}});
  batch.resource("shop").span("a2", "01", "");
  Head head(3);
  EXPECT_EQ(append(head, batch.batch()), 3u);
  EXPECT_EQ(head.rows(), 3u);
  expect_same(spans_of(head), batch.batch());
}

TEST(Head, GivesBackAnySpan) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    OddBatches batches(seed);
    Head head(1, {.plain_after_values = 8});
    model::Batch all;
    for (int i = 0; i < 10; ++i) {
      const model::Batch batch = batches.next(40);
      ASSERT_EQ(append(head, batch), batch.spans.size()) << "seed " << seed;
      ASSERT_EQ(append(head, batch), 0u) << "seed " << seed;
      model::BatchAppender appender(all);
      for (const model::Span& span : batch.spans) appender.append(batch, span);
    }
    expect_same(spans_of(head), all);
  }
}

// Against the definition: a span is new when no equal one came before.
TEST(Head, KeepsWhatRandomSendersSendOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    OddBatches batches(seed);
    Head head(1);
    model::Batch kept;
    for (int i = 0; i < 60; ++i) {
      const model::Batch batch = batches.next_of_few(10);
      std::size_t expected = 0;
      for (const model::Span& span : batch.spans) {
        const bool known = std::ranges::any_of(kept.spans, [&](const model::Span& other) {
          return model::same_content(other, span) &&
                 model::same_content(kept.scope_of(other), batch.scope_of(span)) &&
                 model::same_content(kept.resource_of(other), batch.resource_of(span));
        });
        if (known) continue;
        ++expected;
        model::BatchAppender(kept).append(batch, span);
      }
      ASSERT_EQ(append(head, batch), expected) << "seed " << seed;
    }
    expect_same(spans_of(head), kept);
  }
}

TEST(Head, KeepsASpanOnce) {
  TestBatch batch;
  batch.span("a1", "01").attribute("k", "v");
  batch.span("a1", "01").attribute("k", "w");
  batch.span("a1", "01").attribute("k", "v");
  batch.span("a1", "01").attribute("k", "w");
  batch.span("a1", "01").attribute("k", "w").event("e", std::chrono::milliseconds(1));
  Head head(1);
  EXPECT_EQ(append(head, batch.batch()), 3u);
  EXPECT_EQ(append(head, batch.batch()), 0u);
}

TEST(Head, ManySpansWithOneIdCostNoMoreThanOthers) {
  TestBatch batch;
  constexpr std::size_t kCount = 50'000;
  for (std::size_t i = 0; i < kCount; ++i) {
    batch.span("a1", "01").attribute("i", AnyValue::integer(static_cast<std::int64_t>(i)));
  }
  Head head(1);
  EXPECT_EQ(append(head, batch.batch()), kCount);
  EXPECT_EQ(append(head, batch.batch()), 0u);
}

TEST(Head, AddsOnlyTheSpansItIsTold) {
  TestBatch batch;
  batch.span("a1", "01").span("a2", "02").span("a3", "03");
  Head head(1);
  const std::uint32_t indexes[] = {0, 2};
  EXPECT_EQ(head.append(batch.batch(), indexes, nullptr).added, 2u);
  EXPECT_EQ(spans_of(head).spans[1].span_id, model::span_id("03"));
}

class FakeElsewhere final : public Elsewhere {
 public:
  struct Holding final : Fragments {
    bool holds(const model::Batch&, const model::Span& span) const override {
      return span.span_id == model::span_id("01");
    }
    std::size_t memory_bytes() const override { return 1000; }
  };
  std::shared_ptr<const Fragments> find(const model::TraceId& id) override {
    ++asked;
    if (id == model::trace_id("a1")) return std::make_shared<Holding>();
    return nullptr;
  }
  int asked = 0;
};

TEST(Head, AsksElsewhereOncePerTrace) {
  TestBatch batch;
  batch.span("a1", "01").span("a1", "02").span("a1", "03").span("a2", "01").span("a2", "02");
  FakeElsewhere elsewhere;
  Head head(1);
  EXPECT_EQ(head.append(batch.batch(), numbers_below(5), &elsewhere).added, 4u);
  EXPECT_EQ(head.append(batch.batch(), numbers_below(5), &elsewhere).added, 0u);
  EXPECT_EQ(elsewhere.asked, 2);
  EXPECT_EQ(head.view()->groups()[0]->facts().traces, 2u);
}

TEST(Head, ATraceThatIsElsewhereEntirelyLeavesNothing) {
  TestBatch batch;
  batch.span("a1", "01");
  FakeElsewhere elsewhere;
  Head head(1);
  EXPECT_EQ(head.append(batch.batch(), numbers_below(1), &elsewhere).added, 0u);
  EXPECT_EQ(head.rows(), 0u);
  EXPECT_TRUE(head.view()->groups().empty());
  Bytes record;
  head.record(record);
  EXPECT_TRUE(record.empty());
}

TEST(Head, KnowsWhenItsSpansStart) {
  TestBatch batch;
  batch.span("a1", "01").starting(std::chrono::seconds(5));
  batch.span("a1", "02").starting(std::chrono::seconds(-5)).lasting(std::chrono::seconds(20));
  Head head(1);
  append(head, batch.batch());
  EXPECT_EQ(head.min_start(), model::kTestStart.plus(std::chrono::seconds(-5)));
  EXPECT_EQ(head.max_start(), model::kTestStart.plus(std::chrono::seconds(5)));
  EXPECT_EQ(head.view()->groups()[0]->facts().max_trace_duration, 20'000'000'000u);
}

TEST(Head, MoreKeysThanColumnsStayInTheRow) {
  Head head(1);
  std::size_t key = 0;
  for (int i = 0; i < 20; ++i) {
    TestBatch batch;
    for (int span = 0; span < 500; ++span) {
      const std::string id = std::to_string(10'000 + i * 500 + span);
      batch.span("a1", id);
      for (int j = 0; j < 20; ++j) batch.attribute("k" + std::to_string(key++), "v");
    }
    ASSERT_EQ(append(head, batch.batch()), 500u);
    model::Batch out;
    std::vector<RowIndex> rows = numbers_below(500);
    for (RowIndex& row : rows) row += static_cast<RowIndex>(i * 500);
    materialize(*head.table(), rows, out);
    expect_same(out, batch.batch());
  }
  EXPECT_LE(head.table()->schema.columns.size(), kMaxColumns);
  EXPECT_TRUE(head.vocabulary_full());
}

TEST(Head, MoreNamesThanTheLimitStandInAColumn) {
  TestBatch batch;
  for (std::size_t i = 0; i < 3000; ++i) {
    batch.span("a1", std::to_string(10'000 + i), "name " + std::to_string(i)).attribute("k", "v");
  }
  Head head(1);
  ASSERT_EQ(append(head, batch.batch()), 3000u);
  expect_same(spans_of(head), batch.batch());
  EXPECT_EQ(head.table()->schema.names.size(), kMaxNames);
  EXPECT_EQ(append(head, batch.batch()), 0u);
}

// Each with flags, a kind and a status of its own.
TestBatch spans_of_many_classes(std::uint32_t count) {
  TestBatch batch;
  for (std::uint32_t i = 0; i < count; ++i) {
    batch.span("a1", std::to_string(10'000 + i), "n" + std::to_string(i % 3));
    batch.last().flags = i * 77'777;
    batch.last().kind = static_cast<model::SpanKind>(i % 1000);
    batch.last().status.code = static_cast<model::StatusCode>(i % 77);
  }
  return batch;
}

TEST(Head, SpansOfTooManyClassesAreForTheNextHead) {
  constexpr std::size_t kCount = 10'000;
  TestBatch batch = spans_of_many_classes(kCount);
  const std::vector<std::uint32_t> all = numbers_below(kCount);
  model::Batch stored;
  std::size_t taken = 0;
  std::uint64_t heads = 0;
  for (; taken < kCount; ++heads) {
    Head head(heads + 1);
    const Appended appended = head.append(batch.batch(), std::span(all).subspan(taken), nullptr);
    ASSERT_GE(appended.taken, std::min<std::size_t>(kCount - taken, 1000));
    EXPECT_EQ(appended.added, appended.taken);
    EXPECT_LE(head.table()->schema.classes.size(), kMaxClasses);
    EXPECT_EQ(head.vocabulary_full(), taken + appended.taken < kCount);
    taken += appended.taken;
    materialize(*head.table(), numbers_below(head.rows()), stored);
  }
  EXPECT_EQ(heads, 3u);
  expect_same(stored, batch.batch());
}

TEST(Head, ResourcesAndScopesBeyondTheLimitAreForTheNextHead) {
  TestBatch batch;
  for (std::size_t i = 0; i < 20'000; ++i) {
    batch.resource("service " + std::to_string(i)).span("a1", std::to_string(10'000 + i));
  }
  const std::vector<std::uint32_t> all = numbers_below(20'000);
  Head head(1);
  const Appended appended = head.append(batch.batch(), all, nullptr);
  EXPECT_EQ(appended.taken, kMaxResources);
  EXPECT_TRUE(head.vocabulary_full());
  EXPECT_EQ(head.append(batch.batch(), all, nullptr).added, 0u);
}

TEST(Head, RemembersOfElsewhereOnlySoMuch) {
  TestBatch batch;
  constexpr std::size_t kTraces = 200;
  for (std::size_t i = 0; i < kTraces; ++i) {
    batch.span(std::to_string(1000 + i), "02").span(std::to_string(1000 + i), "03");
  }
  struct : Elsewhere {
    std::shared_ptr<const Fragments> find(const model::TraceId&) override {
      ++asked;
      return std::make_shared<FakeElsewhere::Holding>();
    }
    std::size_t asked = 0;
  } elsewhere;
  for (const std::size_t limit : {std::size_t{10}, std::size_t{20'000}, std::size_t{1'000'000}}) {
    elsewhere.asked = 0;
    Head head(1, {.elsewhere_bytes = limit});
    EXPECT_EQ(head.append(batch.batch(), numbers_below(2 * kTraces), &elsewhere).added,
              2 * kTraces);
    EXPECT_EQ(elsewhere.asked, kTraces);  // the last answer is kept whatever it takes
    EXPECT_GE(head.elsewhere_bytes(), 1000u);
    EXPECT_LE(head.elsewhere_bytes(), std::max<std::size_t>(limit, 2000));
    // What was forgotten is asked for again, and none of it is added.
    TestBatch late;
    for (std::size_t i = 0; i < kTraces; ++i) late.span(std::to_string(1000 + i), "01");
    EXPECT_EQ(head.append(late.batch(), numbers_below(kTraces), &elsewhere).added, 0u);
    EXPECT_EQ(elsewhere.asked > kTraces, limit < 200'000);
    EXPECT_LE(head.elsewhere_bytes(), std::max<std::size_t>(limit, 2000));
  }
}

TEST(Head, AColumnThatHardlyRepeatsTurnsPlain) {
  TestBatch batch;
  for (std::size_t i = 0; i < 20'000; ++i) {
    batch.span("a1", std::to_string(100'000 + i), "op").attribute("id", std::to_string(i));
  }
  Head head(1);
  append(head, batch.batch());
  const auto table = head.table();
  EXPECT_EQ(table->dictionaries[0]->size(), 8192u);
  EXPECT_EQ(table->texts.size(), 20'000u - 8192u);
  expect_same(spans_of(head), batch.batch());
}

TEST(Head, ALargeValueIsNeverLookedUp) {
  TestBatch batch;
  const std::string large(5'000'000, 'x');
  batch.span("a1", "01", "op").attribute("body", large).span("a1", "02", "op");
  batch.attribute("body", large).span("a1", "03", "op").attribute("body", "small");
  Head head(1);
  append(head, batch.batch());
  EXPECT_EQ(head.table()->dictionaries[0]->size(), 1u);
  EXPECT_GT(head.memory_bytes(), large.size());
  expect_same(spans_of(head), batch.batch());
}

TEST(Head, ValuesMayNestAsDeepAsTheModel) {
  Arena arena;
  AnyValue value = AnyValue::string("deep");
  for (int i = 1; i < model::kMaxValueDepth; ++i) {
    const std::span<AnyValue> list = arena.make<AnyValue>(1);
    list[0] = value;
    value = AnyValue::array(list);
  }
  TestBatch batch;
  batch.span("a1", "01").attribute("k", value).event("e", std::chrono::seconds(1), {{"k", value}});
  Head head(1);
  append(head, batch.batch());
  expect_same(spans_of(head), batch.batch());
}

TEST(Head, SealingFreesTheWritersTables) {
  OddBatches batches(1);
  Head head(1);
  append(head, batches.next(500));
  const std::size_t before = head.memory_bytes();
  const model::Batch spans = spans_of(head);
  head.seal();
  EXPECT_LT(head.memory_bytes(), before);
  expect_same(spans_of(head), spans);
  EXPECT_FALSE(head.view()->find(spans.spans[0].trace_id)->empty());
}

}  // namespace
}  // namespace cairn::storage::columnar
