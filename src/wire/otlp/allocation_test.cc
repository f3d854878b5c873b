// SPDX-License-Identifier: Apache-2.0
//
// Counts the heap allocations of this binary: a reused batch must cost none per span.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/otlp/testing.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

// Not inlined: g++ 12 takes the pair of an inlined malloc and free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size != 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace cairn::wire::otlp {
namespace {

std::string large_request() {
  std::vector<std::string> spans;
  for (int i = 0; i < 500; ++i) {
    std::string span = testing::ids() + testing::text(5, "GET /cart");
    for (int a = 0; a < 10; ++a) {
      span += testing::key_value(9, "key", testing::string_value("a value"));
    }
    span += testing::key_value(9, "list", testing::array_value({testing::int_value(1)}));
    spans.push_back(span + testing::message(11, testing::text(2, "event")) +
                    testing::varint(1001, 1) + testing::varint(6, 1) + testing::varint(1001, 1));
  }
  return testing::request(spans);
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
TEST(OtlpAllocations, CountingWorks) {
  EXPECT_GE(steady_allocations([] { ::operator delete(::operator new(1)); }), 1U);
}

TEST(OtlpAllocations, DecodingProtobufIntoAReusedBatchAllocatesNothing) {
  const std::string bytes = large_request();
  model::Batch batch;
  EXPECT_EQ(steady_allocations([&] {
              batch.clear();
              ASSERT_TRUE(decode_traces(as_bytes(bytes), batch));
            }),
            0U);
  EXPECT_EQ(batch.spans.size(), 500U);
}

TEST(OtlpAllocations, DecodingJsonIntoAReusedBatchAllocatesNothing) {
  const std::string bytes = large_request();
  model::Batch batch;
  ASSERT_TRUE(decode_traces(as_bytes(bytes), batch));
  std::string json;
  encode_traces_json(batch, json);
  EXPECT_EQ(steady_allocations([&] {
              batch.clear();
              ASSERT_TRUE(decode_traces_json(as_bytes(json), batch));
            }),
            0U);
  EXPECT_EQ(batch.spans.size(), 500U);
}

TEST(OtlpAllocations, EncodingIntoAReusedStringAllocatesNothing) {
  const std::string bytes = large_request();
  model::Batch batch;
  ASSERT_TRUE(decode_traces(as_bytes(bytes), batch));
  std::string out;
  EXPECT_EQ(steady_allocations([&] {
              out.clear();
              encode_traces(batch, out);
            }),
            0U);
  EXPECT_EQ(steady_allocations([&] {
              out.clear();
              encode_traces_json(batch, out);
            }),
            0U);
}

}  // namespace
}  // namespace cairn::wire::otlp
