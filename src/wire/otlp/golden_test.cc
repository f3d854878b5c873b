// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/otlp: <case>.bin is a request, <case>.txt what it decodes to, <case>.json what it is
// encoded to. The cases of kJsonInputs have hand-written JSON instead of a .bin.
// UPDATE_GOLDEN=1 writes the files anew.
#include <gtest/gtest.h>

#include "base/golden_testing.h"
#include "model/text.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/otlp/testing.h"

namespace cairn::wire::otlp {
namespace {

using testing::GoldenCase;

const cairn::testing::GoldenFolder kGolden("otlp");

std::string text_of(const model::Batch& batch, const model::Rejections& rejections) {
  return model::to_text(batch) + rejections.to_text() + "\n";
}

class GoldenProtobuf : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenProtobuf, DecodesToItsText) {
  kGolden.expect(GetParam().name + ".bin", GetParam().bytes);
  const std::string bytes = kGolden.read(GetParam().name + ".bin");
  model::Batch batch;
  const auto rejections = decode_traces(as_bytes(bytes), batch);
  ASSERT_TRUE(rejections) << rejections.error().message;
  kGolden.expect(GetParam().name + ".txt", text_of(batch, *rejections));
}

TEST_P(GoldenProtobuf, EncodesToWhatDecodesToTheSame) {
  model::Batch batch;
  ASSERT_TRUE(decode_traces(as_bytes(GetParam().bytes), batch));
  std::string encoded;
  encode_traces(batch, encoded);
  model::Batch again;
  ASSERT_TRUE(decode_traces(as_bytes(encoded), again));
  EXPECT_EQ(model::to_text(again), model::to_text(batch));
}

TEST_P(GoldenProtobuf, EncodesToItsJsonAndBack) {
  if (!GetParam().has_json) return;  // JSON has no words for this case
  model::Batch batch;
  const auto rejections = decode_traces(as_bytes(GetParam().bytes), batch);
  ASSERT_TRUE(rejections);
  std::string json;
  encode_traces_json(batch, json);
  kGolden.expect(GetParam().name + ".json", json + "\n");
  model::Batch again;
  const auto rejected_again = decode_traces_json(as_bytes(json), again);
  ASSERT_TRUE(rejected_again) << rejected_again.error().message;
  EXPECT_EQ(text_of(again, *rejected_again), text_of(batch, *rejections));
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenProtobuf, ::testing::ValuesIn(testing::golden_cases()),
                         [](const auto& tested) { return tested.param.name; });

class GoldenJson : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenJson, DecodesToItsText) {
  const std::string json = kGolden.read(GetParam() + ".json");
  model::Batch batch;
  const auto rejections = decode_traces_json(as_bytes(json), batch);
  ASSERT_TRUE(rejections) << rejections.error().message;
  kGolden.expect(GetParam() + ".txt", text_of(batch, *rejections));
}

const std::string kJsonInputs[] = {"json_tolerant", "json_rejected"};
INSTANTIATE_TEST_SUITE_P(Cases, GoldenJson, ::testing::ValuesIn(kJsonInputs),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace cairn::wire::otlp
