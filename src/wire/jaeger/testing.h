// SPDX-License-Identifier: Apache-2.0
//
// For tests: Jaeger's messages as libprotobuf writes and reads them, from the types of
// proto/jaeger.
//   JaegerTypes types; types.bytes("PostSpansRequest", "batch { spans { … } }")
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace cairn::wire::jaeger::testing {

class JaegerTypes {
 public:
  using Message = google::protobuf::Message;

  JaegerTypes() {
    std::ifstream in(CAIRN_JAEGER_TYPES, std::ios::binary);
    google::protobuf::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromIstream(&in)) << CAIRN_JAEGER_TYPES;
    for (const auto& file : files.file()) {
      EXPECT_NE(pool_.BuildFile(file), nullptr) << file.name();
    }
  }
  // An empty message of `jaeger.api_v2`.
  std::unique_ptr<Message> make(const std::string& name) {
    const auto* type = pool_.FindMessageTypeByName("jaeger.api_v2." + name);
    return std::unique_ptr<Message>(factory_.GetPrototype(type)->New());
  }
  // A message written in protobuf's text form.
  std::unique_ptr<Message> make(const std::string& name, const std::string& text) {
    auto made = make(name);
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, made.get())) << text;
    return made;
  }
  std::string bytes(const std::string& name, const std::string& text) {
    return make(name, text)->SerializeAsString();
  }

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
};

// Tests that run in one process share them.
inline JaegerTypes& jaeger_types() {
  static JaegerTypes types;
  return types;
}

// The least a span needs, in protobuf's text form: trace 0102…0f10, span a1a2…a8.
inline const std::string kIds =
    R"(trace_id: "\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020" )"
    R"(span_id: "\241\242\243\244\245\246\247\250" )";

}  // namespace cairn::wire::jaeger::testing
