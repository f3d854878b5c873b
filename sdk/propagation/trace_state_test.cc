// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <cairn/trace/trace_state.h>
#include <gtest/gtest.h>

namespace cairn::trace {
namespace {

std::string text(std::size_t size) {
  return std::string(size, 'x');
}

// k0=v,k1=v,...
std::string list_of(std::size_t members) {
  std::string list;
  for (std::size_t i = 0; i < members; ++i) {
    list += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
  }
  return list;
}

std::string parsed(const std::string& header) {
  return std::string(TraceState::from_header(header).header());
}

TEST(SdkTraceState, KeepsEveryValidList) {
  const std::pair<std::string, std::string> cases[] = {
      {"a=1", "a=1"},
      {"a=1,b=2", "a=1,b=2"},
      {" a=1\t,\t b=2 ", "a=1,b=2"},
      {"a=1,,b=2", "a=1,b=2"},
      {",a=1, ,", "a=1"},
      {"tenant@system=1", "tenant@system=1"},
      {"0tenant@system=1", "0tenant@system=1"},
      {"a_b-c*d/e@f=1", "a_b-c*d/e@f=1"},
      {"9=1", "9=1"},
      {"a@b@c=1", "a@b@c=1"},
      {"a@=1", "a@=1"},
      {"a=  x", "a=  x"},
      {"a=x y", "a=x y"},
      {"a=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~", "a=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~"},
      {text(256) + "=1", text(256) + "=1"},
      {text(241) + "@" + text(14) + "=1", text(241) + "@" + text(14) + "=1"},
      {"a=" + text(256), "a=" + text(256)},
      {list_of(32), list_of(32)},
      {"", ""},
      {" \t", ""},
      {",,,", ""},
  };
  for (const auto& [header, kept] : cases) EXPECT_EQ(parsed(header), kept) << header;
}

TEST(SdkTraceState, OneMalformedMemberDiscardsTheList) {
  const std::string cases[] = {
      "a",
      "=1",
      "a=",
      "a= ",
      "A=1",
      "aB=1",
      "_a=1",
      "-a=1",
      "*a=1",
      "/a=1",
      "@a=1",
      "@=1",
      "a =1",
      "a b=1",
      "a=1=2",
      "a==1",
      "a=\t1",
      "a=x\ty",
      "a=\x7f",
      "a=\x01x",
      "a=\xc3\xa4",
      "\xc3\xa4=1",
      "a.b=1",
      "a;b=1",
      "a+b=1",
      "a=1\n",
      std::string("a=\0x", 4),
      text(257) + "=1",
      "a=" + text(257),
      "a=1,a=2",
      "a=1,b=2,a=1",
      list_of(33),
      "a=1;b=2",
  };
  for (const std::string& malformed : cases) {
    EXPECT_EQ(parsed(malformed), "") << malformed;
    EXPECT_EQ(parsed("good=1," + malformed), "") << malformed;
    EXPECT_EQ(parsed(malformed + ",good=1"), "") << malformed;
  }
  EXPECT_EQ(parsed("a=1;b"), "a=1;b");
}

TEST(SdkTraceState, EmptyMembersDoNotCountAsMembers) {
  EXPECT_EQ(parsed(std::string(100, ',') + list_of(32)), list_of(32));
}

TEST(SdkTraceState, ListsOfExactlyTheLimitStay) {
  const std::string list = "a=" + text(253) + ",b=" + text(254);
  ASSERT_EQ(list.size(), TraceState::kMaxSize);
  EXPECT_EQ(parsed(list), list);
}

TEST(SdkTraceState, LargeMembersGoFirst) {
  // Two large ones between small ones, and 2 * 202 + 3 * 51 + 4 commas is too much by one large.
  const std::string large = text(200), small = text(49);
  const std::string list =
      "a=" + small + ",b=" + large + ",c=" + small + ",d=" + large + ",e=" + small;
  EXPECT_EQ(parsed(list), "a=" + small + ",b=" + large + ",c=" + small + ",e=" + small);
}

TEST(SdkTraceState, AMemberOf128CharactersIsNotLarge) {
  const std::string fits = text(126), over = text(127);  // with key and `=`: 128 and 129
  const std::string middle = ",b=" + fits + ",c=" + fits + ",d=" + fits;
  EXPECT_EQ(parsed("a=" + over + middle), middle.substr(1));
  EXPECT_EQ(parsed("a=" + fits + middle), "a=" + fits + middle.substr(0, 2 * 129));
}

TEST(SdkTraceState, ThenTheOldestGo) {
  const std::string member = text(97);  // 99 characters with key and `=`, 100 with a comma
  std::string list;
  for (const char* key : {"a", "b", "c", "d", "e", "f"})
    list += std::string(key) + "=" + member + ",";
  EXPECT_EQ(parsed(list), list.substr(0, 499));
}

TEST(SdkTraceState, AMemberThatNeverFitsLeavesNothing) {
  EXPECT_EQ(parsed(text(256) + "=" + text(256)), "");
  EXPECT_EQ(parsed("a=1," + text(256) + "=" + text(256)), "a=1");
}

TEST(SdkTraceState, FindsMembers) {
  const TraceState state = TraceState::from_header("a=1,ab=2,b= 3");
  std::string_view value;
  ASSERT_TRUE(state.get("ab", value));
  EXPECT_EQ(value, "2");
  ASSERT_TRUE(state.get("b", value));
  EXPECT_EQ(value, " 3");
  EXPECT_FALSE(state.get("c", value));
  EXPECT_FALSE(state.get("", value));
  EXPECT_FALSE(TraceState().get("a", value));
  EXPECT_EQ(value, " 3");
}

TEST(SdkTraceState, WithPutsTheMemberFirst) {
  const TraceState state = TraceState::from_header("a=1,b=2");
  EXPECT_EQ(state.with("c", "3").header(), "c=3,a=1,b=2");
  EXPECT_EQ(state.with("b", "3").header(), "b=3,a=1");
  EXPECT_EQ(TraceState().with("a", "1").header(), "a=1");
  EXPECT_EQ(state.header(), "a=1,b=2");
}

TEST(SdkTraceState, WithInvalidArgumentsChangesNothing) {
  const TraceState state = TraceState::from_header("a=1");
  for (const std::string& key : {std::string(), std::string("A"), std::string("@a"), text(257)}) {
    EXPECT_EQ(state.with(key, "1"), state) << key;
  }
  for (const std::string& value :
       {std::string(), std::string("1,2"), std::string("1=2"), std::string("1 "), text(257)}) {
    EXPECT_EQ(state.with("b", value), state) << value;
  }
  EXPECT_EQ(state.with(text(256), text(256)), state);
}

TEST(SdkTraceState, WithDropsTheOldestOfTooMany) {
  const TraceState full = TraceState::from_header(list_of(32));
  EXPECT_EQ(full.with("new", "v").header(), "new=v," + list_of(31));
  EXPECT_EQ(full.with("k31", "w").header(), "k31=w," + list_of(31));
}

TEST(SdkTraceState, WithKeepsTheNewMemberHoweverLarge) {
  const TraceState state = TraceState::from_header("a=" + text(200) + ",b=1,c=" + text(101));
  const std::string big = text(255);
  EXPECT_EQ(state.with(big, big).header(), big + "=" + big);
  EXPECT_EQ(state.with("n", text(200)).header(), "n=" + text(200) + ",b=1,c=" + text(101));
}

TEST(SdkTraceState, WithoutRemovesOneMember) {
  const TraceState state = TraceState::from_header("a=1,b=2,c=3");
  EXPECT_EQ(state.without("b").header(), "a=1,c=3");
  EXPECT_EQ(state.without("x"), state);
  EXPECT_TRUE(TraceState::from_header("a=1").without("a").empty());
}

}  // namespace
}  // namespace cairn::trace
