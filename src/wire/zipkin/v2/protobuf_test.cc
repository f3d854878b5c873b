// SPDX-License-Identifier: Apache-2.0
//
// libprotobuf as the judge, with the message types of proto/zipkin: what it writes we read, and
// random spans come back equal from every format that can say them. CAIRN_SEED=<n> repeats a run.
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "wire/zipkin/testing.h"

namespace cairn::wire::zipkin {
namespace {

namespace pb = google::protobuf;
using testing::decoded;
using testing::translated;

class Types {
 public:
  Types() {
    std::ifstream in(CAIRN_ZIPKIN_TYPES, std::ios::binary);
    pb::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromIstream(&in)) << CAIRN_ZIPKIN_TYPES;
    for (const pb::FileDescriptorProto& file : files.file()) {
      EXPECT_NE(pool_.BuildFile(file), nullptr) << file.name();
    }
  }
  std::unique_ptr<pb::Message> make_list() {
    const pb::Descriptor* type = pool_.FindMessageTypeByName("zipkin.proto3.ListOfSpans");
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(type)->New());
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
};

// Spans in normal form, so that what we write must equal what we read.
class RandomSpans {
 public:
  explicit RandomSpans(std::uint64_t seed) : random_(seed) {}

  std::string text_format() {
    std::string text;
    for (std::uint64_t i = 0; i < 1 + below(3); ++i) text += "spans {" + span() + "}\n";
    return text;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool maybe() { return below(2) == 0; }
  std::string id(int bytes) {
    std::string text = "\"";
    for (int i = 0; i < bytes; ++i) text += "\\x" + std::string(1, "123456789abcdef"[below(15)]);
    return text + "\"";
  }
  std::string word() {
    constexpr const char* kWords[] = {"cart", "get /", "a\\\"b", "ü", "peer", "x y"};
    return kWords[below(std::size(kWords))];
  }
  std::string number() { return std::to_string(1 + below(1'700'000'000'000'000)); }

  std::string endpoint() {
    std::string text = "service_name: \"" + word() + "\" ";
    if (maybe()) text += "ipv4: \"\\x0a\\x00\\x01\\x02\" ";
    if (maybe()) text += "ipv6: \" \\x01\\x0d\\xb8\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x01\" ";
    if (maybe()) text += "port: " + std::to_string(1 + below(65535)) + " ";
    return text;
  }
  std::string span() {
    std::string text = "trace_id: " + id(maybe() ? 8 : 16) + " id: " + id(8);
    if (maybe()) text += " parent_id: " + id(8);
    if (maybe()) text += " name: \"" + word() + "\"";
    if (maybe()) text += " timestamp: " + number();
    if (maybe()) text += " duration: " + number();
    if (maybe()) text += " local_endpoint {" + endpoint() + "}";
    if (maybe()) text += " remote_endpoint {" + endpoint() + "}";
    if (maybe()) text += " debug: true";
    const std::uint64_t kind = below(5);
    if (kind != 0) text += " kind: " + std::to_string(kind);
    if (kind != 1 && maybe()) text += " shared: true";
    for (std::uint64_t i = 0; i < below(4); ++i) {
      text += " annotations { timestamp: " + std::to_string(1000 * i + 1 + below(1000)) +
              " value: \"" + word() + "\" }";
    }
    const char* const keys[] = {"",
                                "a",
                                "error",
                                "network.peer.address",
                                "otel.scope.name",
                                "peer.service",
                                "w3c.tracestate"};
    for (const char* key : keys) {
      if (below(3) == 0)
        text += " tags { key: \"" + std::string(key) + "\" value: \"" + word() + "\" }";
    }
    return text;
  }

  std::mt19937_64 random_;
};

std::uint64_t seed() {
  const char* given = std::getenv("CAIRN_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'101;
}

TEST(ZipkinOracle, RandomSpansComeBackFromProtobufAndJson) {
  Types types;
  RandomSpans random(seed());
  for (int round = 0; round < 1000; ++round) {
    const std::string text = random.text_format();
    const auto sent = types.make_list();
    ASSERT_TRUE(pb::TextFormat::ParseFromString(text, sent.get())) << text;
    const std::string bytes = sent->SerializeAsString();
    const std::string json = translated(Format::kProtobuf, bytes, Format::kJsonV2);
    for (const std::string& written : {translated(Format::kProtobuf, bytes, Format::kProtobuf),
                                       translated(Format::kJsonV2, json, Format::kProtobuf)}) {
      const auto got = types.make_list();
      ASSERT_TRUE(got->ParseFromString(written));
      ASSERT_TRUE(pb::util::MessageDifferencer::Equals(*sent, *got)) << text << "\n"
                                                                     << got->DebugString();
    }
  }
}

std::string from_text_format(const std::string& text) {
  Types types;
  const auto list = types.make_list();
  EXPECT_TRUE(pb::TextFormat::ParseFromString(text, list.get())) << text;
  return list->SerializeAsString();
}

TEST(ZipkinProtobuf, RefusesWhatZipkinRefuses) {
  const struct {
    std::string fields;
    std::string_view why;
  } cases[] = {
      {"id: '12345678'", "Missing : traceId"},
      {"trace_id: '12345678'", "Missing : id"},
      {"", "Missing : traceId id"},
      {"trace_id: '123' id: '12345678'", "traceId has 3 bytes, not 8 or 16"},
      {"trace_id: '12345678' id: '1234'", "id has 4 bytes, not 8"},
      {"trace_id: '12345678' id: '12345678' parent_id: '1'", "parentId has 1 bytes, not 8"},
      {"trace_id: '\\0\\0\\0\\0\\0\\0\\0\\0' id: '12345678'", "traceId is all zeros"},
      {"trace_id: '12345678' id: '\\0\\0\\0\\0\\0\\0\\0\\0'", "id is all zeros"},
      {"trace_id: '12345678' id: '12345678' local_endpoint { port: 65536 }", "invalid port 65536"},
  };
  for (const auto& [fields, why] : cases) {
    EXPECT_EQ(decoded(Format::kProtobuf, from_text_format("spans {" + fields + "}")),
              "error: " + std::string(why) + " reading List<Span> from proto3")
        << fields;
  }
  EXPECT_EQ(decoded(Format::kProtobuf, "\x0a\x05\x01"),
            "error: Truncated or malformed field at byte 0 reading List<Span> from proto3");
}

TEST(ZipkinProtobuf, PassesOverWhatItDoesNotKnow) {
  const std::string ids = "trace_id: '12345678' id: 'abcdefgh'";
  const std::string plain = decoded(Format::kProtobuf, from_text_format("spans {" + ids + "}"));
  const std::string odd =
      from_text_format("spans {" + ids +
                       " kind: 9 annotations { value: 'no time' } annotations { timestamp: 5 } "
                       "local_endpoint { ipv4: "
                       "'12345' port: -1 } parent_id: '\\0\\0\\0\\0\\0\\0\\0\\0' }");
  EXPECT_EQ(decoded(Format::kProtobuf, odd), plain);
}

}  // namespace
}  // namespace cairn::wire::zipkin
