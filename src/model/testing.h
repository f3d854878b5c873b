// SPDX-License-Identifier: Apache-2.0
//
// Makers for tests: a Batch in a few readable lines.
//   TestBatch t; t.resource("cart"); t.span("01", "0a", "GET /cart").parent("0b").lasting(5ms);
#pragma once

#include <chrono>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "model/batch.h"

namespace cairn::model {

// 2023-11-14T22:13:20Z, when every test span starts unless told otherwise.
inline constexpr Timestamp kTestStart{1'700'000'000'000'000'000};

inline TraceId trace_id(std::string_view hex) {
  return TraceId::from_hex(hex).value();
}
inline SpanId span_id(std::string_view hex) {
  return SpanId::from_hex(hex).value();
}

class TestBatch {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, AnyValue>>;

  // What the following spans belong to. Without a call: service "test", scope "".
  TestBatch& resource(std::string_view service, Attributes more = {}) {
    auto all = batch_.arena.make<Attribute>(more.size() + 1);
    all[0] = {"service.name", deep_copy(batch_.arena, AnyValue::string(service))};
    std::size_t i = 1;
    for (const auto& [key, value] : more) all[i++] = copy(key, value);
    batch_.resources.push_back(
        {.attributes = all, .schema_url = {}, .unknown_fields = {}, .group_unknown_fields = {}});
    return scope("");
  }
  TestBatch& scope(std::string_view name, std::string_view version = "") {
    InstrumentationScope made;
    made.resource = static_cast<std::uint32_t>(batch_.resources.size() - 1);
    made.name = batch_.arena.copy(name);
    made.version = batch_.arena.copy(version);
    batch_.scopes.push_back(made);
    return *this;
  }
  // A new span of 1 ms; the following calls change it.
  TestBatch& span(std::string_view trace_hex, std::string_view span_hex,
                  std::string_view name = "op") {
    if (batch_.resources.empty()) resource("test");
    Span made;
    made.trace_id = trace_id(trace_hex);
    made.span_id = span_id(span_hex);
    made.name = batch_.arena.copy(name);
    made.start = kTestStart;
    made.end = kTestStart.plus(std::chrono::milliseconds(1));
    made.scope = static_cast<std::uint32_t>(batch_.scopes.size() - 1);
    batch_.spans.push_back(made);
    return *this;
  }
  TestBatch& parent(std::string_view span_hex) {
    last().parent_span_id = span_id(span_hex);
    return *this;
  }
  TestBatch& kind(SpanKind kind) {
    last().kind = kind;
    return *this;
  }
  // Moves the start, relative to kTestStart, keeping the duration.
  TestBatch& starting(Duration after) {
    const Duration lasts = last().duration();
    last().start = kTestStart.plus(after);
    return lasting(lasts);
  }
  TestBatch& lasting(Duration duration) {
    last().end = last().start.plus(duration);
    return *this;
  }
  TestBatch& status(StatusCode code, std::string_view message = "") {
    last().status = {code, batch_.arena.copy(message), {}};
    return *this;
  }
  TestBatch& attribute(std::string_view key, const AnyValue& value) {
    last().attributes = extended(last().attributes, copy(key, value));
    return *this;
  }
  TestBatch& attribute(std::string_view key, std::string_view value) {
    return attribute(key, AnyValue::string(value));
  }
  TestBatch& event(std::string_view name, Duration after_start, Attributes attributes = {}) {
    Event made;
    made.time = last().start.plus(after_start);
    made.name = batch_.arena.copy(name);
    for (const auto& [key, value] : attributes) {
      made.attributes = extended(made.attributes, copy(key, value));
    }
    last().events = extended(last().events, made);
    return *this;
  }
  TestBatch& link(std::string_view trace_hex, std::string_view span_hex,
                  Attributes attributes = {}) {
    Link made;
    made.trace_id = trace_id(trace_hex);
    made.span_id = span_id(span_hex);
    for (const auto& [key, value] : attributes) {
      made.attributes = extended(made.attributes, copy(key, value));
    }
    last().links = extended(last().links, made);
    return *this;
  }

  Span& last() { return batch_.spans.back(); }
  Batch& batch() { return batch_; }
  // Ends the building.
  std::shared_ptr<const Batch> share() { return std::make_shared<const Batch>(std::move(batch_)); }

 private:
  Attribute copy(std::string_view key, const AnyValue& value) {
    return {batch_.arena.copy(key), deep_copy(batch_.arena, value)};
  }
  template <typename T>
  std::span<const T> extended(std::span<const T> old, const T& item) {
    const std::span<T> longer = batch_.arena.make<T>(old.size() + 1);
    std::copy(old.begin(), old.end(), longer.begin());
    longer[old.size()] = item;
    return longer;
  }

  Batch batch_;
};

}  // namespace cairn::model
