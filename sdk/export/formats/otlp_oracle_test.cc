// SPDX-License-Identifier: Apache-2.0
//
// libprotobuf as the judge of SpanView and of OTLP JSON: random TracesData are encoded by it,
// written as JSON by us, and read back equal by it. CAIRN_SEED=<n> repeats a run.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "sdk/export/formats/json/json_appender.h"
#include "sdk/export/formats/otlp_json.h"
#include "sdk/trace/protobuf_reader.h"

namespace cairn::trace::formats {
namespace {

namespace pb = google::protobuf;

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
  std::unique_ptr<pb::Message> make_traces() {
    const auto* type = pool_.FindMessageTypeByName("opentelemetry.proto.trace.v1.TracesData");
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(type)->New());
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
};

// Fills messages with what the SDK may say: no zero enumerations, valid trace states, one resource.
class RandomTraces {
 public:
  explicit RandomTraces(std::uint64_t seed) : random_(seed) {}

  void fill(pb::Message& message, int depth = 0) {
    const pb::Descriptor& type = *message.GetDescriptor();
    if (type.name() == "AnyValue") {
      const auto kind = static_cast<int>(below(8));
      const bool is_nesting = kind == 4 || kind == 5;
      if (kind < 7 && (!is_nesting || depth < 6)) fill_field(message, *type.field(kind), depth + 1);
      return;
    }
    for (int i = 0; i < type.field_count(); ++i) {
      if (is_needed(*type.field(i)) || below(2) == 0) fill_field(message, *type.field(i), depth);
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  // Those that we always write; without a code a Status says nothing.
  static bool is_needed(const pb::FieldDescriptor& field) {
    for (const char* name : {"resource", "scope", "resource_spans", "scope_spans", "value", "kind",
                             "trace_id", "span_id", "code", "spans", "flags"}) {
      if (field.name() == name) return true;
    }
    return false;
  }

  void fill_field(pb::Message& message, const pb::FieldDescriptor& field, int depth) {
    const pb::Reflection& set = *message.GetReflection();
    if (field.is_repeated()) {
      const std::uint64_t count = field.name() == "resource_spans" ? 1 : below(3) + 1;
      for (std::uint64_t i = 0; i < count; ++i) fill(*set.AddMessage(&message, &field), depth);
      return;
    }
    const bool is_link = message.GetDescriptor()->name() == "Link";
    switch (field.type()) {
      case pb::FieldDescriptor::TYPE_MESSAGE:
        return fill(*set.MutableMessage(&message, &field), depth);
      case pb::FieldDescriptor::TYPE_STRING:
        return set.SetString(&message, &field, field.name() == "trace_state" ? "k=v,l=w" : text());
      case pb::FieldDescriptor::TYPE_BYTES:
        return set.SetString(&message, &field, bytes(field.name()));
      case pb::FieldDescriptor::TYPE_ENUM:
        return set.SetEnumValue(&message, &field, static_cast<int>(below(2)) + 1);
      case pb::FieldDescriptor::TYPE_BOOL:
        return set.SetBool(&message, &field, below(2) == 0);
      case pb::FieldDescriptor::TYPE_INT64:
        return set.SetInt64(&message, &field, static_cast<std::int64_t>(any_size()));
      case pb::FieldDescriptor::TYPE_DOUBLE:
        return set.SetDouble(&message, &field, real());
      case pb::FieldDescriptor::TYPE_FIXED64:
        return set.SetUInt64(&message, &field, any_size());
      case pb::FieldDescriptor::TYPE_FIXED32:
        return set.SetUInt32(
            &message, &field,
            is_link ? (below(2) == 0 ? 0x301 : 0x101) : static_cast<std::uint32_t>(any_size()));
      default:  // uint32
        return set.SetUInt32(&message, &field, static_cast<std::uint32_t>(any_size()));
    }
  }

  std::uint64_t any_size() { return random_() >> below(64); }
  double real() {
    if (below(8) == 0) return below(2) == 0 ? INFINITY : -INFINITY;
    return std::ldexp(static_cast<double>(random_()), static_cast<int>(below(600)) - 300);
  }
  std::string text() {
    constexpr const char* kPieces[] = {"a",         "\"",       "\\",           "\n",
                                       "\x01",      "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                                       "</script>", "\x7F"};
    std::string out;
    for (std::uint64_t n = below(12); n > 0; --n) out += kPieces[below(std::size(kPieces))];
    return out;
  }
  std::string bytes(const std::string& name) {
    const std::size_t size = name == "trace_id"                          ? 16
                             : name.find("span_id") != std::string::npos ? 8
                                                                         : below(20);
    std::string out(size, '\1');
    for (char& c : out) c = static_cast<char>(random_());
    if (size == 8 || size == 16) out[0] = '\1';  // not all zeros
    return out;
  }

  std::mt19937_64 random_;
};

// A SpanBatch of the first resource, in its own memory.
class OwnedBatch {
 public:
  explicit OwnedBatch(const pb::Message& traces) : encoded_(traces.SerializeAsString()) {
    const SpanBytes whole{reinterpret_cast<const std::uint8_t*>(encoded_.data()), encoded_.size()};
    each(whole, [&](const ProtobufReader::Field& resource_spans) {
      each(resource_spans.bytes, [&](const ProtobufReader::Field& field) {
        if (field.tag == bytes_tag(1)) batch_.resource = field.bytes;
        if (field.tag == bytes_tag(2)) add_scope(field.bytes);
        if (field.tag == bytes_tag(3)) batch_.resource_schema_url = field.text();
      });
    });
  }
  const SpanBatch& batch() const { return batch_; }

 private:
  template <class Visit>
  static void each(SpanBytes message, Visit visit) {
    ProtobufReader reader(message);
    for (ProtobufReader::Field field; reader.next(field);) visit(field);
  }

  // The message itself serves as its `spans`: readers skip what is not a span.
  void add_scope(SpanBytes message) {
    ScopeSpans& scope = batch_.scopes.emplace_back();
    scope.spans.push_back(message);
    each(message, [&](const ProtobufReader::Field& field) {
      if (field.tag == bytes_tag(1)) scope.scope = field.bytes;
      if (field.tag == bytes_tag(2)) ++scope.span_count;
      if (field.tag == bytes_tag(3)) scope.schema_url = field.text();
    });
    each(scope.scope, [&](const ProtobufReader::Field& field) {
      if (field.tag == bytes_tag(1)) scope.name = field.text();
      if (field.tag == bytes_tag(2)) scope.version = field.text();
    });
    batch_.span_count += scope.span_count;
    batch_.byte_count += message.size;
  }

  std::string encoded_;
  SpanBatch batch_;
};

// OTLP writes ids in hex where protobuf's JSON reads base64: undoes it.
std::string id_of(const std::string& read_as_base64) {
  std::string hex;
  append_base64(read_as_base64, hex);
  TraceId trace;
  if (TraceId::from_hex(hex, trace)) return {reinterpret_cast<char*>(trace.bytes), 16};
  SpanId span;
  EXPECT_TRUE(SpanId::from_hex(hex, span)) << hex;
  return {reinterpret_cast<char*>(span.bytes), 8};
}

void correct_ids(pb::Message& message) {
  const pb::Reflection& access = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  access.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->type() == pb::FieldDescriptor::TYPE_BYTES && field->name() != "bytes_value") {
      access.SetString(&message, field, id_of(access.GetString(message, field)));
    }
    if (field->type() != pb::FieldDescriptor::TYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      correct_ids(*access.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < access.FieldSize(message, field); ++i) {
      correct_ids(*access.MutableRepeatedMessage(&message, field, i));
    }
  }
}

TEST(OtlpOracle, ReadsOurJsonBackEqual) {
  Types types;
  const char* wanted = std::getenv("CAIRN_SEED");
  const std::uint64_t first = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 1;
  const std::uint64_t last = wanted != nullptr ? first : 300;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("CAIRN_SEED=" + std::to_string(seed));
    const auto sent = types.make_traces();
    RandomTraces(seed).fill(*sent);
    const OwnedBatch owned(*sent);
    const std::string json = to_otlp_json(owned.batch());
    const auto read = types.make_traces();
    const auto status = pb::util::JsonStringToMessage(json, read.get());
    ASSERT_TRUE(status.ok()) << status.ToString() << '\n' << json;
    correct_ids(*read);
    std::string difference;
    pb::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    ASSERT_TRUE(differencer.Compare(*sent, *read)) << difference;
  }
}

}  // namespace
}  // namespace cairn::trace::formats
