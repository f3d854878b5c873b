// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/zipkin/testing.h"

namespace cairn::wire::zipkin {
namespace {

using testing::decoded;
using testing::normalised;
using testing::v2_span;

constexpr std::string_view kId = R"("id":"0000000000000002")";

std::string with_id(std::string_view members) {
  return std::string(kId) + (members.empty() ? "" : ",") + std::string(members);
}

TEST(ZipkinJsonV2, NothingAndAnEmptyListAreValid) {
  EXPECT_EQ(decoded(Format::kJsonV2, ""), "");
  EXPECT_EQ(decoded(Format::kJsonV2, "[]"), "");
  EXPECT_EQ(decoded(Format::kJsonV2, " [ ] \n"), "");
}

// Endpoints that are written like an earlier one are not read again.
TEST(ZipkinJsonV2, EqualAndAlmostEqualEndpointsAreToldApart) {
  std::string given;
  std::string apart;
  for (const char* endpoint :
       {R"({"serviceName":"A","port":1})", R"({"serviceName":"A","port":1})",
        R"({"serviceName":"A","port":12})", R"({"serviceName":"A","port":1,"ipv4":"1.2.3.4"})",
        R"({"serviceName":"A}","port":1})", R"({"serviceName":"A}\"}","port":1})", R"({})",
        R"({"serviceName":"B","x":{"port":1}})", R"({"serviceName":"B","x":{"port":2}})",
        R"({"serviceName":"C"})", R"({"serviceName":"D"})", R"({"serviceName":"A","port":1})",
        R"({"serviceName":"A","port":12})", R"({})"}) {
    const std::string members = R"("localEndpoint":)" + std::string(endpoint) +
                                R"(,"remoteEndpoint":)" + std::string(endpoint);
    const std::string span = v2_span(members);
    given += (given.empty() ? "" : ",") + span.substr(1, span.size() - 2);
    apart += (apart.empty() ? "" : ",") +
             (R"({"traceId":"0000000000000001",)" + normalised(members)) + "}";
  }
  model::Batch together;
  const std::string list = "[" + given + "]";
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(list), together));
  EXPECT_EQ(encode(Format::kJsonV2, together), "[" + apart + "]");
}

TEST(ZipkinJsonV2, NormalisesAsZipkinDoes) {
  const struct {
    std::string_view given;
    std::string_view kept;
  } cases[] = {
      {"", ""},
      {R"("name":"GET /API")", R"("name":"get /api")"},
      {R"("name":"ÄÖÜß ŁÓDŹ ΑΒΓ ПРИВЕТ ЁЖ")", R"("name":"äöüß łódź αβγ привет ёж")"},
      {R"("name":"")", ""},
      {R"("name":null,"kind":null,"parentId":null,"tags":null,"annotations":null)", ""},
      {R"("timestamp":0,"duration":-1)", ""},
      {R"("timestamp":5,"duration":7)", R"("timestamp":5,"duration":7)"},
      {R"("timestamp":"5","duration":7.0)", R"("timestamp":5,"duration":7)"},
      {R"("timestamp":9223372036854775807)", R"("timestamp":18446744073709551)"},
      {R"("kind":"SERVER","shared":true,"debug":true)",
       R"("kind":"SERVER","debug":true,"shared":true)"},
      {R"("kind":"CLIENT","shared":true)", R"("kind":"CLIENT")"},
      {R"("debug":false,"shared":false)", ""},
      {R"("tags":{"b":"1","a":"","b":"2","":"3"})", R"("tags":{"":"3","a":"","b":"2"})"},
      {R"("annotations":[{"timestamp":2,"value":"b"},{"timestamp":2,"value":"a"},
          {"value":"z","timestamp":1},{"timestamp":2,"value":"b"}])",
       R"("annotations":[{"timestamp":1,"value":"z"},{"timestamp":2,"value":"a"},)"
       R"({"timestamp":2,"value":"b"}])"},
      {R"("localEndpoint":{})", ""},
      {R"("localEndpoint":{"serviceName":"","port":0})", ""},
      {R"("localEndpoint":{"serviceName":"A","port":-3})",
       R"("localEndpoint":{"serviceName":"a"})"},
      {R"("remoteEndpoint":{"ipv4":"1.2.3","ipv6":"no"})", ""},
      {R"("remoteEndpoint":{"ipv6":"::FFFF:1.2.3.4"})", R"("remoteEndpoint":{"ipv4":"1.2.3.4"})"},
      {R"("remoteEndpoint":{"ipv6":"::1.2.3.4"})", R"("remoteEndpoint":{"ipv4":"1.2.3.4"})"},
      {R"("remoteEndpoint":{"ipv6":"::1"})", R"("remoteEndpoint":{"ipv6":"::1"})"},
      {R"("remoteEndpoint":{"ipv6":"2001:0DB8:0:0::C001"})",
       R"("remoteEndpoint":{"ipv6":"2001:db8::c001"})"},
      {R"("unknown":{"deep":[1,{"x":null}]})", ""},
      {R"("trace_id":"3","tags":{"c":"\u00e9\n"})", R"("tags":{"c":"é\n"})"},
  };
  for (const auto& [given, kept] : cases) EXPECT_EQ(normalised(given), with_id(kept)) << given;
}

