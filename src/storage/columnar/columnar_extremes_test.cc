// SPDX-License-Identifier: Apache-2.0
//
// What unusual and hostile senders do to the store: answers stay right and memory stays bounded.
#include <filesystem>
#include <fstream>
#include <future>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/fs/posix_file_system.h"

namespace cairn::storage {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kManySpans = 60'000;
#else
constexpr int kManySpans = 1'000'000;
#endif

class ColumnarExtremes : public ::testing::Test {
 protected:
  ColumnarExtremes() {
    std::string path = (std::filesystem::temp_directory_path() / "cairn-extremes-XXXXXX").string();
    CAIRN_CHECK(mkdtemp(path.data()) != nullptr);
    options_.path = path;
    options_.shards = 2;
    options_.min_free_bytes = 0;
    options_.wal.fsync = columnar::FsyncPolicy::kNone;
    open();
  }
  ~ColumnarExtremes() override {
    store_.reset();
    std::filesystem::remove_all(options_.path);
  }

  void open() {
    store_.reset();
    auto opened = ColumnarTraceStore::open(options_, *fs_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  // Tries again while the store asks to slow down.
  void write(model::TestBatch& batch) {
    const std::shared_ptr<const model::Batch> shared = batch.share();
    for (;;) {
      std::promise<Result<WriteOutcome>> promise;
      store_->writer().write({}, shared,
                             [&](Result<WriteOutcome> outcome) { promise.set_value(outcome); });
      const auto outcome = promise.get_future().get();
      EXPECT_LE(head_bytes(), options_.max_head_bytes + 64_MiB);
      if (outcome) return;
      ASSERT_EQ(outcome.error().code, ErrorCode::kResourceExhausted);
    }
  }

  std::uint64_t head_bytes() { return store_->admin().statistics().details.at("head_bytes"); }

  void expect_same_in_segments(const std::function<void()>& look) {
    {
      SCOPED_TRACE("in heads");
      look();
    }
    EXPECT_TRUE(store_->admin().compact(Deadline::never()));
    {
      SCOPED_TRACE("in segments");
      look();
    }
    open();
    SCOPED_TRACE("after opening again");
    look();
  }

  std::size_t count_spans(const Condition& condition) {
    std::size_t spans = 0;
    const auto answer =
        store_->reader().scan({{}, {}}, {.condition = condition, .range = {}, .projection = {}},
                              [&](const ScanBlock& block) {
                                spans += block.span_ids.size();
                                return true;
                              });
    EXPECT_TRUE(answer && answer->complete);
    return spans;
  }

  ColumnarStoreOptions options_;
  std::unique_ptr<columnar::FileSystem> fs_ = columnar::make_posix_file_system();
  SystemClock clock_;
  std::unique_ptr<ColumnarTraceStore> store_;
};

model::SpanId nth_span_id(int n) {
  model::SpanId id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes[7 - i] = static_cast<std::byte>(static_cast<unsigned>(n) >> (8 * i));
  }
  return id;
}

TEST_F(ColumnarExtremes, StreamsAMillionSpanTraceInChunks) {
  constexpr int kBatch = 4000;
  for (int first = 1; first <= kManySpans; first += kBatch) {
    model::TestBatch batch;
    for (int n = first; n < first + kBatch && n <= kManySpans; ++n) {
      batch.span("abc", "01", n % 3 == 0 ? "read" : "write").starting(std::chrono::microseconds(n));
      batch.last().span_id = nth_span_id(n);
      if (n > 1) batch.last().parent_span_id = nth_span_id(n / 2);
    }
    write(batch);
  }
  expect_same_in_segments([&] {
    std::size_t spans = 0;
    const auto answer = store_->reader().traces({{}, {}}, {{model::trace_id("abc")}, {}},
                                                [&](const model::Batch& chunk) {
                                                  EXPECT_LE(chunk.spans.size(), kMaxChunkSpans);
                                                  spans += chunk.spans.size();
                                                  return true;
                                                });
    EXPECT_TRUE(answer && answer->complete);
    EXPECT_EQ(spans, static_cast<std::size_t>(kManySpans));
    const auto page = store_->reader().search({{}, {}}, {});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->traces.size(), 1u);
    EXPECT_EQ(page->traces[0].spans, static_cast<std::uint64_t>(kManySpans));
    EXPECT_EQ(page->traces[0].root_name, "write");
  });
}

TEST_F(ColumnarExtremes, KeepsAFiveMegabyteAttribute) {
  const std::string large(5'000'000, 'x');
  model::TestBatch batch;
  batch.span("a1", "01").attribute("large", large);
  batch.span("a2", "02").attribute("large", "small");
  write(batch);
  expect_same_in_segments([&] {
    EXPECT_EQ(count_spans(Condition::equal(Field::attribute(Level::kSpan, "large"), large)), 1u);
    std::size_t bytes = 0;
    EXPECT_TRUE(store_->reader().traces(
        {{}, {}}, {{model::trace_id("a1")}, {}}, [&](const model::Batch& chunk) {
          bytes = chunk.spans[0].attributes[0].value.as_string().size();
          return true;
        }));
    EXPECT_EQ(bytes, large.size());
  });
}

TEST_F(ColumnarExtremes, AnswersForTwoHundredThousandKeys) {
  constexpr int kKeysOfASpan = 10;
  constexpr int kSpans = 200'000 / kKeysOfASpan;
  for (int first = 0; first < kSpans; first += 500) {
    model::TestBatch batch;
    for (int n = first; n < first + 500; ++n) {
      batch.span("a" + std::to_string(n % 97 + 10), "01")
          .attribute("number", model::AnyValue::integer(n));
      batch.last().span_id = nth_span_id(n + 1);
      for (int k = 0; k < kKeysOfASpan; ++k) {
        batch.attribute("key." + std::to_string(n * kKeysOfASpan + k), "value");
      }
    }
    write(batch);
  }
  expect_same_in_segments([&] {
    for (const char* key : {"key.0", "key.77777", "key.199999"}) {
      EXPECT_EQ(count_spans(Condition::exists(Field::attribute(Level::kSpan, key))), 1u) << key;
    }
    EXPECT_EQ(count_spans(
                  Condition::equal(Field::attribute(Level::kSpan, "number"), std::int64_t{12345})),
              1u);
    EXPECT_EQ(count_spans(Condition::exists(Field::attribute(Level::kSpan, "key.200000"))), 0u);
    EXPECT_EQ(count_spans(Condition::everything()), static_cast<std::size_t>(kSpans));
  });
}

// Neither memory nor vocabulary ends a head of usual spans before its rows do: a WAL file and a
// segment for every few spans is what makes opening and queries slow.
TEST_F(ColumnarExtremes, AHeadOfUsualSpansIsSealedByItsRows) {
  options_.shards = 1;
  options_.background = false;
  open();
  const auto rows = static_cast<int>(options_.head_rows);
  constexpr int kBatch = 1024;
  const auto write_some = [&](int first) {
    model::TestBatch batch;
    for (int n = first; n < first + kBatch; ++n) {
      if (n % 64 == 0) batch.resource("service " + std::to_string(n / 64 % 35));
      batch.span(std::to_string(100'000 + n / 15), "01", "GET /" + std::to_string(n % 50));
      batch.last().span_id = nth_span_id(n + 1);
      batch.attribute("user.id", std::to_string(n / 15 * 7919));
      for (int k = 0; k < 8; ++k) {
        batch.attribute("key " + std::to_string(k), "value " + std::to_string((n + k) % 100));
      }
      batch.attribute("size", model::AnyValue::integer(n * 37));
    }
    write(batch);
  };
  for (int first = 0; first < rows; first += kBatch) write_some(first);
  EXPECT_EQ(store_->admin().statistics().details.at("heads"), 1u);
  write_some(rows);
  EXPECT_EQ(store_->admin().statistics().details.at("heads"), 2u);
}

// A request whose spans would each make a class of their own goes to several heads.
TEST_F(ColumnarExtremes, RandomFlagsKindsAndStatusFillNoHead) {
  constexpr int kSpans = 30'000;
  options_.background = false;
  open();
  model::TestBatch batch;
  for (int n = 0; n < kSpans; ++n) {
    batch.span(std::to_string(100 + n % 10), "01", "GET /");
    batch.last().span_id = nth_span_id(n + 1);
    batch.last().flags = static_cast<std::uint32_t>(n) * 2'654'435'761U;
    batch.last().kind = static_cast<model::SpanKind>(n % 1000 - 500);
    batch.last().status.code = static_cast<model::StatusCode>(n % 77);
  }
  write(batch);
  EXPECT_GE(store_->admin().statistics().details.at("heads"), 8u);   // 4096 classes each
  EXPECT_LE(store_->admin().statistics().details.at("heads"), 10u);  // of two shards
  write(batch);                                                      // all of it is known
  expect_same_in_segments(
      [&] { EXPECT_EQ(count_spans(Condition::everything()), static_cast<std::size_t>(kSpans)); });
}

TEST_F(ColumnarExtremes, KeepsFiveTypesOfOneKeyApart) {
  using model::AnyValue;
  const AnyValue elements[] = {AnyValue::integer(1)};
  model::TestBatch batch;
  batch.span("a1", "01").attribute("k", AnyValue::string("1"));
  batch.span("a2", "02").attribute("k", AnyValue::integer(1));
  batch.span("a3", "03").attribute("k", AnyValue::real(1.0));
  batch.span("a4", "04").attribute("k", AnyValue::boolean(true));
  batch.span("a5", "05").attribute("k", AnyValue::array(elements));
  write(batch);
  const Field key = Field::attribute(Level::kSpan, "k");
  expect_same_in_segments([&] {
    EXPECT_EQ(count_spans(Condition::exists(key)), 5u);
    EXPECT_EQ(count_spans(Condition::equal(key, std::int64_t{1})), 2u);  // 1 and 1.0
    EXPECT_EQ(count_spans(Condition::equal(key, std::string("1"))), 1u);
    EXPECT_EQ(count_spans(Condition::equal(key, true)), 1u);
    EXPECT_EQ(count_spans(Condition::compare(key, Operator::kTextEqual, {std::string("1")})), 3u);
  });
}

TEST_F(ColumnarExtremes, FindsHostileIds) {
  const std::vector<std::string> ids = {"01",
                                        "02",
                                        std::string(32, 'f'),
                                        std::string(16, 'f') + std::string(16, '0'),
                                        std::string(31, '0') + "8",
                                        "1" + std::string(31, '0')};
  model::TestBatch batch;
  for (const std::string& id : ids) {
    batch.span(id, std::string(16, 'f')).parent(std::string(16, 'f'));  // its own parent
    batch.span(id, "01").parent("02");
    batch.span(id, "02").parent("01");  // a cycle
  }
  write(batch);
  expect_same_in_segments([&] {
    for (const std::string& id : ids) {
      std::size_t spans = 0;
      EXPECT_TRUE(store_->reader().traces({{}, {}}, {{model::trace_id(id)}, {}},
                                          [&](const model::Batch& chunk) {
                                            spans += chunk.spans.size();
                                            return true;
                                          }));
      EXPECT_EQ(spans, 3u) << id;
    }
  });
}

}  // namespace
}  // namespace cairn::storage
