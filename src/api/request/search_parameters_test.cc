// SPDX-License-Identifier: Apache-2.0
#include "api/request/search_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/request/parameters.h"

namespace cairn::api::request {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr model::Timestamp kNow{1'700'000'000'000'000'000};

Result<query::TraceQuery> parse(std::string_view text) {
  const auto parameters = net::QueryString::parse(text);
  return parse_search(parameters.value(), query::QueryOptions(), kNow);
}

TEST(ParseSearch, LooksAtTheLastTwoDaysOfEverythingByDefault) {
  const query::TraceQuery search = parse("").value();
  EXPECT_EQ(search.service, "");
  EXPECT_EQ(search.limit, 100U);
  EXPECT_TRUE(search.range.contains(kNow));
  EXPECT_EQ(model::Timestamp::between(search.range.begin, search.range.end), hours(48));
}

TEST(ParseSearch, TakesEmptyValuesForAbsentOnes) {
  const query::TraceQuery search =
      parse("service=&operation=&start=&end=&minDuration=&maxDuration=&limit=&tag=&tags=").value();
  const query::TraceQuery nothing = parse("").value();
  EXPECT_EQ(search.range, nothing.range);
  EXPECT_EQ(search.limit, nothing.limit);
  EXPECT_FALSE(search.min_duration);
  EXPECT_TRUE(search.tags.empty());
}

TEST(ParseSearch, ReadsEveryParameter) {
  const query::TraceQuery search =
      parse(
          "service=a%20b&operation=GET+%2F&start=1000&end=2000&minDuration=1.2s&maxDuration=2m"
          "&limit=7&tag=k%3Av%3Aw&tags=%7B%22error%22%3A%22true%22%2C%22x%22%3A%22%22%7D"
          "&lookback=custom")
          .value();
  EXPECT_EQ(search.service, "a b");
  EXPECT_EQ(search.operation, "GET /");
  EXPECT_EQ(search.range.begin.unix_nanos, 1'000'000U);
  EXPECT_EQ(search.range.end.unix_nanos, 2'001'000U) << "the end's microsecond is inside";
  EXPECT_EQ(search.min_duration, milliseconds(1200));
  EXPECT_EQ(search.max_duration, std::chrono::minutes(2));
  EXPECT_EQ(search.limit, 7U);
  EXPECT_THAT(search.tags, ElementsAre(Pair("k", "v:w"), Pair("error", "true"), Pair("x", "")));
}

TEST(ParseSearch, SaturatesTimesThatAreTooLarge) {
  EXPECT_EQ(parse("end=9223372036854775807").value().range.end, model::Timestamp::max());
}

TEST(ParseSearch, RefusesInJaegersWords) {
  const std::pair<const char*, const char*> cases[] = {
      {"start=x", "unable to parse param 'start': strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"end=1.5", "unable to parse param 'end': strconv.ParseInt: parsing \"1.5\": invalid syntax"},
      {"start=99999999999999999999",
       "unable to parse param 'start': strconv.ParseInt: parsing \"99999999999999999999\": value "
       "out of range"},
      {"start=-1", "unable to parse param 'start': a time before 1970"},
      {"start=2000&end=1000", "'end' should not be before 'start'"},
      {"limit=x", "unable to parse param 'limit': strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"limit=0", "unable to parse param 'limit': 0 is not from 1 to 1500"},
      {"limit=-5", "unable to parse param 'limit': -5 is not from 1 to 1500"},
      {"limit=1501", "unable to parse param 'limit': 1501 is not from 1 to 1500"},
      {"minDuration=1",
       "unable to parse param 'minDuration': time: missing unit in duration \"1\""},
      {"maxDuration=x", "unable to parse param 'maxDuration': time: invalid duration \"x\""},
      {"minDuration=2s&maxDuration=1s", "'maxDuration' should be greater than 'minDuration'"},
      {"tag=novalue", "malformed 'tag' parameter, expecting key:value, received: novalue"},
  };
  for (const auto& [parameters, message] : cases) {
    const auto search = parse(parameters);
    ASSERT_FALSE(search) << parameters;
    EXPECT_EQ(search.error(), invalid_argument(message));
  }
}

TEST(ParseSearch, RefusesTagsThatAreNoJsonObjectOfStrings) {
  for (const char* tags : {"{", "[]", "7", "{\"a\":1}", "{\"a\":null}", "{\"a\":\"b\"} x"}) {
    std::string query = "tags=";
    for (const char* c = tags; *c != 0; ++c) {
      query += *c == ' ' ? std::string("+") : *c == '"' ? std::string("%22") : std::string(1, *c);
    }
    const auto search = parse(query);
    ASSERT_FALSE(search) << tags;
    EXPECT_THAT(search.error().message,
                HasSubstr("malformed 'tags' parameter, cannot unmarshal JSON: "));
  }
}

TEST(Parameters, ReadBoolsAsGoDoes) {
  const auto raw = [](std::string_view text) {
    return bool_parameter(net::QueryString::parse(text).value(), "raw");
  };
  EXPECT_TRUE(raw("raw=true").value());
  EXPECT_TRUE(raw("raw=1").value());
  EXPECT_FALSE(raw("raw=F").value());
  EXPECT_FALSE(raw("").value());
  EXPECT_FALSE(raw("raw=yes"));
}

TEST(Parameters, PrettyPrintForAnythingButFalse) {
  const auto pretty = [](std::string_view text) {
    return wants_pretty_print(net::QueryString::parse(text).value());
  };
  EXPECT_TRUE(pretty("prettyPrint=true"));
  EXPECT_TRUE(pretty("prettyPrint=0"));
  EXPECT_FALSE(pretty("prettyPrint=false"));
  EXPECT_FALSE(pretty("prettyPrint"));
  EXPECT_FALSE(pretty(""));
}

}  // namespace
}  // namespace cairn::api::request
