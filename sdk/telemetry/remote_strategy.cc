// SPDX-License-Identifier: Apache-2.0
//
// The answers: proto3 JSON of jaeger.api_v2.SamplingStrategyResponse, the enum by name or by
// number, zeros perhaps left out. JSON is YAML, so yaml-cpp reads it.
#include "sdk/telemetry/remote_strategy.h"

#include <exception>

#include <yaml-cpp/yaml.h>

#include "sdk/sampling/ratio.h"
#include "sdk/telemetry/text_values.h"

namespace cairn::telemetry {
namespace {

std::shared_ptr<trace::TokenBucket> bucket_of(double rate, const RemoteRule* before) {
  if (before != nullptr && before->bucket != nullptr && before->bucket_rate == rate) {
    return before->bucket;
  }
  return std::make_shared<trace::TokenBucket>(rate);
}

RemoteRule probabilistic(double ratio, double lower_bound, const RemoteRule* before) {
  RemoteRule rule;
  rule.parameter = trace::clamped_ratio(ratio);
  rule.rejection_threshold = trace::rejection_threshold(ratio);
  if (lower_bound > 0) {
    rule.bucket = bucket_of(lower_bound, before);
    rule.bucket_rate = lower_bound;
  }
  return rule;
}

RemoteRule rate_limiting(double rate, const RemoteRule* before) {
  RemoteRule rule;
  rule.type = RemoteRule::Type::kRateLimiting;
  rule.parameter = rate;
  rule.bucket = bucket_of(rate, before);
  rule.bucket_rate = rate;
  return rule;
}

// The number under `key`; `absent` when there is none. Negative numbers are not understood.
double number(const YAML::Node& node, const char* key, double absent) {
  const YAML::Node value = node[key];
  double result = 0;
  if (!value.IsDefined() || !value.IsScalar() || !parse_number(value.Scalar(), result) ||
      result < 0) {
    return absent;
  }
  return result;
}

bool is_map(const YAML::Node& node) {
  return node.IsDefined() && node.IsMap();
}

}  // namespace

class StrategyReader {
 public:
  StrategyReader(std::size_t max_operations, const RemoteStrategy* before)
      : max_operations_(max_operations), before_(before), out_(new RemoteStrategy()) {}

  std::unique_ptr<RemoteStrategy> read(const YAML::Node& answer, std::string& error) {
    if (!is_map(answer)) {
      error = "the answer is not an object";
      return nullptr;
    }
    const RemoteRule* before = before_ != nullptr ? &before_->standard_ : nullptr;
    const YAML::Node operations = answer["operationSampling"];
    const YAML::Node ratio = answer["probabilisticSampling"];
    const YAML::Node limit = answer["rateLimitingSampling"];
    if (is_map(operations)) {
      read_operations(operations, before);
    } else if (is_map(limit) && !(is_map(ratio) && !says_rate_limiting(answer))) {
      out_->standard_ = rate_limiting(number(limit, "maxTracesPerSecond", 0), before);
    } else if (is_map(ratio)) {
      out_->standard_ = probabilistic(number(ratio, "samplingRate", 0), 0, before);
    } else {
      error = "the answer has no strategy";
      return nullptr;
    }
    return std::move(out_);
  }

 private:
  static bool says_rate_limiting(const YAML::Node& answer) {
    const YAML::Node type = answer["strategyType"];
    return type.IsDefined() && type.IsScalar() &&
           (type.Scalar() == "RATE_LIMITING" || type.Scalar() == "1");
  }

  void read_operations(const YAML::Node& node, const RemoteRule* before) {
    const double lower_bound = number(node, "defaultLowerBoundTracesPerSecond", 0);
    out_->standard_ =
        probabilistic(number(node, "defaultSamplingProbability", 0), lower_bound, before);
    const YAML::Node list = node["perOperationStrategies"];
    if (!list.IsDefined() || !list.IsSequence()) return;
    for (const auto& entry : list) {
      if (out_->operations_.size() >= max_operations_) return;
      if (!is_map(entry) || !is_map(entry["probabilisticSampling"])) continue;
      const YAML::Node name = entry["operation"];
      if (!name.IsDefined() || !name.IsScalar()) continue;
      const double ratio = number(entry["probabilisticSampling"], "samplingRate", 0);
      out_->operations_.insert_or_assign(
          name.Scalar(), probabilistic(ratio, lower_bound, rule_before(name.Scalar())));
    }
  }

  const RemoteRule* rule_before(const std::string& operation) const {
    if (before_ == nullptr) return nullptr;
    const auto found = before_->operations_.find(operation);
    return found == before_->operations_.end() ? nullptr : &found->second;
  }

  const std::size_t max_operations_;
  const RemoteStrategy* const before_;
  std::unique_ptr<RemoteStrategy> out_;
};

RemoteStrategy::RemoteStrategy(double ratio) : standard_(probabilistic(ratio, 0, nullptr)) {
}

std::unique_ptr<RemoteStrategy> RemoteStrategy::parse(std::string_view json,
                                                      std::size_t max_operations,
                                                      const RemoteStrategy* before,
                                                      std::string& error) {
  try {
    return StrategyReader(max_operations, before).read(YAML::Load(std::string(json)), error);
  } catch (const std::exception& exception) {
    error = exception.what();
    return nullptr;
  }
}

const RemoteRule& RemoteStrategy::rule_for(std::string_view operation) const noexcept {
  if (operations_.empty()) return standard_;
  const auto found = operations_.find(operation);
  return found == operations_.end() ? standard_ : found->second;
}

}  // namespace cairn::telemetry
