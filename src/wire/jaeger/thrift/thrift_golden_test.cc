// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/jaeger_thrift: <case>.batch.bin, <case>.compact.bin, <case>.binary.bin and
// <case>.old_binary.bin are one batch in every framing, <case>.txt is what each decodes to.
// UPDATE_GOLDEN=1 writes the files anew.
#include <gtest/gtest.h>

#include "base/golden_testing.h"
#include "model/text.h"
#include "wire/jaeger/thrift.h"
#include "wire/jaeger/thrift/thrift_cases.h"

namespace cairn::wire::jaeger {
namespace {

using testing::BatchCase;
using testing::Framing;

struct NamedFraming {
  Framing framing;
  const char* name;
};
constexpr NamedFraming kFramings[] = {{Framing::kBatch, "batch"},
                                      {Framing::kCompact, "compact"},
                                      {Framing::kBinary, "binary"},
                                      {Framing::kOldBinary, "old_binary"}};

const cairn::testing::GoldenFolder kGolden("jaeger_thrift");

Result<model::Rejections> decode(Framing framing, const std::string& bytes, model::Batch& batch) {
  return framing == Framing::kBatch ? decode_thrift_batch(as_bytes(bytes), batch)
                                    : decode_agent_message(as_bytes(bytes), batch);
}

class GoldenThrift : public ::testing::TestWithParam<BatchCase> {};

TEST_P(GoldenThrift, DecodesToItsTextInEveryFraming) {
  for (const auto& [framing, name] : kFramings) {
    const std::string file = GetParam().name + "." + name + ".bin";
    kGolden.expect(file, testing::to_thrift(GetParam(), framing));
    const std::string bytes = kGolden.read(file);
    model::Batch batch;
    const auto rejections = decode(framing, bytes, batch);
    ASSERT_TRUE(rejections) << rejections.error().message;
    kGolden.expect(GetParam().name + ".txt", model::to_text(batch) + rejections->to_text() + "\n");
  }
}

TEST_P(GoldenThrift, EncodesToWhatDecodesToTheSame) {
  const std::string bytes = testing::to_thrift(GetParam(), Framing::kBatch);
  model::Batch batch;
  ASSERT_TRUE(decode_thrift_batch(as_bytes(bytes), batch));
  const auto expect_same = [&](const std::vector<std::string>& encoded, Framing framing) {
    model::Batch again;
    for (const std::string& one : encoded) {
      const auto rejections = decode(framing, one, again);
      ASSERT_TRUE(rejections) << rejections.error().message;
      EXPECT_FALSE(rejections->any());
    }
    EXPECT_EQ(model::to_text(again), model::to_text(batch));
  };
  expect_same(encode_thrift_batches(ThriftProtocol::kBinary, batch), Framing::kBatch);
  expect_same(encode_agent_messages(ThriftProtocol::kBinary, batch), Framing::kBinary);
  expect_same(encode_agent_messages(ThriftProtocol::kCompact, batch), Framing::kCompact);
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenThrift, ::testing::ValuesIn(testing::golden_cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(GoldenThriftFiles, AClientWithUnknownFieldsIsReadAsTheOneWithout) {
  EXPECT_EQ(kGolden.read("unknown_fields.txt"), kGolden.read("full.txt"));
  EXPECT_EQ(kGolden.read("process_last.txt"), kGolden.read("full.txt"));
}

}  // namespace
}  // namespace cairn::wire::jaeger
