// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json/json_indent.h"

#include <gtest/gtest.h>

namespace cairn::wire::jaeger {
namespace {

std::string indented(std::string_view compact) {
  std::string out;
  JsonIndenter().append(out, compact);
  return out;
}

TEST(JsonIndenter, IndentsByFourSpacesAndKeepsEmptyContainersShort) {
  EXPECT_EQ(indented(R"({"a":[1,{"b":null}],"c":[],"d":{}})"), R"({
    "a": [
        1,
        {
            "b": null
        }
    ],
    "c": [],
    "d": {}
})");
}

TEST(JsonIndenter, LeavesStringsAlone) {
  EXPECT_EQ(indented(R"(["{a:[,]}","\"[","\\"])"),
            "[\n    \"{a:[,]}\",\n    \"\\\"[\",\n    \"\\\\\"\n]");
}

TEST(JsonIndenter, MayBeFedByteByByte) {
  const std::string compact = R"({"k":["\\\"",[],{"x":-1.5e3}],"e":{}})";
  std::string out;
  JsonIndenter indenter;
  for (const char c : compact) indenter.append(out, {&c, 1});
  EXPECT_EQ(out, indented(compact));
}

}  // namespace
}  // namespace cairn::wire::jaeger
