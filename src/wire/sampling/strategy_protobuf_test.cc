// SPDX-License-Identifier: Apache-2.0
//
// The encoder against libprotobuf, which reads its bytes by proto/jaeger/api_v2/sampling.proto and
// writes them as JSON: it must be the JSON that we write ourselves.
#include "wire/sampling/strategy_protobuf.h"

#include <fstream>
#include <iterator>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "wire/sampling/strategy_json.h"

namespace cairn::wire::sampling {
namespace {

namespace pb = google::protobuf;
using model::SamplingStrategy;

class StrategyProtobuf : public testing::Test {
 protected:
  StrategyProtobuf() {
    std::ifstream file(CAIRN_SAMPLING_TYPES, std::ios::binary);
    pb::FileDescriptorSet types;
    EXPECT_TRUE(types.ParseFromIstream(&file));
    for (const auto& type : types.file()) EXPECT_NE(pool_.BuildFile(type), nullptr);
  }

  std::unique_ptr<pb::Message> make(const std::string& name) {
    const auto* type = pool_.FindMessageTypeByName("jaeger.api_v2." + name);
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(type)->New());
  }
  // What libprotobuf makes of the encoded strategy, as JSON with its zeros.
  nlohmann::json read_back(const SamplingStrategy& strategy) {
    auto message = make("SamplingStrategyResponse");
    EXPECT_TRUE(message->ParseFromString(encode_strategy(strategy)));
    pb::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    std::string json;
    EXPECT_TRUE(pb::util::MessageToJsonString(*message, &json, options).ok());
    return nlohmann::json::parse(json);
  }

  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_{&pool_};
};

TEST_F(StrategyProtobuf, SaysWhatTheJsonSays) {
  SamplingStrategy operations = SamplingStrategy::probabilistic(0.125);
  operations.per_operation = {.default_probability = 0.125,
                              .lower_bound_traces_per_second = 1.0 / 60,
                              .operations = {{"GET /", 1}, {"never", 0}, {"", 1e-5}},
                              .upper_bound_traces_per_second = 3};
  SamplingStrategy no_operations = SamplingStrategy::rate_limiting(1);
  no_operations.per_operation.emplace();
  const SamplingStrategy cases[] = {
      SamplingStrategy::probabilistic(0.42),
      SamplingStrategy::probabilistic(0),
      SamplingStrategy::rate_limiting(0),
      SamplingStrategy::rate_limiting(2'147'483'647),
      operations,
      no_operations,
  };
  for (const SamplingStrategy& strategy : cases) {
    const std::string json = encode_strategy_json(strategy, EnumForm::kName);
    EXPECT_EQ(read_back(strategy), nlohmann::json::parse(json)) << json;
  }
}

// Operations are named by whoever sends spans; protobuf's readers refuse the whole message for one
// byte that is no UTF-8.
TEST_F(StrategyProtobuf, NamesThatAreNoTextDoNotSpoilTheAnswer) {
  SamplingStrategy strategy = SamplingStrategy::probabilistic(0.5);
  strategy.per_operation = {.operations = {{"bad\xff\xfe", 0.25}, {"good", 0.5}}};
  const std::string bytes = encode_strategy(strategy);
  EXPECT_TRUE(is_valid_utf8(
      read_back(strategy)["operationSampling"]["perOperationStrategies"][0]["operation"]
          .get<std::string>()));
  EXPECT_EQ(bytes.find('\xff'), std::string::npos);
  EXPECT_EQ(read_back(strategy),
            nlohmann::json::parse(encode_strategy_json(strategy, EnumForm::kName)));
}

TEST_F(StrategyProtobuf, ReadsWhichServiceAsks) {
  auto request = make("SamplingStrategyParameters");
  EXPECT_EQ(decode_strategy_request({}).value(), "");
  const auto* field = request->GetDescriptor()->FindFieldByName("serviceName");
  request->GetReflection()->SetString(request.get(), field, "cart");
  const std::string bytes = request->SerializeAsString();
  EXPECT_EQ(decode_strategy_request(as_bytes(bytes)).value(), "cart");
  // A field of a later version is passed over.
  EXPECT_EQ(decode_strategy_request(as_bytes("\x10\x01" + bytes)).value(), "cart");
}

TEST_F(StrategyProtobuf, RefusesARequestThatIsNoMessage) {
  for (const std::string_view bytes : {"\x0a", "\x0a\x05hi", "\x07", "\xff\xff"}) {
    EXPECT_FALSE(decode_strategy_request(as_bytes(bytes)));
  }
}

}  // namespace
}  // namespace cairn::wire::sampling
