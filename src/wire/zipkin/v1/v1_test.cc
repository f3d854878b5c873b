// SPDX-License-Identifier: Apache-2.0
//
// What spans of version 1 become, each told by its JSON and by the version 2 it stands for.
#include <gtest/gtest.h>

#include "wire/zipkin/testing.h"

namespace cairn::wire::zipkin {
namespace {

using testing::decoded;
using testing::translated;

// A v1 list of one span with these members besides its ids.
std::string v1_span(std::string_view members) {
  return R"([{"traceId":"1","id":"2",)" + std::string(members) + "}]";
}

// What it stands for in JSON v2, without the ids.
std::string v2_of(std::string_view members) {
  std::string json = translated(Format::kJsonV1, v1_span(members), Format::kJsonV2);
  constexpr std::string_view kIds = R"("traceId":"0000000000000001","id":"0000000000000002")";
  for (std::size_t at = json.find(kIds); at != std::string::npos; at = json.find(kIds)) {
    const bool has_more = json.substr(at + kIds.size()).starts_with(',');
    json.erase(at, kIds.size() + (has_more ? 1 : 0));
  }
  return json;
}

std::string at(int time, std::string_view value, std::string_view service) {
  return R"({"timestamp":)" + std::to_string(time) + R"(,"value":")" + std::string(value) +
         R"(","endpoint":{"serviceName":")" + std::string(service) + "\"}}";
}
std::string tag(std::string_view key, std::string_view json_value, std::string_view service) {
  return R"({"key":")" + std::string(key) + R"(","value":)" + std::string(json_value) +
         R"(,"endpoint":{"serviceName":")" + std::string(service) + "\"}}";
}
std::string list(std::string_view name, const std::vector<std::string>& items) {
  std::string json = "\"" + std::string(name) + "\":[";
  for (const std::string& item : items) json += (json.back() == '[' ? "" : ",") + item;
  return json + "]";
}
std::string annotations(const std::vector<std::string>& items) {
  return list("annotations", items);
}
std::string tags(const std::vector<std::string>& items) {
  return list("binaryAnnotations", items);
}

TEST(ZipkinV1, AClientsAnnotationsTellItsKindAndTimes) {
  EXPECT_EQ(
      v2_of(annotations({at(10, "cs", "a"), at(15, "cr", "a")})),
      R"([{"kind":"CLIENT","timestamp":10,"duration":5,"localEndpoint":{"serviceName":"a"}}])");
  EXPECT_EQ(
      v2_of(R"("timestamp":9,"duration":7,)" + annotations({at(10, "cs", "a"), at(15, "cr", "a")})),
      R"([{"kind":"CLIENT","timestamp":9,"duration":7,"localEndpoint":{"serviceName":"a"}}])");
}

TEST(ZipkinV1, BothSidesInOneSpanBecomeTwo) {
  EXPECT_EQ(v2_of(annotations(
                {at(10, "cs", "a"), at(12, "sr", "b"), at(14, "ss", "b"), at(16, "cr", "a")})),
            R"([{"kind":"CLIENT","timestamp":10,"duration":6,"localEndpoint":{"serviceName":"a"}},)"
            R"({"kind":"SERVER","timestamp":12,"duration":2,"localEndpoint":{"serviceName":"b"},)"
            R"("shared":true}])");
}

TEST(ZipkinV1, AServiceThatCallsItselfBecomesTwo) {
  EXPECT_EQ(v2_of(annotations(
                {at(10, "cs", "a"), at(12, "sr", "a"), at(14, "ss", "a"), at(16, "cr", "a")})),
            R"([{"kind":"CLIENT","timestamp":10,"duration":6,"localEndpoint":{"serviceName":"a"}},)"
            R"({"kind":"SERVER","timestamp":12,"duration":2,"localEndpoint":{"serviceName":"a"},)"
            R"("shared":true}])");
}

TEST(ZipkinV1, OneWayCallsHaveNoDuration) {
  EXPECT_EQ(
      v2_of(annotations({at(10, "cs", "a"), at(12, "sr", "b")})),
      R"([{"kind":"CLIENT","timestamp":10,"localEndpoint":{"serviceName":"a"}},)"
      R"({"kind":"SERVER","timestamp":12,"localEndpoint":{"serviceName":"b"},"shared":true}])");
}

TEST(ZipkinV1, AServerWithoutTimesOfItsOwnIsShared) {
  const std::string server = annotations({at(12, "sr", "b"), at(14, "ss", "b")});
  EXPECT_EQ(v2_of(server),
            R"([{"kind":"SERVER","timestamp":12,"duration":2,"localEndpoint":{"serviceName":"b"},)"
            R"("shared":true}])");
  EXPECT_EQ(
      v2_of(R"("timestamp":12,"duration":2,)" + server),
      R"([{"kind":"SERVER","timestamp":12,"duration":2,"localEndpoint":{"serviceName":"b"}}])");
}

TEST(ZipkinV1, AMissingBeginIsWhereTheSpanBegins) {
  EXPECT_EQ(
      v2_of(R"("timestamp":10,"duration":5,)" + annotations({at(15, "cr", "a")})),
      R"([{"kind":"CLIENT","timestamp":10,"duration":5,"localEndpoint":{"serviceName":"a"}}])");
}

TEST(ZipkinV1, ALoneEndStaysAnAnnotation) {
  EXPECT_EQ(v2_of(annotations({at(15, "ss", "a")})),
            R"([{"kind":"SERVER","localEndpoint":{"serviceName":"a"},)"
            R"("annotations":[{"timestamp":15,"value":"ss"}]}])");
}

TEST(ZipkinV1, AnAnnotationThatNobodyWroteIsAnEvent) {
  EXPECT_EQ(v2_of(annotations({R"({"timestamp":10,"value":"cs"})"})),
            R"([{"annotations":[{"timestamp":10,"value":"cs"}]}])");
}

TEST(ZipkinV1, MessagesHaveProducersAndConsumers) {
  EXPECT_EQ(v2_of(annotations({at(10, "ms", "a"), at(13, "ws", "a")}) + "," +
                  tags({tag("ma", "true", "kafka")})),
            R"([{"kind":"PRODUCER","timestamp":10,"duration":3,)"
            R"("localEndpoint":{"serviceName":"a"},"remoteEndpoint":{"serviceName":"kafka"}}])");
  EXPECT_EQ(
      v2_of(annotations({at(10, "wr", "b"), at(13, "mr", "b")})),
      R"([{"kind":"CONSUMER","timestamp":10,"duration":3,"localEndpoint":{"serviceName":"b"}}])");
  EXPECT_EQ(
      v2_of(annotations({at(10, "ms", "a"), at(13, "mr", "b")})),
      R"([{"kind":"PRODUCER","timestamp":10,"localEndpoint":{"serviceName":"a"}},)"
      R"({"kind":"CONSUMER","timestamp":13,"localEndpoint":{"serviceName":"b"},"shared":true}])");
}

TEST(ZipkinV1, AddressesTellTheOtherSide) {
  const std::string sa = tag("sa", "true", "db");
  const std::string ca = tag("ca", "true", "web");
  EXPECT_EQ(v2_of(tags({sa})), R"([{"remoteEndpoint":{"serviceName":"db"}}])");
  EXPECT_EQ(v2_of(tags({ca})), R"([{"kind":"SERVER","remoteEndpoint":{"serviceName":"web"}}])");
  EXPECT_EQ(v2_of(tags({ca, sa})),
            R"([{"localEndpoint":{"serviceName":"web"},"remoteEndpoint":{"serviceName":"db"}}])");
  EXPECT_EQ(v2_of(annotations({at(1, "sr", "a"), at(2, "ss", "a")}) + "," +
                  tags({R"({"key":"ca","value":true,"endpoint":{"serviceName":"a","port":9}})"})),
            R"([{"kind":"SERVER","timestamp":1,"duration":1,"localEndpoint":{"serviceName":"a"},)"
            R"("remoteEndpoint":{"port":9},"shared":true}])");
}

TEST(ZipkinV1, AnEmptyLocalComponentIsOnlyAnEndpoint) {
  EXPECT_EQ(v2_of(R"("timestamp":5,)" + tags({tag("lc", "\"\"", "a")})),
            R"([{"timestamp":5,"localEndpoint":{"serviceName":"a"}}])");
  EXPECT_EQ(v2_of(tags({tag("lc", "\"jdbc\"", "a")})),
            R"([{"localEndpoint":{"serviceName":"a"},"tags":{"lc":"jdbc"}}])");
}

TEST(ZipkinV1, NumbersKeepTheirTypes) {
  const std::string body = v1_span(tags(
      {tag("b", "true", "a"), tag("d", "1.0", "a"), tag("i", "-7", "a"), tag("s", "\"7\"", "a")}));
  const std::string text = decoded(Format::kJsonV1, body);
  for (const std::string_view attribute : {"b=true\n", "d=1.0\n", "i=-7\n", "s=\"7\"\n"}) {
    EXPECT_NE(text.find(attribute), std::string::npos) << text;
  }
  const std::string thrift = translated(Format::kJsonV1, body, Format::kThrift);
  EXPECT_EQ(decoded(Format::kThrift, thrift), text);
  EXPECT_EQ(decoded(Format::kJsonV1, translated(Format::kThrift, thrift, Format::kJsonV1)), text);
}

TEST(ZipkinV1, RefusesWithZipkinsWords) {
  const struct {
    std::string members;
    std::string_view why;
  } cases[] = {
      {annotations({R"({"value":"x"})"}), "Incomplete annotation at $[0].annotations[0]"},
      {tags({R"({"value":"x"})"}), "No key at $[0].binaryAnnotations[0]"},
      {tags({R"({"key":"x"})"}), "No value at $[0].binaryAnnotations[0]"},
      {tags({R"({"key":"x","value":{}})"}), "No value at $[0].binaryAnnotations[0]"},
  };
  for (const auto& [members, why] : cases) {
    EXPECT_EQ(decoded(Format::kJsonV1, v1_span(members)),
              "error: " + std::string(why) + " reading List<Span> from json");
  }
}

TEST(ZipkinV1, ASpanOfVeryManyServicesIsRefused) {
  std::vector<std::string> many;
  for (int i = 0; i < 256; ++i) many.push_back(at(1, "x", "s" + std::to_string(i)));
  EXPECT_FALSE(decoded(Format::kJsonV1, v1_span(annotations(many))).starts_with("error"));
  many.push_back(at(1, "x", "one more"));
  EXPECT_EQ(decoded(Format::kJsonV1, v1_span(annotations(many))),
            "error: Too many services or empty elements for the size of the message reading "
            "List<Span> from json");
}

TEST(ZipkinV1, ALongNameIsNotCopiedForEachService) {
  const std::string name = "Name" + std::string(1'000'000, 'n');
  std::vector<std::string> many;
  for (int i = 0; i < 256; ++i) many.push_back(at(1, "x", "s" + std::to_string(i)));
  const std::string body = v1_span("\"name\":\"" + name + "\"," + annotations(many));
  model::Batch batch;
  ASSERT_TRUE(decode(Format::kJsonV1, as_bytes(body), batch));
  ASSERT_EQ(batch.spans.size(), 256U);
  EXPECT_EQ(batch.spans.back().name.substr(0, 5), "namen");
  EXPECT_EQ(batch.spans.front().name.data(), batch.spans.back().name.data());
}

TEST(ZipkinThrift, ABareSpanIsAListOfOne) {
  const std::string list =
      translated(Format::kJsonV1, v1_span(annotations({at(10, "sr", "a")})), Format::kThrift);
  EXPECT_EQ(decoded(Format::kThrift, list.substr(5)), decoded(Format::kThrift, list));
}

// So many spans, each of 256 services that are only named: 23 bytes each.
std::string thrift_of_many_services(std::size_t spans) {
  const auto number = [](std::size_t n) {
    std::string bytes(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(n >> (24 - 8 * i) & 0xff);
    return bytes;
  };
  const auto text = [&](char field, std::string_view value) {
    return std::string("\x0b\0", 2) + field + number(value.size()) + std::string(value);
  };
  const std::string ids("\x0a\0\1\0\0\0\0\0\0\0\1\x0a\0\4\0\0\0\0\0\0\0\2", 22);
  std::string span = ids + std::string("\x0f\0\x08\x0c", 4) + number(256);
  for (int i = 0; i < 256; ++i) {
    const char service = static_cast<char>(i);
    span += text(1, "lc") + std::string("\x0c\0\4", 3) + text(3, {&service, 1}) +
            std::string("\0\0", 2);
  }
  std::string body = "\x0c" + number(spans);
  for (std::size_t i = 0; i < spans; ++i) body += span + '\0';
  return body;
}

TEST(ZipkinThrift, SpansThatTakeNoBytesOfTheirOwnAreBounded) {
  model::Batch batch;
  ASSERT_TRUE(decode(Format::kThrift, as_bytes(thrift_of_many_services(1)), batch));
  EXPECT_GT(batch.spans.size(), 200U);  // capitals and small letters are one
  EXPECT_EQ(decoded(Format::kThrift, thrift_of_many_services(30)),
            "error: Too many services or empty elements for the size of the message reading "
            "List<Span> from TBinary");
}

TEST(ZipkinThrift, RefusesIdsOfZeros) {
  const std::string no_trace("\x0c\0\0\0\1\x0a\0\4\0\0\0\0\0\0\0\1\0", 17);
  EXPECT_EQ(decoded(Format::kThrift, no_trace),
            "error: traceId is all zeros reading List<Span> from TBinary");
  const std::string no_id("\x0c\0\0\0\1\x0a\0\1\0\0\0\0\0\0\0\1\0", 17);
  EXPECT_EQ(decoded(Format::kThrift, no_id),
            "error: id is all zeros reading List<Span> from TBinary");
}

}  // namespace
}  // namespace cairn::wire::zipkin
