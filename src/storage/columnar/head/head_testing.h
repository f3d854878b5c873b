// SPDX-License-Identifier: Apache-2.0
//
// What the tests of a head share: appending whole batches, comparing what came back, and spans as
// no sane program makes them.
#pragma once

#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "storage/columnar/head/head.h"

namespace cairn::storage::columnar {

inline std::vector<std::uint32_t> numbers_below(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

// How many spans were new.
inline std::size_t append(Head& head, const model::Batch& batch) {
  return head.append(batch, numbers_below(batch.spans.size()), nullptr).added;
}

inline model::Batch spans_of(const Head& head) {
  model::Batch out;
  materialize(*head.table(), numbers_below(head.rows()), out);
  return out;
}

// Every span of `sent` at its index, with its scope and resource.
inline void expect_same(const model::Batch& stored, const model::Batch& sent) {
  ASSERT_EQ(stored.spans.size(), sent.spans.size());
  for (std::size_t i = 0; i < sent.spans.size(); ++i) {
    const model::Span& a = stored.spans[i];
    const model::Span& b = sent.spans[i];
    ASSERT_TRUE(model::same_content(a, b)) << i;
    ASSERT_TRUE(model::same_content(stored.scope_of(a), sent.scope_of(b))) << i;
    ASSERT_TRUE(model::same_content(stored.resource_of(a), sent.resource_of(b))) << i;
  }
}

// A batch of distinct spans full of what is seldom. Thread rule: one thread.
class OddBatches {
 public:
  explicit OddBatches(std::uint64_t seed) : random_(seed) {}

  model::Batch next(std::size_t spans) {
    model::TestBatch made;
    for (std::size_t i = 0; i < spans; ++i) {
      if (i % 7 == 0) resource(made);
      span(made);
    }
    return std::move(made.batch());
  }
  // Spans from so small a universe that many are equal, and more have equal ids.
  model::Batch next_of_few(std::size_t spans) {
    model::TestBatch made;
    for (std::size_t i = 0; i < spans; ++i) {
      if (i % 4 == 0) made.resource(pick(2) == 0 ? "cart" : "shop").scope(pick(2) == 0 ? "" : "a");
      made.span(pick(2) == 0 ? "a1" : "a2", pick(2) == 0 ? "01" : "02", pick(3) == 0 ? "x" : "y");
      if (pick(3) == 0) made.attribute("k", pick(2) == 0 ? "v" : "w");
      if (pick(3) == 0) made.attribute("k", model::AnyValue::real(pick(2) == 0 ? 0.5 : 1.5));
      if (pick(5) == 0) made.last().trace_state = "s";
      if (pick(5) == 0) made.parent("03");
    }
    return std::move(made.batch());
  }

 private:
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

  std::string text() {
    switch (pick(12)) {
      case 0:
        return "";
      case 1:
        return std::string(pick(40), '\0');
      case 2:
        return std::string(4090 + pick(12), 'x');
      case 3:
        return std::to_string(random_());
      default:
        return "value " + std::to_string(pick(9));
    }
  }
  model::AnyValue value(Arena& arena, int depth) {
    switch (pick(depth > 0 ? 9 : 6)) {
      case 0:
        return {};
      case 1:
        return model::AnyValue::boolean(pick(2) == 0);
      case 2:
        return model::AnyValue::integer(static_cast<std::int64_t>(random_() >> pick(64)));
      case 3:
        return model::AnyValue::integer(static_cast<std::int64_t>(pick(5)) - 2);
      case 4:
        return model::AnyValue::real(pick(2) == 0 ? std::bit_cast<double>(random_()) : 0.5);
      case 6:
        return model::AnyValue::bytes(as_bytes(arena.copy(text())));
      case 7: {
        const auto list = arena.make<model::AnyValue>(pick(3));
        for (auto& element : list) element = value(arena, depth - 1);
        return model::AnyValue::array(list);
      }
      case 8:
        return model::AnyValue::key_value_list(attributes(arena, pick(3), depth - 1));
      default:
        return model::AnyValue::string(arena.copy(text()));
    }
  }
  std::span<const model::Attribute> attributes(Arena& arena, std::size_t count, int depth) {
    const auto made = arena.make<model::Attribute>(count);
    for (auto& attribute : made) {
      const std::string key = pick(20) == 0 ? text() : "key " + std::to_string(pick(12));
      attribute = {arena.copy(key), value(arena, depth)};
    }
    return made;
  }
  void resource(model::TestBatch& made) {
    Arena& arena = made.batch().arena;
    made.resource("svc");
    model::Resource& resource = made.batch().resources.back();
    resource.attributes = attributes(arena, pick(5), 3);
    resource.dropped_attributes_count = static_cast<std::uint32_t>(pick(2));
    resource.schema_url = arena.copy(pick(2) == 0 ? "" : text());
    resource.unknown_fields = arena.copy(pick(3) != 0 ? "" : text());
    resource.group_unknown_fields = arena.copy(pick(3) != 0 ? "" : text());
    model::InstrumentationScope& scope = made.batch().scopes.back();
    scope.name = arena.copy(text());
    scope.attributes = attributes(arena, pick(3), 3);
    scope.dropped_attributes_count = static_cast<std::uint32_t>(pick(2));
    scope.schema_url = arena.copy(pick(2) == 0 ? "" : text());
    scope.unknown_fields = arena.copy(pick(3) != 0 ? "" : text());
    scope.group_unknown_fields = arena.copy(pick(3) != 0 ? "" : text());
  }
  void span(model::TestBatch& made) {
    Arena& arena = made.batch().arena;
    made.span("ffffffffffffffffffffffffffffffff", "ffffffffffffffff");
    model::Span& span = made.last();
    if (pick(4) != 0) put(span.trace_id.bytes, pick(9) + 1);
    put(span.span_id.bytes, ++spans_);
    if (pick(2) == 0) put(span.parent_span_id.bytes, pick(100));
    span.name = arena.copy(text());
    span.start.unix_nanos = pick(10) == 0 ? random_() : pick(1'000'000);
    span.end.unix_nanos = pick(10) == 0 ? random_() : pick(1'000'000);
    span.kind = static_cast<model::SpanKind>(pick(30) == 0 ? -1 - int(pick(9)) : int(pick(6)));
    span.flags = static_cast<std::uint32_t>(pick(30) == 0 ? random_() : 1);
    span.attributes = attributes(arena, pick(60) == 0 ? 300 : pick(8), 3);
    if (pick(4) == 0) seldom(made);
  }
  void seldom(model::TestBatch& made) {
    Arena& arena = made.batch().arena;
    model::Span& span = made.last();
    const auto code = static_cast<model::StatusCode>(pick(4));
    span.status = {code, arena.copy(text()), arena.copy(text())};
    span.trace_state = arena.copy(text());
    span.dropped_attributes_count = static_cast<std::uint32_t>(pick(3));
    span.dropped_events_count = static_cast<std::uint32_t>(random_());
    span.dropped_links_count = static_cast<std::uint32_t>(pick(3));
    span.unknown_fields = arena.copy(text());
    const auto events = arena.make<model::Event>(pick(3));
    for (auto& event : events) {
      event = {{random_()}, arena.copy(text()), attributes(arena, pick(3), 3), 1, "unknown"};
    }
    span.events = events;
    const auto links = arena.make<model::Link>(pick(3));
    for (auto& link : links) {
      link = {span.trace_id, span.span_id, "x", attributes(arena, pick(3), 3), 2, 3, "unknown"};
    }
    span.links = links;
  }
  template <std::size_t N>
  static void put(std::array<std::byte, N>& id, std::uint64_t number) {
    std::memcpy(id.data() + N - 8, &number, 8);
  }

  std::mt19937_64 random_;
  std::uint64_t spans_ = 0;
};

}  // namespace cairn::storage::columnar
