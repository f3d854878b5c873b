// SPDX-License-Identifier: Apache-2.0
// W3C Trace Context over real connections: a raw request to service A, which calls service B with a
// traced client; what B got says what A made of the headers.
// Source: W3C Trace Context level 2; the rules its validation service checks.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/beast_service.h"
#include "sdk/adapters/http/testing/raw_http.h"
#include "sdk/adapters/http/testing/servers.h"
#include "sdk/adapters/http/testing/tracing.h"

namespace cairn::trace::testing {
namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpan = "b7ad6b7169203331";
const std::string kValid = "traceparent: 00-" + kTrace + "-" + kSpan + "-01";

constexpr const char* kNewTrace = "new";

// What B must get for these header lines.
struct Case {
  std::string name;
  std::vector<std::string> headers;
  std::string flags;  // of the continued trace; kNewTrace: another trace
  std::string tracestate = "";
};

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

Case traceparent(std::string name, const std::string& value, std::string flags) {
  return {std::move(name), {"traceparent: " + value}, std::move(flags)};
}
Case tracestate(std::string name, std::vector<std::string> values, std::string expected) {
  std::vector<std::string> headers{kValid};
  for (const std::string& value : values) headers.push_back("tracestate: " + value);
  return {std::move(name), std::move(headers), "01", std::move(expected)};
}

std::string members(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + ("k" + std::to_string(i)) + "=v";
  return list;
}

std::vector<Case> traceparent_cases() {
  const std::string ids = kTrace + "-" + kSpan;
  const std::string valid = "00-" + ids + "-01";
  const std::string zero_trace(32, '0'), zero_span(16, '0');
  const std::string other = "00-" + std::string(32, '7') + "-" + std::string(16, '8') + "-01";
  return {
      traceparent("Sampled", valid, "01"),
      traceparent("NotSampled", "00-" + ids + "-00", "00"),
      traceparent("Random", "00-" + ids + "-02", "02"),
      traceparent("SampledAndRandom", "00-" + ids + "-03", "03"),
      traceparent("UnknownFlags", "00-" + ids + "-ff", "03"),
      traceparent("UnknownFlagsNotSampled", "00-" + ids + "-f8", "00"),
      {"Absent", {}, kNewTrace},
      {"Empty", {"traceparent:"}, kNewTrace},
      {"EmptyThenValid", {"x-other: 1", kValid}, "01"},
      {"Twice", {kValid, "traceparent: " + other}, kNewTrace},
      {"TwiceTheSame", {kValid, kValid}, kNewTrace},
      {"TwiceInOtherCase", {kValid, "TraceParent: " + other}, kNewTrace},
      {"NameWithHyphen", {"trace-parent: " + valid}, kNewTrace},
      {"NameWithDot", {"trace.parent: " + valid}, kNewTrace},
      {"NameCapitalised", {"TraceParent: " + valid}, "01"},
      {"NameMixed", {"TrAcEpArEnT: " + valid}, "01"},
      {"NameUpper", {"TRACEPARENT: " + valid}, "01"},
      {"SpaceAround", {"traceparent:   " + valid + "  "}, "01"},
      {"TabAround", {"traceparent:\t " + valid + " \t"}, "01"},
      {"NoSpace", {"traceparent:" + valid}, "01"},
      traceparent("Version00WithDot", valid + ".", kNewTrace),
      traceparent("Version00WithHyphen", valid + "-", kNewTrace),
      traceparent("Version00WithMore", valid + "-what-the-future-will-be-like", kNewTrace),
      traceparent("VersionCc", "cc-" + ids + "-01", "01"),
      traceparent("VersionCcWithMore", "cc-" + ids + "-01-what-the-future-will-be-like", "01"),
      traceparent("VersionCcWithEmptyField", "cc-" + ids + "-01-", "01"),
      traceparent("VersionCcWithDot", "cc-" + ids + "-01.what-the-future", kNewTrace),
      traceparent("Version01", "01-" + ids + "-00", "00"),
      traceparent("VersionFe", "fe-" + ids + "-01", "01"),
      traceparent("VersionFf", "ff-" + ids + "-01", kNewTrace),
      traceparent("VersionDot0", ".0-" + ids + "-01", kNewTrace),
      traceparent("Version0Dot", "0.-" + ids + "-01", kNewTrace),
      traceparent("VersionUpper", "CC-" + ids + "-01", kNewTrace),
      traceparent("VersionTooLong", "000-" + ids + "-01", kNewTrace),
      traceparent("VersionFarTooLong", "0000-" + ids + "-01", kNewTrace),
      traceparent("VersionTooShort", "0-" + ids + "-01", kNewTrace),
      traceparent("TraceIdOfZeros", "00-" + zero_trace + "-" + kSpan + "-01", kNewTrace),
      traceparent("TraceIdUpper", "00-0AF7651916CD43DD8448EB211C80319C-" + kSpan + "-01",
                  kNewTrace),
      traceparent("TraceIdNotHex", "00-." + kTrace.substr(1) + "-" + kSpan + "-01", kNewTrace),
      traceparent("TraceIdEndsNotHex", "00-" + kTrace.substr(1) + "x-" + kSpan + "-01", kNewTrace),
      traceparent("TraceIdTooLong", "00-" + kTrace + "0-" + kSpan + "-01", kNewTrace),
      traceparent("TraceIdTooShort", "00-" + kTrace.substr(1) + "-" + kSpan + "-01", kNewTrace),
      traceparent("SpanIdOfZeros", "00-" + kTrace + "-" + zero_span + "-01", kNewTrace),
      traceparent("SpanIdUpper", "00-" + kTrace + "-B7AD6B7169203331-01", kNewTrace),
      traceparent("SpanIdNotHex", "00-" + kTrace + "-." + kSpan.substr(1) + "-01", kNewTrace),
      traceparent("SpanIdTooLong", "00-" + kTrace + "-0" + kSpan + "-01", kNewTrace),
      traceparent("SpanIdTooShort", "00-" + kTrace + "-" + kSpan.substr(1) + "-01", kNewTrace),
      traceparent("FlagsNotHex", "00-" + ids + "-.0", kNewTrace),
      traceparent("FlagsEndNotHex", "00-" + ids + "-0.", kNewTrace),
      traceparent("FlagsUpper", "00-" + ids + "-0A", kNewTrace),
      traceparent("FlagsTooLong", "00-" + ids + "-001", kNewTrace),
      traceparent("FlagsTooShort", "00-" + ids + "-1", kNewTrace),
      traceparent("NoFlags", "00-" + ids, kNewTrace),
      traceparent("WrongSeparators", "00_" + kTrace + "_" + kSpan + "_01", kNewTrace),
      traceparent("BlankInside", "00-" + ids + " -01", kNewTrace),
      traceparent("OnlyVersion", "00", kNewTrace),
  };
}

std::vector<Case> tracestate_cases() {
  const std::string key256(256, 'z'), value256(256, 'v');
  const std::string long_member = "l=" + std::string(140, 'x');
  std::string fifty;  // members of exactly 50 characters with their comma
  for (char c = 'a'; c <= 'k'; ++c) fifty += std::string(1, c) + "=" + std::string(47, c) + ",";
  const std::string first_ten = fifty.substr(0, 499), with_eleven = fifty.substr(0, 549);
  return {
      tracestate("One", {"foo=1"}, "foo=1"),
      tracestate("Several", {"foo=1,bar=2"}, "foo=1,bar=2"),
      {"WithoutTraceparent", {"tracestate: foo=1"}, kNewTrace},
      {"WithInvalidTraceparent", {"traceparent: 00-x", "tracestate: foo=1"}, kNewTrace},
      {"WithTwoTraceparents", {kValid, kValid, "tracestate: foo=1"}, kNewTrace},
      {"WithTraceparentNotSampled",
       {"traceparent: 00-" + kTrace + "-" + kSpan + "-00", "tracestate: foo=1"},
       "00",
       "foo=1"},
      {"BeforeTraceparent", {"tracestate: foo=1", kValid}, "01", "foo=1"},
      {"NameWithHyphen", {kValid, "trace-state: foo=1"}, "01", ""},
      {"NameMixed", {kValid, "TrAcEsTaTe: foo=1"}, "01", "foo=1"},
      {"NameUpper", {kValid, "TRACESTATE: foo=1"}, "01", "foo=1"},
      tracestate("SeveralHeaders", {"foo=1,bar=2", "rojo=1,congo=2", "baz=3"},
                 "foo=1,bar=2,rojo=1,congo=2,baz=3"),
      tracestate("EmptyHeader", {"foo=1", ""}, "foo=1"),
      tracestate("EmptyHeaderFirst", {"", "foo=1"}, "foo=1"),
      tracestate("OnlyEmpty", {""}, ""),
      tracestate("EmptyMembers", {"foo=1,,bar=2, ,"}, "foo=1,bar=2"),
      tracestate("SameKeyTwice", {"foo=1,foo=2"}, ""),
      tracestate("SameKeyInTwoHeaders", {"foo=1", "foo=2"}, ""),
      tracestate("SpaceAroundMembers", {"foo=1 \t , \t bar=2, \t baz=3"}, "foo=1,bar=2,baz=3"),
      tracestate("SpaceAroundAll", {" \t foo=1 \t"}, "foo=1"),
      tracestate("SpaceInValue", {"foo=1 2"}, "foo=1 2"),
      tracestate("AllKeyCharacters", {"0123456789abcdefghijklmnopqrstuvwxyz_-*/=v"},
                 "0123456789abcdefghijklmnopqrstuvwxyz_-*/=v"),
      // Without '%', which cpp-httplib decodes before anyone sees the header.
      tracestate("AllValueCharacters", {"k=!\"#$&'()*+-./0123456789:;<>?@AZ[\\]^_`az{|}~"},
                 "k=!\"#$&'()*+-./0123456789:;<>?@AZ[\\]^_`az{|}~"),
      tracestate("Tenant", {"t@v=1,0@v=2"}, "t@v=1,0@v=2"),
      tracestate("KeyWithSpace", {"foo =1"}, ""),
      tracestate("KeyUpper", {"FOO=1"}, ""),
      tracestate("KeyWithDot", {"foo.bar=1"}, ""),
      tracestate("KeyStartsWithAt", {"@foo=1,bar=2"}, ""),
      tracestate("NoKey", {"=1"}, ""),
      tracestate("NoEquals", {"foo"}, ""),
      tracestate("ValueWithEquals", {"foo=bar=baz"}, ""),
      tracestate("NoValue", {"foo=,bar=3"}, ""),
      tracestate("OneBadMemberOfMany", {"foo=1,bar;=2,baz=3"}, ""),
      tracestate("BadInSecondHeader", {"foo=1", "bar"}, ""),
      tracestate("Key256", {key256 + "=1"}, key256 + "=1"),
      tracestate("Key257", {key256 + "z=1"}, ""),
      tracestate("Value256", {"k=" + value256}, "k=" + value256),
      tracestate("Value257", {"k=" + value256 + "v"}, ""),
      tracestate("Members32", {members(32)}, members(32)),
      tracestate("Members33", {members(33)}, ""),
      tracestate("Members33InTwoHeaders", {members(32), "last=1"}, ""),
      tracestate("Size499", {first_ten}, first_ten),
      tracestate("Size549LosesTheLast", {with_eleven}, first_ten),
      tracestate("TooLongLosesLargeMembersFirst", {long_member + "," + first_ten}, first_ten),
  };
}

// Answers /forward by a GET of B, inside the span of its request.
class ServiceA {
 public:
  virtual ~ServiceA() = default;
  virtual int port() const = 0;
};

class HttplibA final : public ServiceA {
 public:
  explicit HttplibA(std::string b) {
    service_->Get("/forward", [b = std::move(b)](const httplib::Request&, httplib::Response& out) {
      TracedClient client(b);
      const auto answer = client.Get("/");
      out.status = answer ? answer->status : 502;
    });
    service_.run();
  }
  int port() const override { return service_.port(); }

