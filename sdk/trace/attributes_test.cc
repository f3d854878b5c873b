// SPDX-License-Identifier: Apache-2.0
//
// Keys and values of every kind and length, as they come out at the other end.
#include <map>
#include <string>

#include "sdk/trace/testing/fixture.h"

namespace cairn::trace {
namespace {

using testing::RecorderTest;
using Map = std::map<std::string, std::string>;

class SpanAttributes : public RecorderTest {};

TEST_F(SpanAttributes, KeepsOneValueForAKey) {
  start_memory();
  {
    const Span span =
        tracer_.start("s", SpanKind::kInternal, {{"k", 1}, {"other", true}, {"k", 2}});
    span.set("k", "three");
    span.set({{"k", 4.5}, {"new", "x"}, {"k", "last"}});
  }
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.attributes, (Map{{"k", "last"}, {"other", "true"}, {"new", "x"}}));
  EXPECT_EQ(span.dropped_attributes, 0U);
}

TEST_F(SpanAttributes, KeepsOneValueForAKeyAmongManyOthers) {
  Options options;
  options.limits.attributes = 300;
  start_memory(options);
  {
    const Span span = tracer_.start("s");
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 200; ++i) span.set("key." + std::to_string(i), i + round);
    }
  }
  const FinishedSpan span = only_span();
  ASSERT_EQ(span.attributes.size(), 200U);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(span.attributes.at("key." + std::to_string(i)), std::to_string(i + 1));
  }
}

TEST_F(SpanAttributes, EncodesEveryTypeOfValue) {
  start_memory();
  const std::int64_t ints[] = {1, -2};
  const double doubles[] = {0.5, 2};
  const bool bools[] = {true, false};
  const std::string_view texts[] = {"a", "b"};
  {
    const Span span = tracer_.start("s");
    span.set({{"bool", true},
              {"int", -7},
              {"big", INT64_MIN},
              {"double", 0.25},
              {"text", std::string("owned")},
              {"bytes", BytesView{"\x01\x02", 2}},
              {"ints", ListView<std::int64_t>(ints, 2)},
              {"doubles", ListView<double>(doubles, 2)},
              {"bools", ListView<bool>(bools, 2)},
              {"texts", ListView<std::string_view>(texts, 2)},
              {"empty", ""},
              {"nothing", Value()}});
  }
  const auto attributes = only_span().attributes;
  EXPECT_EQ(attributes.at("bool"), "true");
  EXPECT_EQ(attributes.at("int"), "-7");
  EXPECT_EQ(attributes.at("big"), "-9223372036854775808");
  EXPECT_EQ(attributes.at("double"), "0.25");
  EXPECT_EQ(attributes.at("text"), "owned");
  EXPECT_EQ(attributes.at("ints"), "[1, -2]");
  EXPECT_EQ(attributes.at("doubles"), "[0.5, 2]");
  EXPECT_EQ(attributes.at("bools"), "[true, false]");
  EXPECT_EQ(attributes.at("texts"), "[a, b]");
  EXPECT_EQ(attributes.at("empty"), "");
  EXPECT_EQ(attributes.size(), 12U);
}

TEST_F(SpanAttributes, KeepsTextOfEveryLengthWhole) {
  start_memory();
  for (std::size_t size = 0; size < 300; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('a' + i % 26));
    const std::string key = "k" + text.substr(0, size % 80);
    tracer_.start("n" + text, SpanKind::kInternal, {{key, text}}).end();
    flush();
    const FinishedSpan span = memory_->spans().at(0);
    ASSERT_EQ(span.name, "n" + text);
    ASSERT_EQ(span.attributes, (Map{{key, text}}));
    memory_->clear();
  }
}

inline constexpr Key kOne{"a"};
inline constexpr Key kOneMove{"a.key.of.twenty.seven.bytes"};
inline constexpr Key kTwoMoves{"a.key.of.twenty.eight.bytes."};
inline constexpr Key kLongest{"a.key.of.fifty.nine.bytes.which.is.the.most.that.a.key.has."};
static_assert(kOneMove.text().size() == 27 && kTwoMoves.text().size() == 28 &&
              kLongest.text().size() == Key::kMaxSize);