TEST(ZipkinJsonV2, ParentsThatAreNoneAreRoots) {
  EXPECT_EQ(normalised(R"("parentId":"0000000000000000")"), kId);
  EXPECT_EQ(normalised(R"("parentId":"2")"), kId);
  EXPECT_EQ(normalised(R"("parentId":"ab")"),
            R"("parentId":"00000000000000ab","id":"0000000000000002")");
}

TEST(ZipkinJsonV2, PadsIdsAndCutsAnEmptyHighHalf) {
  const auto trace_id = [](std::string_view hex) {
    const std::string body = R"([{"id":"a","traceId":")" + std::string(hex) + "\"}]";
    const std::string json = testing::translated(Format::kJsonV2, body, Format::kJsonV2);
    return json.substr(13, json.find('"', 13) - 13);
  };
  EXPECT_EQ(trace_id("1"), "0000000000000001");
  EXPECT_EQ(trace_id("48485a3953bb6124"), "48485a3953bb6124");
  EXPECT_EQ(trace_id("1000000000000000a"), "0000000000000001000000000000000a");
  EXPECT_EQ(trace_id("000000000000000048485a3953bb6124"), "48485a3953bb6124");
  EXPECT_EQ(trace_id("463ac35c9f6413ad48485a3953bb6124"), "463ac35c9f6413ad48485a3953bb6124");
}

