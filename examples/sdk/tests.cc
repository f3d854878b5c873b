// SPDX-License-Identifier: Apache-2.0
// Tests of traced code.
// [snippet: test]
#include <cairn/testing.h>
#include <cairn/trace.h>
#include <gtest/gtest.h>

class Checkout : public testing::Test {
 protected:
  Checkout() {
    cairn::trace::Options options;
    options.exporter = memory_;
    cairn::trace::start(std::move(options));
  }
  ~Checkout() override { cairn::trace::stop(); }

  std::shared_ptr<cairn::trace::MemoryExporter> memory_ =
      std::make_shared<cairn::trace::MemoryExporter>();
};

TEST_F(Checkout, NamesItsOrder) {
  cairn::trace::tracer("shop")
      .start("checkout", cairn::trace::SpanKind::kInternal, {{"order.id", "A-7"}})
      .end();

  // Spans are exported in batches: ask for this one now.
  ASSERT_EQ(cairn::trace::flush(), cairn::trace::FlushResult::kOk);
  const auto span = memory_->span("checkout");
  EXPECT_EQ(span.attributes.at("order.id"), "A-7");
  EXPECT_FALSE(span.parent_span_id.is_valid());  // a root
}
// [end]
