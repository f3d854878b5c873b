// SPDX-License-Identifier: Apache-2.0
#include "model/attribute.h"

#include <cmath>

#include <gtest/gtest.h>

namespace cairn::model {
namespace {

TEST(AnyValueTest, KeepsEachKindApart) {
  EXPECT_NE(AnyValue::integer(1), AnyValue::real(1));
  EXPECT_NE(AnyValue::integer(1), AnyValue::boolean(true));
  EXPECT_NE(AnyValue::string("a"), AnyValue::bytes(as_bytes("a")));
  EXPECT_NE(AnyValue(), AnyValue::string(""));
  EXPECT_EQ(AnyValue::string("a"), AnyValue::string(std::string("a")));
}

TEST(AnyValueTest, DoublesAreEqualByBits) {
  EXPECT_EQ(AnyValue::real(std::nan("")), AnyValue::real(std::nan("")));
  EXPECT_NE(AnyValue::real(0.0), AnyValue::real(-0.0));
}

TEST(AnyValueTest, ShowsAsText) {
  const AnyValue list[] = {AnyValue::string("a"), AnyValue::integer(-1)};
  EXPECT_EQ(to_display_text(AnyValue::array(list)), R"(["a",-1])");
  EXPECT_EQ(to_display_text(AnyValue::real(72.5)), "72.5");
  EXPECT_EQ(to_display_text(AnyValue::real(INFINITY)), "Infinity");
  EXPECT_EQ(to_display_text(AnyValue::boolean(false)), "false");
  EXPECT_EQ(to_display_text(AnyValue::bytes(as_bytes("foo"))), "Zm9v");
  EXPECT_EQ(to_display_text(AnyValue()), "");
}

TEST(AttributeTest, TheFirstOfEqualKeysIsFound) {
  const Attribute attributes[] = {{"k", AnyValue::integer(1)}, {"k", AnyValue::integer(2)}};
  EXPECT_EQ(find_attribute(attributes, "k")->value.as_int(), 1);
  EXPECT_EQ(find_attribute(attributes, "x"), nullptr);
}

}  // namespace
}  // namespace cairn::model
