// SPDX-License-Identifier: Apache-2.0
//
// libprotobuf as the judge, with the message types of proto/: what it writes we read, what we write
// it reads, and random messages come back equal. CAIRN_SEED=<n> repeats a run.
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/otlp/testing.h"

namespace cairn::wire::otlp {
namespace {

namespace pb = google::protobuf;

// The message types of proto/, as protoc describes them at build time.
class Types {
 public:
  Types() {
    std::ifstream in(CAIRN_OTLP_TYPES, std::ios::binary);
    pb::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromIstream(&in)) << CAIRN_OTLP_TYPES;
    for (const pb::FileDescriptorProto& file : files.file()) {
      EXPECT_NE(pool_.BuildFile(file), nullptr) << file.name();
    }
  }
  std::unique_ptr<pb::Message> make(const std::string& name) {
    return std::unique_ptr<pb::Message>(
        factory_.GetPrototype(pool_.FindMessageTypeByName(name))->New());
  }
  std::unique_ptr<pb::Message> make_request() {
    return make("opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest");
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
};

// Fills messages at random, so that decode_traces accepts every span: ids have their lengths, and
// every group has a span.
class RandomMessages {
 public:
  explicit RandomMessages(std::uint64_t seed) : random_(seed) {}

  void fill(pb::Message& message, int depth = 0) {
    const pb::Descriptor& type = *message.GetDescriptor();
    if (type.name() == "AnyValue") return fill_value(message, depth);
    for (int i = 0; i < type.field_count(); ++i) {
      const pb::FieldDescriptor& field = *type.field(i);
      const bool needed = field.name() == "resource" || field.name() == "scope" ||
                          field.name() == "value" || field.name() == "spans" ||
                          field.name() == "scope_spans" || field.name() == "resource_spans" ||
                          field.name() == "trace_id" || field.name() == "span_id";
      if (needed || below(2) == 0) fill_field(message, field, depth);
    }
    const bool keeps_unknown = type.name() != "KeyValue" && type.name() != "ArrayValue" &&
                               type.name() != "KeyValueList" &&
                               type.name() != "ExportTraceServiceRequest";
    if (keeps_unknown && below(4) == 0) add_unknown(message);
    // An empty Status says the same as none, and is written as none.
    if (type.name() == "Status" && message.ByteSizeLong() == 0) {
      message.GetReflection()->SetString(&message, type.FindFieldByName("message"), "not empty");
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  // At most one of the seven kinds.
  void fill_value(pb::Message& value, int depth) {
    const pb::Descriptor& type = *value.GetDescriptor();
    const auto kind = static_cast<int>(below(8));
    if (kind == 7) return;
    if (type.field(kind)->message_type() != nullptr && depth > 8) return;
    fill_field(value, *type.field(kind), depth + 1);
  }

  void fill_field(pb::Message& message, const pb::FieldDescriptor& field, int depth) {
    const pb::Reflection& set = *message.GetReflection();
    if (field.is_repeated()) {
      for (std::uint64_t n = below(3) + 1; n > 0; --n)
        fill(*set.AddMessage(&message, &field), depth);
      return;
    }
    switch (field.type()) {
      case pb::FieldDescriptor::TYPE_MESSAGE:
        return fill(*set.MutableMessage(&message, &field), depth);
      case pb::FieldDescriptor::TYPE_STRING:
        return set.SetString(&message, &field, text());
      case pb::FieldDescriptor::TYPE_BYTES:
        return set.SetString(&message, &field, bytes(field.name()));
      case pb::FieldDescriptor::TYPE_ENUM:
        return set.SetEnumValue(&message, &field, static_cast<int>(below(8)) - 1);
      case pb::FieldDescriptor::TYPE_BOOL:
        return set.SetBool(&message, &field, below(2) == 0);
      case pb::FieldDescriptor::TYPE_INT64:
        return set.SetInt64(&message, &field, static_cast<std::int64_t>(any_size()));
      case pb::FieldDescriptor::TYPE_DOUBLE:
        return set.SetDouble(&message, &field, static_cast<double>(any_size()) / 1024);
      case pb::FieldDescriptor::TYPE_FIXED64:
        return set.SetUInt64(&message, &field, any_size());
      default:  // uint32 and fixed32
        return set.SetUInt32(&message, &field, static_cast<std::uint32_t>(any_size()));
    }
  }

  // Values of every length as a varint.
  std::uint64_t any_size() { return random_() >> below(64); }
  std::string text() {
    std::string out(below(10) == 0 ? below(300) : below(20), ' ');
    for (char& c : out) c = static_cast<char>(' ' + below(95));
    return out;
  }
  std::string bytes(const std::string& field) {
    std::string out(field == "trace_id" ? 16 : field == "bytes_value" ? below(40) : 8, ' ');
    for (char& c : out) c = static_cast<char>(below(256));
    if (!out.empty()) out[0] = 'x';
    return out;
  }
  void add_unknown(pb::Message& message) {
    pb::UnknownFieldSet& unknown = *message.GetReflection()->MutableUnknownFields(&message);
    for (std::uint64_t n = below(3); n > 0; --n) {
      const int field = 1000 + static_cast<int>(below(100'000));
      switch (below(4)) {
        case 0:
          unknown.AddVarint(field, any_size());
          break;
        case 1:
          unknown.AddFixed64(field, any_size());
          break;
        case 2:
          unknown.AddFixed32(field, static_cast<std::uint32_t>(any_size()));
          break;
        default:
          unknown.AddLengthDelimited(field, text());
      }
    }
  }

  std::mt19937_64 random_;
};

std::uint64_t chosen_seed() {
  const char* chosen = std::getenv("CAIRN_SEED");
  return chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : std::random_device()();
}

TEST(OtlpOracle, RandomRequestsComeBackEqual) {
  const std::uint64_t seed = chosen_seed();
  SCOPED_TRACE("CAIRN_SEED=" + std::to_string(seed));
  Types types;
  RandomMessages random(seed);
  for (int i = 0; i < 300; ++i) {
    const auto sent = types.make_request();
    random.fill(*sent);
    const std::string bytes = sent->SerializeAsString();
    model::Batch batch;
    const auto rejections = decode_traces(as_bytes(bytes), batch);
    ASSERT_TRUE(rejections) << rejections.error().message;
    ASSERT_FALSE(rejections->any()) << rejections->to_text();
    std::string encoded;
    encode_traces(batch, encoded);
    const auto received = types.make_request();
    ASSERT_TRUE(received->ParseFromString(encoded));
    std::string difference;
    pb::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    ASSERT_TRUE(differencer.Compare(*sent, *received)) << difference;
    // Nothing but the order of unknown fields may move, and it does not.
    EXPECT_EQ(bytes.size(), encoded.size());
  }
}

TEST(OtlpOracle, RandomBatchesSurviveJson) {
  const std::uint64_t seed = chosen_seed();
  SCOPED_TRACE("CAIRN_SEED=" + std::to_string(seed));
  Types types;
  RandomMessages random(seed);
  for (int i = 0; i < 300; ++i) {
    const auto sent = types.make_request();
    random.fill(*sent);
    sent->DiscardUnknownFields();
    const std::string bytes = sent->SerializeAsString();
    model::Batch batch;
    ASSERT_TRUE(decode_traces(as_bytes(bytes), batch));
    std::string json;
    encode_traces_json(batch, json);
    model::Batch again;
    const auto rejections = decode_traces_json(as_bytes(json), again);
    ASSERT_TRUE(rejections) << rejections.error().message;
    ASSERT_FALSE(rejections->any()) << rejections->to_text();
    ASSERT_EQ(again.spans.size(), batch.spans.size());
    for (std::size_t s = 0; s < batch.spans.size(); ++s) {
      const model::Span& before = batch.spans[s];
      const model::Span& after = again.spans[s];
      ASSERT_TRUE(same_content(before, after)) << json;
      ASSERT_TRUE(same_content(batch.scope_of(before), again.scope_of(after))) << json;
      ASSERT_TRUE(same_content(batch.resource_of(before), again.resource_of(after))) << json;
    }
  }
}

TEST(OtlpOracle, GoldenRequestsParseAsTheirTypes) {
  Types types;
  for (const testing::GoldenCase& golden : testing::golden_cases()) {
    if (golden.name == "rejected" || golden.name == "deep" || golden.name == "invalid_utf8")
      continue;
    EXPECT_TRUE(types.make_request()->ParseFromString(golden.bytes)) << golden.name;
  }
}

TEST(OtlpOracle, TheExportResponseReadsBack) {
  Types types;
  const auto response =
      types.make("opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse");
  ASSERT_TRUE(response->ParseFromString(encode_export_response(300, "bad ids")));
  EXPECT_EQ(response->ShortDebugString(),
            R"(partial_success { rejected_spans: 300 error_message: "bad ids" })");
}

TEST(OtlpOracle, TheStatusReadsBackWithItsRetryDelay) {
  Types types;
  const auto status = types.make("google.rpc.Status");
  ASSERT_TRUE(status->ParseFromString(encode_status(8, "full", 30)));
  const pb::Reflection& get = *status->GetReflection();
  const pb::Descriptor& type = *status->GetDescriptor();
  EXPECT_EQ(get.GetInt32(*status, type.FindFieldByName("code")), 8);
  EXPECT_EQ(get.GetString(*status, type.FindFieldByName("message")), "full");
  const pb::FieldDescriptor* details = type.FindFieldByName("details");
  ASSERT_EQ(get.FieldSize(*status, details), 1);
  pb::Any detail;
  ASSERT_TRUE(
      detail.ParseFromString(get.GetRepeatedMessage(*status, details, 0).SerializeAsString()));
  EXPECT_EQ(detail.type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  const auto retry = types.make("google.rpc.RetryInfo");
  ASSERT_TRUE(retry->ParseFromString(detail.value()));
  EXPECT_EQ(retry->ShortDebugString(), "retry_delay { seconds: 30 }");
}

}  // namespace
}  // namespace cairn::wire::otlp