TEST(ZipkinJsonV2, RefusesWithZipkinsWords) {
  const std::string_view kReading = " reading List<Span> from json";
  const struct {
    std::string_view body;
    std::string_view why;
  } cases[] = {
      {R"([{"id":"1"}])", "Missing : traceId"},
      {R"([{}])", "Missing : traceId id"},
      {R"([{"traceId":"1"}])", "Missing : id"},
      {R"([{"traceId":null,"id":"1"}])", "Expected a string but was NULL at $[0].traceId"},
      {R"([{"traceId":"1","id":null}])", "Expected a string but was NULL at $[0].id"},
      {R"([{"traceId":1,"id":"1"}])", "Expected a string but was NUMBER at $[0].traceId"},
      {R"([{"traceId":"","id":"1"}])", "traceId is empty"},
      {R"([{"traceId":"00000000000000000000000000000000","id":"1"}])", "traceId is all zeros"},
      {R"([{"traceId":"463ac35c9f6413ad48485a3953bb61240","id":"1"}])", "traceId.length > 32"},
      {R"([{"traceId":"AB","id":"1"}])", "AB should be lower-hex encoded with no prefix"},
      {R"([{"traceId":"0x1","id":"1"}])", "0x1 should be lower-hex encoded with no prefix"},
      {R"([{"traceId":"1","id":"0"}])", "id is all zeros"},
      {R"([{"traceId":"1","id":""}])", "id is empty"},
      {R"([{"traceId":"1","id":"12345678901234567"}])", "id.length > 16"},
      {R"([{"traceId":"1","id":"1","parentId":""}])", "parentId is empty"},
      {R"([{"traceId":"1","id":"1","parentId":"-1"}])",
       "-1 should be lower-hex encoded with no prefix"},
      {R"([{"traceId":"1","id":"1","kind":"client"}])", "No kind client at $[0].kind"},
      {R"([{"traceId":"1","id":"1"},{"traceId":"1","id":"1","tags":{"a":"","x":null}}])",
       "No value at $[1].tags.x"},
      {R"([{"traceId":"1","id":"1","tags":{"x":1}}])", "No value at $[0].tags.x"},
      {R"([{"traceId":"1","id":"1","annotations":[{"timestamp":1}]}])",
       "Incomplete annotation at $[0].annotations[0]"},
      {R"([{"traceId":"1","id":"1","annotations":[{"timestamp":1,"value":"a"},{"value":"b"}]}])",
       "Incomplete annotation at $[0].annotations[1]"},
      {R"([{"traceId":"1","id":"1","localEndpoint":{"port":65536}}])", "invalid port 65536"},
      {R"([{"traceId":"1","id":"1","timestamp":9223372036854775808}])",
       "Expected a long but was NUMBER at $[0].timestamp"},
      {R"([{"traceId":"1","id":"1","debug":"true"}])",
       "Expected a boolean but was STRING at $[0].debug"},
      {R"([{"traceId":"1","id":"1","localEndpoint":[]}])",
       "Malformed endpoint at $[0].localEndpoint"},
      {"[", "Malformed"},
      {"[lol]", "Malformed"},
      {"[[]]", "Malformed"},
      {R"([{"traceId":"1","id":"1"}]x)", "Malformed"},
      {R"([{"traceId":"1","id":"1"},])", "Malformed"},
      {"[{\"traceId\":\"1\",\"id\":\"1\",\"name\":\"\xff\"}]", "Malformed"},
  };
  for (const auto& [body, why] : cases) {
    EXPECT_EQ(decoded(Format::kJsonV2, body), "error: " + std::string(why) + std::string(kReading))
        << body;
  }
}

TEST(ZipkinJsonV2, ALongWordIsCutInTheRefusal) {
  const std::string word(1'000'000, 'x');
  const std::string ids = R"([{"traceId":"1","id":"1",)";
  EXPECT_EQ(
      decoded(Format::kJsonV2, ids + R"("kind":")" + word + "\"}]"),
      "error: No kind " + word.substr(0, 100) + "... at $[0].kind reading List<Span> from json");
  EXPECT_EQ(
      decoded(Format::kJsonV2, ids + R"("tags":{")" + word + "\":1}}]"),
      "error: No value at $[0].tags." + word.substr(0, 100) + "... reading List<Span> from json");
}

TEST(ZipkinJsonV2, OneBadSpanRefusesTheWholeMessage) {
  model::Batch batch;
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(v2_span("")), batch));
  EXPECT_FALSE(decode(Format::kJsonV2, as_bytes(R"([{"traceId":"1","id":"2"},{}])"), batch));
  EXPECT_EQ(batch.spans.size(), 1U);
  EXPECT_EQ(batch.scopes.size(), 1U);
  EXPECT_EQ(batch.resources.size(), 1U);
}

TEST(ZipkinJsonV2, SpansOfOneServiceShareAResource) {
  model::Batch batch;
  std::string body = "[";
  for (int i = 1; i <= 60; ++i) {
    body += R"({"traceId":"1","id":"1","localEndpoint":{"serviceName":"s)" +
            std::to_string(i % 20) + "\"}},";
  }
  body.back() = ']';
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(body), batch));
  EXPECT_EQ(batch.resources.size(), 20U);
  EXPECT_EQ(batch.service_of(batch.spans[41]), "s2");
}

TEST(ZipkinJsonV2, TagsCannotPassForOurOwnAttributes) {
  EXPECT_EQ(normalised(R"("tags":{"cairn.wire.zipkin.peer.service":"x","cairn":"y"})"),
            with_id(R"("tags":{"cairn":"y"})"));
}

}  // namespace
}  // namespace cairn::wire::zipkin
