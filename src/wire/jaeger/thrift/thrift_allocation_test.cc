// SPDX-License-Identifier: Apache-2.0
//
// Counts the heap allocations of this binary: a reused batch must cost none per span.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "wire/jaeger/thrift.h"
#include "wire/jaeger/thrift/thrift_cases.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

// Not inlined: g++ 12 takes the pair of an inlined malloc and free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace cairn::wire::jaeger {
namespace {

using testing::Framing;

// The spans of every golden case, many times.
testing::BatchCase large_batch() {
  testing::BatchCase batch{.name = "large", .process_tags = {}, .spans = {}};
  while (batch.spans.size() < 500) {
    for (const testing::BatchCase& more : testing::golden_cases()) {
      batch.spans.insert(batch.spans.end(), more.spans.begin(), more.spans.end());
    }
  }
  return batch;
}

// Allocations of the third of three equal rounds.
template <typename Round>
std::uint64_t steady_allocations(Round round) {
  round();
  round();
  const std::uint64_t before = allocations;
  round();
  return allocations - before;
}

// Not a new expression: the compiler may leave out a pair of those.
TEST(JaegerThriftAllocations, CountingWorks) {
  EXPECT_GE(steady_allocations([] { ::operator delete(::operator new(1)); }), 1U);
}

TEST(JaegerThriftAllocations, DecodingIntoAReusedBatchAllocatesNothing) {
  for (const Framing framing : {Framing::kBatch, Framing::kCompact, Framing::kBinary}) {
    const std::string bytes = testing::to_thrift(large_batch(), framing);
    model::Batch batch;
    EXPECT_EQ(steady_allocations([&] {
                batch.clear();
                ASSERT_TRUE(framing == Framing::kBatch
                                ? decode_thrift_batch(as_bytes(bytes), batch)
                                : decode_agent_message(as_bytes(bytes), batch));
              }),
              0U);
    EXPECT_GE(batch.spans.size(), 400U);
  }
}

}  // namespace
}  // namespace cairn::wire::jaeger
