// SPDX-License-Identifier: Apache-2.0
//
// libprotobuf as the judge of what we write around the spans.
#include "sdk/export/otlp_request.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "sdk/export/testing/batches.h"

namespace cairn::trace::transport {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::OtlpRequestMessage;
using testing::OwnedBatch;

std::string joined(const SpanBatch& batch) {
  std::string prefixes, bytes;
  Segments segments;
  append_otlp_request(batch, prefixes, segments);
  for (const Segment& piece : segments) {
    bytes.append(static_cast<const char*>(piece.data), piece.size);
  }
  EXPECT_EQ(bytes.size(), size_of(segments));
  return bytes;
}

// Without the fields that are written empty where protobuf leaves them out.
void expect_same(const OtlpRequestMessage& request) {
  const OwnedBatch batch(request);
  OtlpRequestMessage read;
  ASSERT_TRUE(read.ParseFromString(joined(batch.batch())));
  EXPECT_TRUE(MessageDifferencer::Equivalent(read, request)) << read.DebugString();
}

TEST(OtlpRequest, IsWhatProtobufReads) {
  for (const int spans : {1, 2, 3, 7, 100, 2000}) expect_same(testing::sample_request(spans));
}

TEST(OtlpRequest, ProtobufWritesTheSameBytes) {
  const OtlpRequestMessage request = testing::sample_request(20);
  EXPECT_EQ(joined(OwnedBatch(request).batch()), request.SerializeAsString());
}

TEST(OtlpRequest, LengthsOfEverySizeAreExact) {
  // Around the steps of a varint: 1, 2, 3 bytes of length, for the scope and all around it.
  for (const std::size_t around : {std::size_t{128}, std::size_t{16384}, std::size_t{2097152}}) {
    for (std::size_t size = around - 60; size < around + 4; ++size) {
      OtlpRequestMessage request = testing::sample_request(1);
      request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_name(
          std::string(size, 'x'));
      request.mutable_resource_spans(0)->mutable_scope_spans(1)->mutable_scope()->set_name(
          std::string(size, 'y'));
      ASSERT_EQ(joined(OwnedBatch(request).batch()), request.SerializeAsString()) << size;
    }
  }
}

TEST(OtlpRequest, HasNoSchemaUrlWhenThereIsNone) {
  OtlpRequestMessage request = testing::sample_request(4);
  request.mutable_resource_spans(0)->clear_schema_url();
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->clear_schema_url();
  EXPECT_EQ(joined(OwnedBatch(request).batch()), request.SerializeAsString());
}

TEST(OtlpRequest, EmptyResourceAndScopeAreWritten) {
  OtlpRequestMessage request = testing::sample_request(2);
  request.mutable_resource_spans(0)->mutable_resource()->Clear();
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_scope()->Clear();
  expect_same(request);
}

TEST(OtlpRequest, SpansAreNotCopied) {
  const OwnedBatch batch(testing::sample_request(6));
  std::string prefixes;
  Segments segments;
  append_otlp_request(batch.batch(), prefixes, segments);
  for (const ScopeSpans& scope : batch.batch().scopes) {
    for (const SpanBytes& spans : scope.spans) {
      const auto is_it = [&](const Segment& piece) { return piece.data == spans.data; };
      EXPECT_TRUE(std::any_of(segments.begin(), segments.end(), is_it));
    }
  }
}

}  // namespace
}  // namespace cairn::trace::transport
