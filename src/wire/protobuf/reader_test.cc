// SPDX-License-Identifier: Apache-2.0
#include "wire/protobuf/reader.h"

#include <string>

#include <gtest/gtest.h>

#include "wire/protobuf/backward_writer.h"

namespace cairn::wire::protobuf {
namespace {

using namespace std::string_view_literals;

TEST(Reader, ReadsEveryWireType) {
  Reader r("\x08\x96\x01\x11\1\0\0\0\0\0\0\x80\x1a\3abc\x25\2\0\0\0"sv);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.tag(), varint_tag(1));
  EXPECT_EQ(r.varint(), 150U);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.tag(), fixed64_tag(2));
  EXPECT_EQ(r.fixed64(), 0x8000000000000001U);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.tag(), bytes_tag(3));
  EXPECT_EQ(r.bytes(), "abc");
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.tag(), fixed32_tag(4));
  EXPECT_EQ(r.fixed32(), 2U);
  EXPECT_FALSE(r.next());
  EXPECT_TRUE(r.ok());
}

TEST(Reader, TakesAFieldThatIsExpectedAndLeavesAnother) {
  Reader r("\x08\x05\x08\x06\x10\x07");
  EXPECT_FALSE(r.next_if(varint_tag(2)));
  ASSERT_TRUE(r.next_if(varint_tag(1)));
  EXPECT_EQ(r.field_number(), 1U);
  EXPECT_EQ(r.varint(), 5U);
  ASSERT_TRUE(r.next_if(varint_tag(1)));
  EXPECT_EQ(r.varint(), 6U);
  EXPECT_FALSE(r.next_if(varint_tag(1)));
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.varint(), 7U);
  EXPECT_FALSE(r.next_if(varint_tag(1)));
  EXPECT_TRUE(r.ok());
}

TEST(Reader, AnEmptyMessageIsValid) {
  Reader r({});
  EXPECT_FALSE(r.next());
  EXPECT_TRUE(r.ok());
}

TEST(Reader, ReadsTheLargestVarintAndRefusesALargerOne) {
  Reader largest("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  ASSERT_TRUE(largest.next());
  EXPECT_EQ(largest.varint(), UINT64_MAX);
  EXPECT_TRUE(largest.ok());

  for (const std::string_view bad :
       {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
        "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"sv, "\x08\x80"sv, "\x08"sv}) {
    Reader r(bad);
    ASSERT_TRUE(r.next());
    EXPECT_EQ(r.varint(), 0U);
    EXPECT_FALSE(r.ok());
    EXPECT_FALSE(r.next());
  }
}

TEST(Reader, RefusesLengthsPastTheEnd) {
  for (const std::string_view bad :
       {"\x0a\x02x"sv, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"sv, "\x09\0\0\0\0\0\0\0"sv,
        "\x0d\0\0\0"sv}) {
    Reader r(bad);
    ASSERT_TRUE(r.next());
    EXPECT_EQ(r.skip(), "");
    EXPECT_FALSE(r.ok());
    EXPECT_EQ(r.failed_at(), bad.data());
  }
}

TEST(Reader, RefusesGroupsAndFieldZeroAndWideTags) {
  for (const std::string_view group : {"\x0b\x0c"sv, "\x0c"sv, "\x0e"sv, "\x0f"sv}) {
    Reader r(group);
    ASSERT_TRUE(r.next());
    r.skip();
    EXPECT_FALSE(r.ok());
  }
  for (const std::string_view bad : {"\0\0"sv, "\x02\0"sv, "\x80\x80\x80\x80\x10\0"sv, "\x80"sv}) {
    Reader r(bad);
    EXPECT_FALSE(r.next());
    EXPECT_FALSE(r.ok());
  }
}

TEST(Reader, SkipReturnsTheWholeField) {
  const std::string_view message = "\x08\x01\xfa\x3e\x02hi\x08\x02"sv;
  Reader r(message);
  ASSERT_TRUE(r.next());
  r.varint();
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.field_number(), 1007U);
  EXPECT_EQ(r.skip(), "\xfa\x3e\x02hi"sv);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.varint(), 2U);
}

TEST(Reader, ReportsTheFieldThatFailed) {
  const std::string_view message = "\x08\x01\x0a\x09"sv;
  Reader r(message);
  while (r.next()) r.skip();
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.failed_at() - message.data(), 2);
}

TEST(BackwardWriter, WritesWhatTheReaderReads) {
  BackwardWriter w;
  w.fixed32_field(5, 7);
  w.fixed64_field(4, UINT64_MAX);
  const std::size_t end = w.size();
  w.bytes_field(2, std::string(300, 'x'));
  w.varint_field(1, 300);
  w.close_message(3, end);
  w.raw("\x08\x01"sv);
  EXPECT_EQ(w.size(), 2U + 3 + 3 + 3 + 300 + 9 + 5);

  Reader r(w.written());
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.varint(), 1U);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.tag(), bytes_tag(3));
  Reader inner(r.bytes());
  ASSERT_TRUE(inner.next());
  EXPECT_EQ(inner.varint(), 300U);
  ASSERT_TRUE(inner.next());
  EXPECT_EQ(inner.bytes(), std::string(300, 'x'));
  EXPECT_FALSE(inner.next());
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.fixed64(), UINT64_MAX);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.fixed32(), 7U);
  EXPECT_FALSE(r.next());
  EXPECT_TRUE(inner.ok() && r.ok());
}

TEST(BackwardWriter, VarintsOfEverySizeReadBack) {
  for (int bits = 0; bits <= 64; ++bits) {
    const std::uint64_t value = bits == 64 ? UINT64_MAX : (std::uint64_t{1} << bits) - 1;
    BackwardWriter w;
    w.varint_field(1, value);
    Reader r(w.written());
    ASSERT_TRUE(r.next());
    EXPECT_EQ(r.varint(), value);
    EXPECT_FALSE(r.next());
    EXPECT_TRUE(r.ok());
  }
}

TEST(BackwardWriter, KeepsItsMemoryAndItsContentWhenItGrows) {
  BackwardWriter w;
  for (int i = 0; i < 5000; ++i) w.varint_field(1, static_cast<std::uint64_t>(i));
  const std::size_t capacity = w.capacity();
  Reader r(w.written());
  for (int i = 4999; i >= 0; --i) {
    ASSERT_TRUE(r.next());
    ASSERT_EQ(r.varint(), static_cast<std::uint64_t>(i));
  }
  w.clear();
  EXPECT_EQ(w.size(), 0U);
  EXPECT_EQ(w.capacity(), capacity);
}

}  // namespace
}  // namespace cairn::wire::protobuf