TEST_F(SpanAttributes, KeepsTextOfEveryLengthUnderConstantKeys) {
  start_memory();
  for (std::size_t size = 0; size < 140; ++size) {
    const std::string text(size, 'x');
    tracer_
        .start("s", SpanKind::kInternal,
               {{kOne, text}, {kOneMove, text}, {kTwoMoves, text}, {kLongest, text}})
        .end();
    flush();
    ASSERT_EQ(memory_->spans().at(0).attributes, (Map{{"a", text},
                                                      {std::string(kOneMove.text()), text},
                                                      {std::string(kTwoMoves.text()), text},
                                                      {std::string(kLongest.text()), text}}));
    memory_->clear();
  }
}

TEST_F(SpanAttributes, FindsABadByteWhereverItStands) {
  start_memory();
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\xff';
      tracer_.start("s", SpanKind::kInternal, {{kOne, text}, {"other", 7}}).end();
      flush();
      ASSERT_EQ(
          memory_->spans().at(0).attributes,
          (Map{{"a", text.substr(0, at) + "\xef\xbf\xbd" + text.substr(at + 1)}, {"other", "7"}}));
      memory_->clear();
    }
  }
}

TEST_F(SpanAttributes, CutsTextsAtAnyLimit) {
  for (const std::uint32_t limit : {31U, 32U, 33U, 119U, 120U, 121U}) {
    Options options;
    options.limits.value_size = limit;
    start_memory(options);
    const std::string text(130, 'x');
    tracer_.start("s", SpanKind::kInternal, {{kOne, text}, {"key", text}}).end();
    EXPECT_EQ(only_span().attributes,
              (Map{{"a", std::string(limit, 'x')}, {"key", std::string(limit, 'x')}}));
    memory_->clear();
    stop();
  }
}

TEST_F(SpanAttributes, KeysOfEveryKindMayFollowEachOther) {
  start_memory();
  const std::string key = "made.at.runtime", long_key(80, 'k');
  tracer_
      .start("s", SpanKind::kInternal,
             {{kOne, 1},
              {key, 2},
              {kOneMove, true},
              {long_key, 3},
              {kTwoMoves, 0.5},
              {key, "again"},
              {kOne, "last"},
              {"", 9},
              {kLongest, 1'000'000}})
      .end();
  EXPECT_EQ(only_span().attributes, (Map{{"a", "last"},
                                         {key, "again"},
                                         {std::string(kOneMove.text()), "true"},
                                         {long_key, "3"},
                                         {std::string(kTwoMoves.text()), "0.5"},
                                         {std::string(kLongest.text()), "1000000"}}));
}

TEST_F(SpanAttributes, RepairsTextThatIsNotUtf8) {
  start_memory();
  tracer_.start("caf\xc3\xa9 \xff", SpanKind::kInternal, {{"k\xfe", "\xc3"}}).end();
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.name, "caf\xc3\xa9 \xef\xbf\xbd");
  EXPECT_EQ(span.attributes, (Map{{"k\xef\xbf\xbd", "\xef\xbf\xbd"}}));
}

TEST_F(SpanAttributes, KeysAreOneKeyIfTheyAreOnceTheyAreRepaired) {
  start_memory();
  const Attribute list[] = {{"one\xfe", 1}, {"two", 2}, {"one\xff", 3}};
  {
    SpanOptions options;
    options.attributes = list;
    const Span span = tracer_.start("s", options);
    span.set("one\xef\xbf\xbd", 4);
    span.add_event("e", list);
    const std::string longer(5000, '\xff');
    span.set(longer, 5);
    span.set(longer + "and", 6);
  }
  const FinishedSpan span = only_span();
  const std::string key = "one\xef\xbf\xbd";
  ASSERT_EQ(span.attributes.size(), 3U);
  EXPECT_EQ(span.attributes.at(key), "4");
  EXPECT_EQ(span.attributes.at("two"), "2");
  EXPECT_EQ(span.events.at(0).attributes, (Map{{key, "3"}, {"two", "2"}}));
}

TEST_F(SpanAttributes, AnEmptyKeyIsNoAttribute) {
  start_memory();
  tracer_.start("s", SpanKind::kInternal, {{"", 1}, {std::string_view(), "x"}}).end();
  EXPECT_TRUE(only_span().attributes.empty());
}

}  // namespace
}  // namespace cairn::trace