 private:
  HttplibService<TracedServer> service_;
};

class BeastA final : public ServiceA {
 public:
  explicit BeastA(int b)
      : service_([b](const BeastRequest&, BeastResponse& out) {
          const int status = beast_get(b, "/");
          out.result(static_cast<unsigned>(status == 0 ? 502 : status));
        }) {}
  int port() const override { return service_.port(); }

 private:
  BeastService service_;
};

struct Outcome {
  int status = 0;
  std::string traceparent;
  std::string tracestate;
  std::string response_traceparent;
};

Outcome forward(const std::string& kind, const std::vector<std::string>& headers) {
  Tracing tracing;
  const Recorder b;
  std::unique_ptr<ServiceA> a;
  if (kind == "httplib") {
    a = std::make_unique<HttplibA>(b.url());
  } else {
    a = std::make_unique<BeastA>(b.port());
  }
  const RawResponse response = get_raw(a->port(), "/forward", headers);
  return {response.status, b.header("traceparent"), b.header("tracestate"),
          response.header("traceparent")};
}

class TraceContext : public ::testing::TestWithParam<std::tuple<std::string, Case>> {};

TEST_P(TraceContext, ReachesTheNextService) {
  const auto& [kind, expected] = GetParam();
  const Outcome got = forward(kind, expected.headers);
  ASSERT_EQ(got.status, 200);
  ASSERT_EQ(got.traceparent.size(), 55u) << got.traceparent;
  EXPECT_EQ(got.traceparent.substr(0, 3), "00-");
  EXPECT_EQ(got.tracestate, expected.tracestate);
  const std::string trace = got.traceparent.substr(3, 32), span = got.traceparent.substr(36, 16);
  EXPECT_NE(trace, std::string(32, '0'));
  EXPECT_NE(span, std::string(16, '0'));
  EXPECT_NE(span, kSpan);
  EXPECT_EQ(got.response_traceparent.substr(0, 36), got.traceparent.substr(0, 36));
  if (expected.flags == kNewTrace) {
    EXPECT_NE(trace, kTrace);
    EXPECT_NE(trace, std::string(32, '7'));
    EXPECT_EQ(got.traceparent.substr(53), "03");  // sampled, and of random ids
  } else {
    EXPECT_EQ(trace, kTrace);
    EXPECT_EQ(got.traceparent.substr(53), expected.flags);
  }
}

std::string case_name(const ::testing::TestParamInfo<TraceContext::ParamType>& info) {
  return std::get<0>(info.param) + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(Traceparent, TraceContext,
                         ::testing::Combine(::testing::Values("httplib", "beast"),
                                            ::testing::ValuesIn(traceparent_cases())),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Tracestate, TraceContext,
                         ::testing::Combine(::testing::Values("httplib", "beast"),
                                            ::testing::ValuesIn(tracestate_cases())),
                         case_name);

}  // namespace
}  // namespace cairn::trace::testing
