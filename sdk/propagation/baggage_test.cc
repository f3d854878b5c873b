// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <cairn/trace/baggage.h>
#include <gtest/gtest.h>

namespace cairn::trace {
namespace {

std::string parsed(std::string_view header) {
  return std::string(Baggage::from_header(header).header());
}

std::string value_of(const Baggage& baggage, std::string_view name) {
  std::string value;
  return baggage.get(name, value) ? value : "(none)";
}

// As `name=value;metadata|...`, decoded.
std::string shown(const Baggage& baggage) {
  std::string text;
  baggage.for_each([&](std::string_view name, const std::string& value, std::string_view metadata) {
    text.append(name).append("=").append(value).append(";").append(metadata).append("|");
  });
  return text;
}

TEST(SdkBaggage, KeepsEveryValidEntry) {
  const std::pair<std::string, std::string> cases[] = {
      {"a=1", "a=1"},
      {"a=1,b=2", "a=1,b=2"},
      {" a =\t1 , b = 2 ", "a=1,b=2"},
      {"a=", "a="},
      {"a=b=c", "a=b=c"},
      {"a=1;p=2;flag", "a=1;p=2;flag"},
      {"a=1 ; p = 2 ; flag , b=2", "a=1;p = 2 ; flag,b=2"},
      {"a=1;", "a=1"},
      {"a=%20%E2%82%AC", "a=%20%E2%82%AC"},
      {"a=%zz%", "a=%zz%"},
      {"a=!#$&'()*+-./:<=>?@[]^_`{|}~", "a=!#$&'()*+-./:<=>?@[]^_`{|}~"},
      {"!#$%&'*+-.^_`|~0aZ=1", "!#$%&'*+-.^_`|~0aZ=1"},
      {"", ""},
      {",,", ""},
  };
  for (const auto& [header, kept] : cases) EXPECT_EQ(parsed(header), kept) << header;
}

TEST(SdkBaggage, LeavesOutMalformedEntriesOnly) {
  const std::string cases[] = {
      "a",
      "=1",
      "a;p=1",
      "a b=1",
      "a@b=1",
      "(a)=1",
      "\"a\"=1",
      "a=1 2",
      "a=\"1\"",
      "a=1\\2",
      "a=\xc3\xa4",
      "\xc3\xa4=1",
      "a=\x01",
      "a=\x7f",
      "a=1;p\n",
      "a=1;\"p\"",
      std::string("a=\0", 3),
      ";",
      "a[=1",
      "a=1\r\nx: y",
  };
  for (const std::string& malformed : cases) {
    EXPECT_EQ(parsed(malformed), "") << malformed;
    EXPECT_EQ(parsed("x=1," + malformed + ",y=2"), "x=1,y=2") << malformed;
  }
}

TEST(SdkBaggage, OfTwoWithOneNameTheLastWins) {
  EXPECT_EQ(parsed("a=1,b=2,a=3"), "b=2,a=3");
  EXPECT_EQ(parsed("a=1,A=2"), "a=1,A=2");
}

TEST(SdkBaggage, DecodesValues) {
  const std::pair<std::string, std::string> cases[] = {
      {"a=1", "1"},
      {"a=", ""},
      {"a=%20x%2C%3b", " x,;"},
      {"a=a+b", "a+b"},
      {"a=%C3%A4%E2%82%AC%F0%9F%98%80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"a=%00", std::string(1, '\0')},
      {"a=%zz%4", "%zz%4"},
      {"a=%", "%"},
      {"a=%25zz", "%zz"},
  };
  for (const auto& [header, value] : cases) {
    EXPECT_EQ(value_of(Baggage::from_header(header), "a"), value) << header;
  }
}

TEST(SdkBaggage, WhatIsNoUtf8BecomesTheReplacementCharacter) {
  const std::string bad = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> cases[] = {
      {"%FF", bad},
      {"x%80y", "x" + bad + "y"},
      {"%C3", bad},
      {"%C3x", bad + "x"},
      {"%C0%AF", bad + bad},                    // overlong
      {"%E0%80%80", bad + bad + bad},           // overlong
      {"%ED%A0%80", bad + bad + bad},           // surrogate
      {"%F4%90%80%80", bad + bad + bad + bad},  // past U+10FFFF
      {"%F5%80", bad + bad},
      {"%E2%82x", bad + bad + "x"},
      {"%F0%9F%98", bad + bad + bad},
      {"%F0%9F%98%C3%A4", bad + bad + bad + "\xC3\xA4"},
      {"%E2%82%E2%82%AC", bad + bad + "\xE2\x82\xAC"},
      {"%ED%9F%BF%EE%80%80%F4%8F%BF%BF", "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"},
  };
  for (const auto& [encoded, value] : cases) {
    EXPECT_EQ(value_of(Baggage::from_header("a=" + encoded), "a"), value) << encoded;
  }
}

TEST(SdkBaggage, VisitsEntriesInOrderWithTheirMetadata) {
  EXPECT_EQ(shown(Baggage::from_header("a=%41,b=2;p=1;q,c=")), "a=A;|b=2;p=1;q|c=;|");
  EXPECT_EQ(shown(Baggage()), "");
}

TEST(SdkBaggage, NamesAreFoundExactly) {
  const Baggage baggage = Baggage::from_header("ab=1,a=2");
  EXPECT_EQ(value_of(baggage, "a"), "2");
  EXPECT_EQ(value_of(baggage, "A"), "(none)");
  EXPECT_EQ(value_of(baggage, ""), "(none)");
}

TEST(SdkBaggage, WithEncodesWhatCannotBeSent) {
  const std::pair<std::string, std::string> cases[] = {
      {"plain", "a=plain"},
      {"", "a="},
      {"a b,c;d\"e\\f%", "a=a%20b%2Cc%3Bd%22e%5Cf%25"},
      {"\xC3\xA4", "a=%C3%A4"},
      {"\r\n", "a=%0D%0A"},
      {"k=v", "a=k=v"},
  };
  for (const auto& [value, header] : cases) {
    const Baggage baggage = Baggage().with("a", value);
    EXPECT_EQ(baggage.header(), header);
    EXPECT_EQ(value_of(baggage, "a"), value);
    EXPECT_EQ(parsed(baggage.header()), header);
  }
}

TEST(SdkBaggage, EveryByteSurvivesWithUnlessItIsNoUtf8) {
  for (unsigned byte = 0; byte < 128; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    EXPECT_EQ(value_of(Baggage().with("a", value), "a"), value) << byte;
  }
}

TEST(SdkBaggage, WithReplacesAndPutsLast) {
  const Baggage baggage = Baggage::from_header("a=1,b=2;p");
  EXPECT_EQ(baggage.with("c", "3").header(), "a=1,b=2;p,c=3");
  EXPECT_EQ(baggage.with("a", "3").header(), "b=2;p,a=3");
  EXPECT_EQ(baggage.with("b", "3").header(), "a=1,b=3");
  EXPECT_EQ(baggage.header(), "a=1,b=2;p");
}

TEST(SdkBaggage, WithSendsMetadataAsItIs) {
  EXPECT_EQ(Baggage().with("a", "1", "p=2;q").header(), "a=1;p=2;q");
  EXPECT_EQ(Baggage().with("a", "1", ";p=2").header(), "a=1;p=2");
  EXPECT_EQ(Baggage().with("a", "1", " ; ").header(), "a=1");
}

TEST(SdkBaggage, WithInvalidArgumentsChangesNothing) {
  const Baggage baggage = Baggage::from_header("a=1");
  for (const char* name : {"", "a b", "a=b", "a,b", "a;b", "\xC3\xA4"}) {
    EXPECT_EQ(baggage.with(name, "2").header(), "a=1") << name;
  }
  for (const char* metadata : {"p,x=1", "p\r\n", "\"p\"", "\xC3\xA4"}) {
    EXPECT_EQ(baggage.with("b", "2", metadata).header(), "a=1") << metadata;
  }
}

TEST(SdkBaggage, WithoutRemovesOneEntry) {
  const Baggage baggage = Baggage::from_header("a=1;p,b=2,c=3");
  EXPECT_EQ(baggage.without("b").header(), "a=1;p,c=3");
  EXPECT_EQ(baggage.without("x").header(), "a=1;p,b=2,c=3");
  EXPECT_TRUE(Baggage::from_header("a=1").without("a").empty());
}

std::string entries(std::size_t count) {
  std::string header;
  for (std::size_t i = 0; i < count; ++i) {
    header += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
  }
  return header;
}

TEST(SdkBaggage, KeepsTheFirstSixtyFourEntries) {
  EXPECT_EQ(parsed(entries(64)), entries(64));
  EXPECT_EQ(parsed(entries(65)), entries(64));
  EXPECT_EQ(parsed(entries(500)), entries(64));
}

TEST(SdkBaggage, AFullOneTakesNoMoreButReplaces) {
  const Baggage full = Baggage::from_header(entries(64));
  EXPECT_EQ(full.with("new", "v").header(), full.header());
  EXPECT_EQ(value_of(full.with("k7", "w"), "k7"), "w");
}

TEST(SdkBaggage, KeepsWholeEntriesOfTheFirst8192Bytes) {
  const std::string exact = "a=" + std::string(4000, 'x') + ",b=" + std::string(4187, 'y');
  ASSERT_EQ(exact.size(), Baggage::kMaxSize);
  EXPECT_EQ(parsed(exact), exact);
  EXPECT_EQ(parsed(exact + ","), exact);
  EXPECT_EQ(parsed(exact + ",c=1"), exact);
  EXPECT_EQ(parsed(exact + "y"), "a=" + std::string(4000, 'x'));
  EXPECT_EQ(parsed("a=" + std::string(9000, 'x')), "");
}

TEST(SdkBaggage, WithThatWouldPassTheSizeChangesNothing) {
  const std::string most(Baggage::kMaxSize - 2, 'x');
  const Baggage full = Baggage().with("a", most);
  EXPECT_EQ(full.header().size(), Baggage::kMaxSize);
  EXPECT_EQ(full.with("b", "").header(), full.header());
  EXPECT_TRUE(Baggage().with("a", most + "x").empty());
  EXPECT_TRUE(Baggage().with("a", std::string(3000, ',')).empty()) << "encoded it is 9000";
  EXPECT_TRUE(Baggage().with("a", most, "p").empty());
  EXPECT_EQ(full.with("a", "1").header(), "a=1");
}

}  // namespace
}  // namespace cairn::trace
