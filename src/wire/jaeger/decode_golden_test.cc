// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/jaeger_json and jaeger_proto: <case>.json or <case>.textproto is an input,
// <case>.txt what it decodes to; <case>.bin is what the .textproto is as bytes. UPDATE_GOLDEN=1
// writes .txt and .bin anew.
#include <algorithm>

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/golden_testing.h"
#include "model/text.h"
#include "wire/jaeger/json.h"
#include "wire/jaeger/json_decode.h"
#include "wire/jaeger/protobuf.h"
#include "wire/jaeger/testing.h"

namespace cairn::wire::jaeger {
namespace {

using nlohmann::json;
using testing::jaeger_types;

using Decode = Result<model::Rejections> (*)(ByteView, model::Batch&);

const cairn::testing::GoldenFolder kGolden(".");

std::string decoded_text(Decode decode, const std::string& input) {
  model::Batch batch;
  const auto rejections = decode(as_bytes(input), batch);
  EXPECT_TRUE(rejections) << rejections.error().message;
  return model::to_text(batch) + (rejections ? rejections->to_text() : "") + "\n";
}

// Tags, and what else has no order of its own.
void sort_tags(json& value) {
  for (json& member : value) {
    if (member.is_structured()) sort_tags(member);
  }
  if (!value.is_array() || value.empty() || !value[0].contains("key")) return;
  std::sort(value.begin(), value.end(),
            [](const json& a, const json& b) { return a.dump() < b.dump(); });
}

class GoldenJson : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenJson, DecodesToItsText) {
  const std::string name = "jaeger_json/" + std::string(GetParam());
  const Decode decode =
      name.find("/span_") != std::string::npos ? decode_span_json : decode_ui_json;
  kGolden.expect(name + ".txt", decoded_text(decode, kGolden.read(name + ".json")));
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenJson,
                         ::testing::Values("ui_trace", "ui_64_bit_ids", "ui_old_forms",
                                           "ui_rejected", "span_every_field"),
                         [](const auto& tested) { return std::string(tested.param); });

class GoldenUiTrace : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenUiTrace, EncodesToTheSameTrace) {
  const std::string text = kGolden.read("jaeger_json/" + std::string(GetParam()) + ".json");
  model::Batch batch;
  ASSERT_TRUE(decode_ui_json(as_bytes(text), batch));
  std::string encoded;
  append_trace(encoded, batch, {}, {});
  json expected = json::parse(text);
  if (expected.contains("data")) expected = json(expected["data"][0]);
  json actual = json::parse(encoded);
  sort_tags(expected);
  sort_tags(actual);
  EXPECT_EQ(actual, expected) << json::diff(actual, expected).dump(1);
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenUiTrace, ::testing::Values("ui_trace", "ui_64_bit_ids"),
                         [](const auto& tested) { return std::string(tested.param); });

class GoldenProto : public ::testing::TestWithParam<const char*> {
 protected:
  std::string name() const { return "jaeger_proto/" + std::string(GetParam()); }
  std::unique_ptr<google::protobuf::Message> message() const {
    return jaeger_types().make("PostSpansRequest", kGolden.read(name() + ".textproto"));
  }
};

TEST_P(GoldenProto, DecodesToItsText) {
  kGolden.expect(name() + ".bin", message()->SerializeAsString());
  kGolden.expect(name() + ".txt", decoded_text(decode_post_spans, kGolden.read(name() + ".bin")));
}

TEST_P(GoldenProto, EncodesToWhatDecodesToTheSame) {
  const std::string bytes = kGolden.read(name() + ".bin");
  model::Batch batch;
  ASSERT_TRUE(decode_post_spans(as_bytes(bytes), batch));
  const std::string encoded = encode_post_spans(batch);
  EXPECT_TRUE(jaeger_types().make("PostSpansRequest")->ParseFromString(encoded));
  model::Batch again;
  const auto rejections = decode_post_spans(as_bytes(encoded), again);
  ASSERT_TRUE(rejections);
  EXPECT_FALSE(rejections->any());
  EXPECT_EQ(model::to_text(again), model::to_text(batch));
}

// What libprotobuf makes of each span in JSON reads as the span itself.
TEST_P(GoldenProto, ItsSpansReadTheSameInJson) {
  const std::string bytes = kGolden.read(name() + ".bin");
  model::Batch batch;
  ASSERT_TRUE(decode_post_spans(as_bytes(bytes), batch));
  for (const model::Span& span : batch.spans) {
    const std::string one = encode_span(batch, span);
    const auto typed = jaeger_types().make("Span");
    ASSERT_TRUE(typed->ParseFromString(one));
    std::string text;
    if (!google::protobuf::util::MessageToJsonString(*typed, &text).ok()) continue;
    model::Batch from_json;
    ASSERT_TRUE(decode_span_json(as_bytes(text), from_json));
    model::Batch from_bytes;
    ASSERT_TRUE(decode_span(as_bytes(one), from_bytes));
    EXPECT_EQ(model::to_text(from_json), model::to_text(from_bytes)) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenProto,
                         ::testing::Values("every_field", "processes", "rejected", "times"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace cairn::wire::jaeger
