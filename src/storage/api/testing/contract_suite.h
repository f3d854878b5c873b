// SPDX-License-Identifier: Apache-2.0
//
// The contract of storage/api as tests: every engine passes the same ones. An engine's test links
// cairn::storage_api_testing and says
//   INSTANTIATE_TEST_SUITE_P(Memory, TraceStoreContract, ::testing::Values(Engine{...}),
//   engine_name);
// What Capabilities declares narrowed is checked again here, the way the query layer does; what it
// declares impossible must be answered with kUnimplemented.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/api/trace_store.h"

namespace cairn::storage {

// A fresh store and what a test may do to it besides calling it.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;

  virtual TraceStore& store() = 0;
  // Returns once everything acknowledged is visible to readers.
  virtual void settle() {}
  // Closes the store and opens it again with what it kept. Called only when it is durable.
  virtual void reopen() {}
  // For how many whole hours after the one it arrived in the store keeps a span, for stores that
  // forget by age; compact() drops what is older.
  virtual std::optional<int> kept_hours() const { return std::nullopt; }
  virtual void let_an_hour_pass() {}
};

struct Engine {
  std::string name;  // letters and digits
  // A new, empty store with room for 100 000 small spans.
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};
inline std::ostream& operator<<(std::ostream& out, const Engine& engine) {
  return out << engine.name;
}
inline std::string engine_name(const ::testing::TestParamInfo<Engine>& info) {
  return info.param.name;
}

using Texts = std::vector<std::string>;

// Each span with its scope and resource as one text, sorted: what tests compare stored spans by.
Texts span_texts(const model::Batch& batch);
// The id without leading zero bytes: "a1".
std::string short_hex(const model::TraceId& id);
std::string short_hex(const model::SpanId& id);

// Field and condition makers that read well in tests.
inline Field resource(std::string key) {
  return Field::attribute(Level::kResource, std::move(key));
}
inline Field span(std::string key) {
  return Field::attribute(Level::kSpan, std::move(key));
}
inline Field event(std::string key) {
  return Field::attribute(Level::kEvent, std::move(key));
}
inline Field link(std::string key) {
  return Field::attribute(Level::kLink, std::move(key));
}
inline Field any(std::string key) {
  return Field::attribute(Level::kAny, std::move(key));
}
inline Constant number(std::int64_t value) {
  return value;
}
inline Constant text(std::string value) {
  return value;
}

inline TimeRange between(Duration begin, Duration end) {
  return {model::kTestStart.plus(begin), model::kTestStart.plus(end)};
}

// Plays the random history of that seed, of `steps` changes and questions, on a fresh store and on
// the naive reading; differences are test failures that name the seed.
void play_history(const Engine& engine, std::uint64_t seed, int steps);

class TraceStoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { under_test_ = GetParam().make(); }

  StoreUnderTest& under_test() { return *under_test_; }
  TraceReader& reader() { return under_test_->store().reader(); }
  StoreAdmin& admin() { return under_test_->store().admin(); }
  const Capabilities& can() { return reader().capabilities(); }
  static ReadContext context(const std::string& tenant = "") { return {{tenant}, {}}; }
  // A context whose work nobody wants any more.
  static ReadContext cancelled();

  // Writes, waits for the acknowledgement and until it is visible.
  WriteOutcome write(std::shared_ptr<const model::Batch> batch, const std::string& tenant = "");
  WriteOutcome write(model::TestBatch& batch, const std::string& tenant = "") {
    return write(batch.share(), tenant);
  }

  // The trace's spans as span_texts. Checks the rules of chunks on the way.
  Texts stored(const std::string& trace_hex, const std::string& tenant = "");
  // All traces that are asked for, in the order they were streamed.
  Texts streamed(const std::vector<std::string>& trace_hexes);

  // The page, with what the engine only narrows checked again.
  SearchPage search(const SearchRequest& request, const std::string& tenant = "");
  // The short ids of all traces found, newest first.
  Texts found(const Condition& condition, const TimeRange& range = {},
              const std::string& tenant = "");
  TraceSummary summary_of(const std::string& trace_hex);

  // "trace/span" of each span that scan gives, sorted; checks that traces are adjacent.
  Texts scanned(const Condition& condition, const TimeRange& range = {},
                const std::string& tenant = "");
  // That exactly these spans satisfy the condition, asked by scan and by search.
  void expect_spans(const Condition& condition, const Texts& expected);

  AggregateResult aggregate(const AggregateRequest& request);
  // "name/level/type=count" with level and type as numbers; "value=count".
  Texts names(const NamesRequest& request);
  Texts values(const ValuesRequest& request);

 private:
  bool exact(const Condition& condition);

  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace cairn::storage
