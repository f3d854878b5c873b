// SPDX-License-Identifier: Apache-2.0
//
// The answers: proto3 JSON of jaeger.api_v2.SamplingStrategyResponse, the enum by name or by
// number, zeros perhaps left out. They come from a peer: nothing is built that is larger than what
// is kept of them (a YAML tree takes 300 bytes for each byte of some texts).
#include "sdk/telemetry/remote_strategy.h"

#include <exception>
#include <optional>

#include "sdk/export/answers/answer_json.h"
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

// What an answer says of operations.
struct Operations {
  double ratio = 0, lower_bound = 0;
  std::map<std::string, double, std::less<>> ratios;
};

}  // namespace

// Reads one answer into what it says, then makes the rules: a lower bound may come after the
// operations that it is for.
class StrategyReader {
 public:
  StrategyReader(std::string_view json, std::size_t max_operations)
      : cursor_(json), max_operations_(max_operations) {}

  std::unique_ptr<RemoteStrategy> read(const RemoteStrategy* before, std::string& error) {
    if (!cursor_.is_object()) {
      error = "the answer is not an object";
    } else if (!object([&](std::string_view key) { return member(key); }) || !cursor_.at_end()) {
      error = bad_number_.empty() ? "the answer is broken" : bad_number_ + " is not understood";
    } else if (!operations_ && !limit_ && !ratio_) {
      error = "the answer has no strategy";
    } else {
      return make(before);
    }
    return nullptr;
  }

 private:
  bool member(std::string_view key) {
    if (key == "strategyType") return cursor_.scalar(type_);
    if (key == "probabilisticSampling") return read_number_in("samplingRate", ratio_);
    if (key == "rateLimitingSampling") return read_number_in("maxTracesPerSecond", limit_);
    if (key != "operationSampling" || !cursor_.is_object()) return cursor_.skip();
    Operations& operations = operations_.emplace();
    return object([&](std::string_view inner) { return operation_member(inner, operations); });
  }

  bool operation_member(std::string_view key, Operations& operations) {
    if (key == "defaultSamplingProbability") return read_number(key, operations.ratio);
    if (key == "defaultLowerBoundTracesPerSecond") return read_number(key, operations.lower_bound);
    if (key != "perOperationStrategies" || !cursor_.is_list()) return cursor_.skip();
    return cursor_.elements([&] { return read_operation(operations); });
  }

  // What names no operation, or no probability, is passed over.
  bool read_operation(Operations& operations) {
    if (!cursor_.is_object()) return cursor_.skip();
    std::optional<std::string> name;
    std::optional<double> ratio;
    const bool is_whole = object([&](std::string_view key) {
      if (key == "operation")
        return cursor_.is_list() || cursor_.is_object() ? cursor_.skip()
                                                        : cursor_.scalar(name.emplace());
      if (key == "probabilisticSampling") return read_number_in("samplingRate", ratio);
      return cursor_.skip();
    });
    if (!is_whole) return false;
    auto& known = operations.ratios;
    if (name && ratio && (known.size() < max_operations_ || known.count(*name) != 0)) {
      known.insert_or_assign(*std::move(name), *ratio);
    }
    return true;
  }

  // Of an object; anything else is passed over. A number that is left out is a zero.
  bool read_number_in(std::string_view name, std::optional<double>& number) {
    if (!cursor_.is_object()) return cursor_.skip();
    number = 0;
    return object([&](std::string_view key) {
      return key == name ? read_number(key, *number) : cursor_.skip();
    });
  }

  // False, with the name kept for the complaint, when it is no number from 0.
  bool read_number(std::string_view name, double& number) {
    std::string text;
    double value = 0;
    if (cursor_.scalar(text) && (text == "null" || (parse_number(text, value) && value >= 0))) {
      number = value;
      return true;
    }
    bad_number_ = name;
    return false;
  }

  template <class OnMember>
  bool object(OnMember on_member) {
    return cursor_.members(on_member);
  }

  bool says_rate_limiting() const { return type_ == "RATE_LIMITING" || type_ == "1"; }

  std::unique_ptr<RemoteStrategy> make(const RemoteStrategy* before) const {
    std::unique_ptr<RemoteStrategy> made(new RemoteStrategy());
    const RemoteRule* standard = before != nullptr ? &before->standard_ : nullptr;
    if (operations_) {
      const double bound = operations_->lower_bound;
      made->standard_ = probabilistic(operations_->ratio, bound, standard);
      for (const auto& [name, ratio] : operations_->ratios) {
        made->operations_.emplace(name, probabilistic(ratio, bound, rule_before(before, name)));
      }
    } else if (limit_ && (!ratio_ || says_rate_limiting())) {
      made->standard_ = rate_limiting(*limit_, standard);
    } else {
      made->standard_ = probabilistic(*ratio_, 0, standard);
    }
    return made;
  }

  static const RemoteRule* rule_before(const RemoteStrategy* before, const std::string& operation) {
    if (before == nullptr) return nullptr;
    const auto found = before->operations_.find(operation);
    return found == before->operations_.end() ? nullptr : &found->second;
  }

  trace::transport::JsonCursor cursor_;
  const std::size_t max_operations_;
  std::string type_, bad_number_;
  std::optional<double> ratio_, limit_;
  std::optional<Operations> operations_;
};

RemoteStrategy::RemoteStrategy(double ratio) : standard_(probabilistic(ratio, 0, nullptr)) {
}

std::unique_ptr<RemoteStrategy> RemoteStrategy::parse(std::string_view json,
                                                      std::size_t max_operations,
                                                      const RemoteStrategy* before,
                                                      std::string& error) {
  try {
    return StrategyReader(json, max_operations).read(before, error);
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
