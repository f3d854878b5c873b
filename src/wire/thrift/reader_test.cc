// SPDX-License-Identifier: Apache-2.0
#include "wire/thrift/reader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wire/thrift/writer.h"

namespace cairn::wire::thrift {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct Hostile {
  const char* why;
  std::string_view bytes;
  Type type;  // of the value that the bytes claim to be
};

const std::vector<Hostile> kBinary = {
    {"nothing", ""sv, Type::kStruct},
    {"not even a place", std::string_view(), Type::kStruct},
    {"a field without an id", "\x08\x00"sv, Type::kStruct},
    {"a text of negative size", "\xff\xff\xff\xff"sv, Type::kString},
    {"a text longer than the input", "\x00\x00\x00\x02x"sv, Type::kString},
    {"a list of negative size", "\x02\xff\xff\xff\xff"sv, Type::kList},
    {"a list of two thousand million bools", "\x02\x7f\xff\xff\xff\x00"sv, Type::kList},
    {"a list of more numbers than bytes allow", "\x0a\x00\x00\x00\x02\0\0\0\0\0\0\0\0\0"sv,
     Type::kList},
    {"a list of a type that does not exist", "\x05\x00\x00\x00\x01\x00"sv, Type::kList},
    {"a list of stops", "\x00\x00\x00\x00\x01\x00"sv, Type::kList},
    {"a map of negative size", "\x02\x02\x80\x00\x00\x00"sv, Type::kMap},
    {"a map of more entries than bytes allow", "\x02\x02\x00\x00\x00\x02\x01\x01\x01"sv,
     Type::kMap},
    {"a map of a type that does not exist", "\x02\x07\x00\x00\x00\x01\x01\x01"sv, Type::kMap},
    {"a field of a type that does not exist", "\x05\x00\x01\x00\x00"sv, Type::kStruct},
    {"a value of a type that does not exist", "\0\0\0\0\0\0\0\0"sv, static_cast<Type>(99)},
    {"a struct that does not stop", "\x02\x00\x01\x01"sv, Type::kStruct},
};

const std::vector<Hostile> kCompact = {
    {"nothing", ""sv, Type::kStruct},
    {"not even a place", std::string_view(), Type::kStruct},
    {"a field without a value", "\x16"sv, Type::kStruct},
    {"a field without its long id", "\x06\x80"sv, Type::kStruct},
    {"a text longer than the input", "\x02x"sv, Type::kString},
    {"a text of 2^63 bytes", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01x"sv, Type::kString},
    {"a number of more than 64 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv, Type::kI64},
    {"a number of more than ten bytes", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv,
     Type::kI64},
    {"a number that does not end", "\x80\x80"sv, Type::kI32},
    {"a list of two thousand million structs", "\xfc\xff\xff\xff\xff\x07\x00"sv, Type::kList},
    {"a list of more than 2^32", "\xf1\x80\x80\x80\x80\x10\x00"sv, Type::kList},
    {"a list of more doubles than bytes allow", "\x27\0\0\0\0\0\0\0\0\0"sv, Type::kList},
    {"a list of a type that does not exist", "\x1e\x00"sv, Type::kList},
    {"a list of stops", "\x10\x00"sv, Type::kList},
    {"a map of more entries than bytes allow", "\x02\x33\x01\x01\x01"sv, Type::kMap},
    {"a map of a type that does not exist", "\x01\x3f\x01\x01"sv, Type::kMap},
    {"a field of a type that does not exist", "\x1e\x00\x00"sv, Type::kStruct},
    {"a value of a type that does not exist", "\0\0\0\0\0\0\0\0"sv, static_cast<Type>(99)},
    {"a struct that does not stop", "\x11"sv, Type::kStruct},
};

template <typename R>
void expect_all_refused(const std::vector<Hostile>& cases) {
  for (const Hostile& hostile : cases) {
    const std::string bytes(hostile.bytes);  // its own memory, so that a step too far shows
    R r(bytes);
    r.skip(hostile.type);
    EXPECT_FALSE(r.ok()) << hostile.why;
    if (r.ok()) continue;
    EXPECT_GE(r.failed_at(), bytes.data()) << hostile.why;
    EXPECT_LE(r.failed_at(), bytes.data() + bytes.size()) << hostile.why;
    Field field;
    EXPECT_FALSE(r.next(field)) << hostile.why;
    EXPECT_EQ(r.remaining(), 0U) << hostile.why;
  }
}

TEST(BinaryReader, RefusesWhatIsNotThrift) {
  expect_all_refused<BinaryReader>(kBinary);
}

TEST(CompactReader, RefusesWhatIsNotThrift) {
  expect_all_refused<CompactReader>(kCompact);
}

// At the header, before a decoder could make room for so many.
template <typename R>
void expect_header_refused(std::string_view list, std::string_view map) {
  R lists(list);
  EXPECT_EQ(lists.list().size, 0U);
  EXPECT_FALSE(lists.ok());
  R maps(map);
  EXPECT_EQ(maps.map().size, 0U);
  EXPECT_FALSE(maps.ok());
}

TEST(BinaryReader, RefusesHeadersOfMoreElementsThanBytesAllow) {
  expect_header_refused<BinaryReader>("\x0a\x00\x00\x00\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv,
                                      "\x02\x02\x00\x00\x00\x02\x01\x01\x01"sv);
}

TEST(CompactReader, RefusesHeadersOfMoreElementsThanBytesAllow) {
  expect_header_refused<CompactReader>("\x27\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv,
                                       "\x02\x33\x01\x01\x01"sv);
}

TEST(BinaryReader, RefusesMessagesOfOtherVersionsAndCutOnes) {
  for (const std::string_view bytes :
       {""sv, "\x80\x02\0\1\0\0\0\0\0\0\0\0"sv, "\x82\x21\x00\x00"sv, "\0\0\0\x10name"sv,
        "\x80\x01\0\1\xff\xff\xff\xff"sv, "\0\0\0\1n\1\0\0"sv}) {
    BinaryReader r(bytes);
    r.message();
    EXPECT_FALSE(r.ok());
    EXPECT_EQ(r.failed_at(), bytes.data());
  }
}

TEST(CompactReader, RefusesMessagesOfOtherVersionsAndCutOnes) {
  for (const std::string_view bytes : {""sv, "\x82"sv, "\x82\x22\x00\x00"sv, "\x81\x21\x00\x00"sv,
                                       "\x82\x21\x00"sv, "\x82\x21\x00\x05name"sv}) {
    CompactReader r(bytes);
    r.message();
    EXPECT_FALSE(r.ok());
  }
}

// The structs, lists or maps within each other that `levels` asks for, then a stop or an end each.
template <typename W>
std::string nested_structs(int levels) {
  std::string bytes;
  W w(bytes);
  for (int i = 0; i < levels; ++i) {
    w.begin_struct();
    if (i + 1 < levels) w.field(1, Type::kStruct);
  }
  for (int i = 0; i < levels; ++i) w.end_struct();
  return bytes;
}

template <typename R, typename W>
void expect_bounded_depth() {
  const std::string deepest = nested_structs<W>(kMaxDepth);
  R r(deepest);
  r.skip(Type::kStruct);
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(r.remaining(), 0U);

  const std::string too_deep = nested_structs<W>(kMaxDepth + 1);
  R refusing(too_deep);
  refusing.skip(Type::kStruct);
  EXPECT_FALSE(refusing.ok());

  std::string lists;
  W w(lists);
  for (int i = 0; i < 100'000; ++i) w.list(Type::kList, 1);
  R far(lists);
  far.skip(Type::kList);
  EXPECT_FALSE(far.ok());
}

TEST(BinaryReader, SkipsSixteenLevelsAndNotMore) {
  expect_bounded_depth<BinaryReader, BinaryWriter>();
}

TEST(CompactReader, SkipsSixteenLevelsAndNotMore) {
  expect_bounded_depth<CompactReader, CompactWriter>();
}

TEST(CompactReader, ReadsTheWidestNumbers) {
  const std::string_view bytes =
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv;
  CompactReader r(bytes);
  EXPECT_EQ(r.i64(), INT64_MIN);
  EXPECT_EQ(r.i64(), INT64_MAX);
  EXPECT_TRUE(r.ok());
}

TEST(CompactReader, ABoolFieldsValueIsNotTakenForALaterElement) {
  // Field 1: true. Field 2: a list of two bools, false and true.
  CompactReader r("\x11\x19\x21\x02\x01\x00"sv);
  Field field;
  ASSERT_TRUE(r.next(field));
  r.skip(field.type);
  ASSERT_TRUE(r.next(field));
  const List list = r.list();
  ASSERT_EQ(list.size, 2U);
  EXPECT_FALSE(r.boolean());
  EXPECT_TRUE(r.boolean());
  EXPECT_FALSE(r.next(field));
  EXPECT_TRUE(r.ok());
}

TEST(CompactReader, AnEmptyListNeedsNoType) {
  CompactReader r("\x00"sv);
  EXPECT_EQ(r.list().size, 0U);
  EXPECT_TRUE(r.ok());
}

TEST(BinaryReader, ACopyComesBackToWhereItWasMade) {
  BinaryReader r("\x00\x00\x00\x01y\x00\x00\x00\x01z"sv);
  EXPECT_EQ(r.bytes(), "y");
  BinaryReader mark = r;
  EXPECT_EQ(r.bytes(), "z");
  EXPECT_EQ(mark.bytes(), "z");
}

TEST(BinaryReader, SaysWhereTheItemStartsThatItCouldNotRead) {
  const std::string bytes = "\x06\x00\x01\x00\x07\x0b\x00\x02\x00\x00\x00\x09xyz"s;
  BinaryReader r(bytes);
  r.skip(Type::kStruct);
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.failed_at() - bytes.data(), 5);
}

}  // namespace
}  // namespace cairn::wire::thrift
