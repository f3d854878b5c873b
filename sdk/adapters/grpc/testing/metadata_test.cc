// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::trace::grpc_adapter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(GrpcMetadataTest, ReadsEachValueOfAName) {
  const MetadataReader::Map map = {{"a", "1"}, {"baggage", "x=1"}, {"baggage", "y=2"}};
  const MetadataReader reader(map);
  std::string_view value;
  ASSERT_TRUE(reader.get("baggage", 0, value));
  EXPECT_EQ(value, "x=1");
  ASSERT_TRUE(reader.get("baggage", 1, value));
  EXPECT_EQ(value, "y=2");
  EXPECT_FALSE(reader.get("baggage", 2, value));
  EXPECT_FALSE(reader.get("b", 0, value));
}

TEST(GrpcMetadataTest, ReplacesWhatWasThere) {
  MetadataWriter::Map map = {{"a", "1"}, {"traceparent", "old"}, {"traceparent", "older"}};
  MetadataWriter(map, 1000).set("traceparent", "new");
  EXPECT_THAT(map, ElementsAre(Pair("a", "1"), Pair("traceparent", "new")));
}

TEST(GrpcMetadataTest, LeavesOutWhatGrpcRefuses) {
  MetadataWriter::Map map;
  MetadataWriter writer(map, 1000);
  writer.set("uberctx-A", "1");
  writer.set("uberctx-a!", "1");
  writer.set("", "1");
  writer.set("grpc-timeout", "1");
  writer.set("uberctx-a-bin", "1");
  writer.set("baggage", "a=1;\n");
  writer.set("baggage", "a=\xc3\xa9");
  EXPECT_THAT(map, IsEmpty());
  writer.set("uberctx-a", "1 ~");
  EXPECT_THAT(map, ElementsAre(Pair("uberctx-a", "1 ~")));
}

TEST(GrpcMetadataTest, LeavesOutWhatMakesItTooLarge) {
  MetadataWriter::Map map = {{"mine", std::string(28, 'x')}};  // 64 as counted
  MetadataWriter writer(map, 64 + 40);
  writer.set("12345678", "");  // 40
  writer.set("more", "");
  EXPECT_THAT(map, ElementsAre(Pair("12345678", ""), Pair("mine", std::string(28, 'x'))));
  writer.set("12345678", "x");
  EXPECT_THAT(map, ElementsAre(Pair("mine", std::string(28, 'x'))));
}

}  // namespace
}  // namespace cairn::trace::grpc_adapter
