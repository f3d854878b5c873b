// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/zipkin: <case>.v2.json is a list of spans as a sender writes it, <case>.txt what it
// decodes to; .proto.bin, .v1.json and .thrift.bin are the same spans in the other formats and
// decode to the same text. The cases of kOnlyV2 say what version 1 cannot; those of kOnlyV1 are
// what its senders wrote. UPDATE_GOLDEN=1 writes the files anew, except those that are written by
// hand.
#include <gtest/gtest.h>

#include "base/golden_testing.h"
#include "wire/zipkin/testing.h"

namespace cairn::wire::zipkin {
namespace {

using testing::decoded;
using testing::translated;

const cairn::testing::GoldenFolder kGolden("zipkin");

struct Other {
  Format format;
  std::string suffix;
};
const Other kProtobuf = {Format::kProtobuf, ".proto.bin"};
const Other kJsonV1 = {Format::kJsonV1, ".v1.json"};
const Other kThrift = {Format::kThrift, ".thrift.bin"};

// That `body` decodes to the case's text, and again after it is encoded in its own format.
void expect_lossless(Format format, const std::string& body, const std::string& text) {
  EXPECT_EQ(decoded(format, body), text);
  EXPECT_EQ(decoded(format, translated(format, body, format)), text);
}

class ZipkinGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(ZipkinGolden, DecodesToItsTextAndBack) {
  const std::string json = kGolden.read(GetParam() + ".v2.json");
  kGolden.expect(GetParam() + ".txt", decoded(Format::kJsonV2, json));
  expect_lossless(Format::kJsonV2, json, kGolden.read(GetParam() + ".txt"));
}

TEST_P(ZipkinGolden, SaysTheSameInTheOtherFormats) {
  const std::string json = kGolden.read(GetParam() + ".v2.json");
  const std::string text = kGolden.read(GetParam() + ".txt");
  std::vector<Other> others = {kProtobuf};
  if (!GetParam().starts_with("only_v2")) others.insert(others.end(), {kJsonV1, kThrift});
  for (const Other& other : others) {
    const std::string file = GetParam() + other.suffix;
    kGolden.expect(file, translated(Format::kJsonV2, json, other.format));
    expect_lossless(other.format, kGolden.read(file), text);
  }
}

const std::string kCases[] = {"rpc", "messaging", "local", "only_v2"};
INSTANTIATE_TEST_SUITE_P(Cases, ZipkinGolden, ::testing::ValuesIn(kCases),
                         [](const auto& tested) { return tested.param; });

class ZipkinGoldenV1 : public ::testing::TestWithParam<std::string> {};

TEST_P(ZipkinGoldenV1, DecodesToItsTextAndBack) {
  const std::string json = kGolden.read(GetParam() + ".v1.json");
  kGolden.expect(GetParam() + ".txt", decoded(Format::kJsonV1, json));
  const std::string text = kGolden.read(GetParam() + ".txt");
  expect_lossless(Format::kJsonV1, json, text);
  kGolden.expect(GetParam() + ".thrift.bin", translated(Format::kJsonV1, json, Format::kThrift));
  expect_lossless(Format::kThrift, kGolden.read(GetParam() + ".thrift.bin"), text);
}

const std::string kV1Cases[] = {"only_v1"};
INSTANTIATE_TEST_SUITE_P(Cases, ZipkinGoldenV1, ::testing::ValuesIn(kV1Cases),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace cairn::wire::zipkin
