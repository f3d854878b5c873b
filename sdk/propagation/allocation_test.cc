// SPDX-License-Identifier: Apache-2.0
//
// Propagation on the path of every request does not touch the heap. malloc is counted, which is
// under operator new too; the sanitizers bring their own, so there nothing is counted.
#include <atomic>
#include <cstdlib>

#include <gtest/gtest.h>

#include "sdk/propagation/headers_testing.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define CAIRN_TEST_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define CAIRN_TEST_SANITIZED
#endif

namespace {
std::atomic<std::size_t> allocations{0};
}

#ifndef CAIRN_TEST_SANITIZED
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): glibc's names
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
#endif

namespace cairn::trace {
namespace {

constexpr std::string_view kTraceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr std::string_view kB3 = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1";
constexpr std::string_view kUber = "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1";

struct ViewReader final : TextMapReader {
  std::string_view tracestate;
  std::string_view baggage;
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (index != 0) return false;
    value = name == "traceparent"     ? kTraceparent
            : name == "tracestate"    ? tracestate
            : name == "baggage"       ? baggage
            : name == "b3"            ? kB3
            : name == "uber-trace-id" ? kUber
                                      : std::string_view();
    return !value.empty();
  }
};

struct SizeWriter final : TextMapWriter {
  std::size_t size = 0;
  void set(std::string_view name, std::string_view value) override {
    size += name.size() + value.size();
  }
};

class SdkPropagationAllocation : public testing::Test {
 protected:
  void SetUp() override {
#ifdef CAIRN_TEST_SANITIZED
    GTEST_SKIP() << "the sanitizers have their own malloc";
#endif
    propagator();  // made when first asked for
    for (const Propagator* each : {&b3_single(), &b3_multi(), &jaeger_propagation()}) (void)each;
  }

  template <class Do>
  static std::size_t counted(Do&& run) {
    const std::size_t before = allocations.load();
    run();
    return allocations.load() - before;
  }
};

TEST_F(SdkPropagationAllocation, TheCounterCounts) {
  EXPECT_EQ(counted([] {
              const SharedText text(std::string_view("x"));
              EXPECT_FALSE(text.empty());
            }),
            1u);
}

TEST_F(SdkPropagationAllocation, IdsAloneNeedNone) {
  for (const Propagator* each : {&propagator(), &b3_single(), &b3_multi(), &jaeger_propagation()}) {
    Context context;
    SizeWriter writer;
    EXPECT_EQ(counted([&] { context = each->extract(ViewReader(), Context()); }), 0u);
    EXPECT_TRUE(context.span_context().is_valid());
    EXPECT_EQ(counted([&] { each->inject(context, writer); }), 0u);
    EXPECT_GT(writer.size, 0u);
  }
}

TEST_F(SdkPropagationAllocation, TracestateAndBaggageNeedOneEach) {
  ViewReader reader;
  reader.tracestate = "a=1,b=2";
  reader.baggage = "user=alice;p=1, tier=gold";
  Context context;
  SizeWriter writer;
  EXPECT_EQ(counted([&] { context = propagator().extract(reader, Context()); }), 2u);
  EXPECT_EQ(context.baggage().header(), "user=alice;p=1,tier=gold");
  EXPECT_EQ(counted([&] { propagator().inject(context, writer); }), 0u);
  EXPECT_EQ(counted([&] { jaeger_propagation().inject(context, writer); }), 0u);
  EXPECT_EQ(counted([&] { const Context copy = context; }), 0u);
}

}  // namespace
}  // namespace cairn::trace
