// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/schema/schema_codec.h"

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

void fill(Schema& schema) {
  static const model::Attribute kAttributes[] = {{"service.name", model::AnyValue::string("cart")}};
  model::Resource resource;
  resource.attributes = kAttributes;
  resource.unknown_fields = "u";
  schema.resources.push_back(resource);
  model::InstrumentationScope scope;
  scope.name = "http";
  scope.version = "2";
  schema.scopes.push_back(scope);
  schema.names.push_back("GET /cart");
  schema.columns.push_back({"", ColumnType::kName, 0});
  schema.columns.push_back({"k", ColumnType::kInt, 0});
  schema.columns.push_back({"k", ColumnType::kInt, 1});
  schema.classes.push_back({0, 0, 2, -1, 0x101});
  schema.classes.push_back({0, kNameInColumn, 7, 0, 0xffff'ffff});
  static const ColumnId kTwo[] = {1, 2};
  static const ColumnId kNamed[] = {0, 1};
  schema.shapes.push_back({0, kTwo, false});
  schema.shapes.push_back({1, kNamed, false});
  schema.shapes.push_back({0, {}, true});
}

TEST(SchemaCodec, GivesBackEveryList) {
  Schema schema;
  fill(schema);
  Bytes bytes;
  encode_schema(schema, {}, bytes);
  Schema copy;
  ByteReader in(bytes);
  ASSERT_TRUE(decode_schema(in, copy));
  EXPECT_TRUE(in.at_end());
  ASSERT_EQ(copy.columns.size(), 3u);
  EXPECT_EQ(copy.columns[2], schema.columns[2]);
  ASSERT_EQ(copy.classes.size(), 2u);
  EXPECT_EQ(copy.classes[0], schema.classes[0]);
  EXPECT_EQ(copy.classes[1], schema.classes[1]);
  ASSERT_EQ(copy.shapes.size(), 3u);
  EXPECT_EQ(copy.shapes[1].columns[1], 1u);
  EXPECT_TRUE(copy.shapes[2].rest);
  EXPECT_EQ(copy.names[0], "GET /cart");
  EXPECT_TRUE(model::same_content(copy.resources[0], schema.resources[0]));
  EXPECT_TRUE(model::same_content(copy.scopes[0], schema.scopes[0]));
}

TEST(SchemaCodec, ContinuesFromAMark) {
  Schema schema;
  fill(schema);
  Bytes bytes;
  encode_schema(schema, {}, bytes);
  const SchemaMark mark = SchemaMark::of(schema);
  schema.names.push_back("PUT /cart");
  Bytes more;
  encode_schema(schema, mark, more);
  Schema copy;
  ByteReader first(bytes);
  ByteReader second(more);
  ASSERT_TRUE(decode_schema(first, copy));
  ASSERT_TRUE(decode_schema(second, copy));
  ASSERT_EQ(copy.names.size(), 2u);
  EXPECT_EQ(copy.names[1], "PUT /cart");
  EXPECT_EQ(copy.columns.size(), 3u);
}

TEST(SchemaCodec, RefusesBytesThatEndEarly) {
  Schema schema;
  fill(schema);
  Bytes bytes;
  encode_schema(schema, {}, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Schema copy;
    ByteReader in(ByteView(bytes).first(size));
    EXPECT_FALSE(decode_schema(in, copy)) << size;
  }
}

TEST(SchemaCodec, RefusesAShapeWithoutItsNameColumn) {
  Schema schema;
  fill(schema);
  schema.shapes.push_back({1, {}, false});
  Bytes bytes;
  encode_schema(schema, {}, bytes);
  Schema copy;
  ByteReader in(bytes);
  EXPECT_FALSE(decode_schema(in, copy));
}

TEST(SchemaCodec, RefusesAShapeThatNamesAColumnTwice) {
  for (const bool twice : {false, true}) {
    Schema schema;
    fill(schema);
    const ColumnId columns[] = {1, twice ? 1U : 2U};
    schema.shapes.push_back({0, columns, false});
    Bytes bytes;
    encode_schema(schema, {}, bytes);
    Schema copy;
    ByteReader in(bytes);
    EXPECT_EQ(decode_schema(in, copy).has_value(), !twice);
  }
}

TEST(SchemaCodec, RefusesAClassOfAScopeThatDoesNotExist) {
  Schema schema;
  fill(schema);
  schema.classes.push_back({7, 0, 0, 0, 0});
  Bytes bytes;
  encode_schema(schema, {}, bytes);
  Schema copy;
  ByteReader in(bytes);
  EXPECT_FALSE(decode_schema(in, copy));
}

}  // namespace
}  // namespace cairn::storage::columnar
