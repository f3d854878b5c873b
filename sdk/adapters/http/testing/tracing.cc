// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/http/testing/tracing.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <thread>

#include <gtest/gtest.h>

namespace {

thread_local std::uint64_t allocations = 0;

}  // namespace

// Not inlined: g++ would see one half of a pair and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size); memory != nullptr) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace cairn::trace::testing {
namespace {

const char* kind_name(SpanKind kind) {
  switch (kind) {
    case SpanKind::kInternal:
      return "internal";
    case SpanKind::kServer:
      return "server";
    case SpanKind::kClient:
      return "client";
    case SpanKind::kProducer:
      return "producer";
    case SpanKind::kConsumer:
      return "consumer";
  }
  return "?";
}

void append_attributes(const std::map<std::string, std::string>& attributes,
                       const std::string& indent, std::string& out) {
  for (const auto& [key, value] : attributes) out += indent + key + ": " + value + "\n";
}

void append_span(const FinishedSpan& span, const std::string& indent, std::string& out) {
  out += indent + span.name + " (" + kind_name(span.kind) + ")";
  if (span.status == StatusCode::kError) out += " ERROR";
  if (!span.status_message.empty()) out += " " + span.status_message;
  out += "\n";
  append_attributes(span.attributes, indent + "  ", out);
  for (const auto& event : span.events) {
    out += indent + "  * " + event.name + "\n";
    append_attributes(event.attributes, indent + "    ", out);
  }
}

class Tree {
 public:
  explicit Tree(std::vector<FinishedSpan> spans) : spans_(std::move(spans)) {}
  std::string text() const {
    std::string out;
    for (const FinishedSpan& span : spans_) {
      if (!has_parent(span)) append(span, "", out);
    }
    return out;
  }

 private:
  static bool is_child(const FinishedSpan& span, const FinishedSpan& parent) {
    return span.parent_span_id == parent.context.span_id &&
           span.context.trace_id == parent.context.trace_id;
  }
  bool has_parent(const FinishedSpan& span) const {
    return std::any_of(spans_.begin(), spans_.end(),
                       [&](const FinishedSpan& other) { return is_child(span, other); });
  }
  void append(const FinishedSpan& parent, const std::string& indent, std::string& out) const {
    append_span(parent, indent, out);
    for (const FinishedSpan& span : spans_) {
      if (is_child(span, parent)) append(span, indent + "    ", out);
    }
  }
  std::vector<FinishedSpan> spans_;
};

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

std::uint64_t allocations_of_this_thread() noexcept {
  return allocations;
}

InstrumentationSettings go_zero() {
  InstrumentationSettings settings;
  settings.service_name = "shop";
  return settings;
}

InstrumentationSettings stable() {
  InstrumentationSettings settings;
  settings.conventions = Conventions::kStable;
  return settings;
}

Tracing::Tracing(InstrumentationSettings settings, SamplerPtr sampler) {
  set_instrumentation(std::move(settings));
  Options options;
  options.exporter = memory_;
  options.sampler = std::move(sampler);
  EXPECT_TRUE(start(std::move(options)));
}

Tracing::~Tracing() {
  stop();
  set_instrumentation({});
}

std::vector<FinishedSpan> Tracing::spans() const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (stats().open != 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(stats().open, 0u);
  EXPECT_EQ(flush(), FlushResult::kOk);
  auto all = memory_->spans();
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.start_unix_nanos < b.start_unix_nanos;
  });
  return all;
}

FinishedSpan Tracing::only_span() const {
  const auto all = spans();
  EXPECT_EQ(all.size(), 1u);
  return all.empty() ? FinishedSpan() : all.front();
}

std::string Tracing::tree(const std::map<int, std::string>& ports) const {
  std::string text = Tree(spans()).text();
  for (const auto& [port, name] : ports) replace_all(text, std::to_string(port), name);
  return text;
}

}  // namespace cairn::trace::testing
