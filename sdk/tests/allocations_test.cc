// SPDX-License-Identifier: Apache-2.0
//
// A sampled span with five attributes allocates nothing once its thread is warm. Counted by
// standing in for malloc, so nobody's allocation is missed.
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <cairn/trace.h>
#include <cairn/trace/provider.h>
#include <gtest/gtest.h>

#include "sdk/bench/usual_span.h"

namespace {

thread_local bool counting = false;
std::atomic<std::uint64_t> allocations{0};

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void count() noexcept {
  if (counting) allocations.fetch_add(1, std::memory_order_relaxed);
}

extern "C" {
void* __libc_malloc(std::size_t) noexcept;
void* __libc_calloc(std::size_t, std::size_t) noexcept;
void* __libc_realloc(void*, std::size_t) noexcept;
void* __libc_memalign(std::size_t, std::size_t) noexcept;

void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) noexcept {
  count();
  return __libc_calloc(n, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  count();
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}
}
#define CAIRN_COUNTS_ALLOCATIONS 1
#endif

namespace cairn::trace {
namespace {

// While `shut` it takes nothing.
class Sink : public bench::Sink {
 public:
  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override {
    while (shut) std::this_thread::yield();
    return bench::Sink::export_batch(batch, deadline);
  }
  std::atomic<bool> shut{true};
};

void make_spans(const Tracer& tracer, int count) {
  static const std::string path(bench::kName);
  for (int i = 0; i < count; ++i) {
    const Span span = bench::start_usual(tracer, path);
    const Scope scope(span);
  }
}

class Allocations : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
#ifndef CAIRN_COUNTS_ALLOCATIONS
    GTEST_SKIP() << "a sanitizer has taken malloc";
#endif
  }
};

TEST_P(Allocations, AMillionSampledSpansWithFiveAttributesMakeNone) {
  auto sink = std::make_shared<Sink>();
  Options options;
  options.exporter = sink;
  options.buffer_size = std::size_t{16} << 20;
  ASSERT_TRUE(start(options));
  const Tracer tracer = trace::tracer("allocations");
  const int threads = GetParam();
  const int each = 1'000'000 / threads;
  std::atomic<int> warm{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> all;
  allocations = 0;
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&] {
      make_spans(tracer, 1000);
      warm.fetch_add(1);
      while (!go) std::this_thread::yield();
      counting = true;
      make_spans(tracer, each);
      counting = false;
    });
  }
  while (warm < threads) std::this_thread::yield();
  // The buffer's memory is taken as it is needed and then kept: fill it once.
  make_spans(tracer, 200'000);
  ASSERT_GT(stats().dropped_buffer_full, 0U);
  sink->shut = false;
  ASSERT_NE(flush(std::chrono::seconds(60)), FlushResult::kTimeout);
  go = true;
  for (auto& thread : all) thread.join();
  EXPECT_EQ(allocations.load(), 0U);
  EXPECT_EQ(flush(std::chrono::seconds(60)), FlushResult::kOk);
  const Stats now = stats();
  EXPECT_EQ(now.started, 200'000U + static_cast<std::uint64_t>(threads * (1000 + each)));
  EXPECT_EQ(now.started, now.sent + now.dropped());
  stop();
}

INSTANTIATE_TEST_SUITE_P(Threads, Allocations, ::testing::Values(1, 4));

}  // namespace
}  // namespace cairn::trace
