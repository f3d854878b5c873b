// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <cairn/trace/sampler.h>

#include "sdk/sampling/wildcard.h"

namespace cairn::trace {
namespace {

bool has_attribute(const SamplingRule& rule, Attributes attributes) noexcept {
  const Attribute* found = nullptr;  // the last of its key is the one the span keeps
  for (const Attribute& attribute : attributes) {
    if (attribute.key.text() == rule.attribute_key) found = &attribute;
  }
  if (found == nullptr) return false;
  if (rule.attribute_value.empty()) return true;
  return found->value.type() == Value::Type::kString &&
         matches_wildcard(rule.attribute_value, found->value.as_string());
}

bool fits(const SamplingRule& rule, const SamplingParameters& parameters) noexcept {
  if (rule.kind != SpanKind{} && rule.kind != parameters.kind) return false;
  if (!rule.name.empty() && !matches_wildcard(rule.name, parameters.name)) return false;
  return rule.attribute_key.empty() || has_attribute(rule, parameters.attributes);
}

std::string describe(const SamplingRule& rule) {
  std::string text = "{name:" + (rule.name.empty() ? "*" : rule.name);
  if (rule.kind != SpanKind{}) {
    static constexpr const char* kNames[] = {"",       "internal", "server",
                                             "client", "producer", "consumer"};
    const auto kind = static_cast<std::size_t>(rule.kind);
    text += std::string(",kind:") + (kind < std::size(kNames) ? kNames[kind] : "unknown");
  }
  if (!rule.attribute_key.empty()) {
    text += "," + rule.attribute_key + ":" +
            (rule.attribute_value.empty() ? "*" : rule.attribute_value);
  }
  return text + "}";
}

class RuleSampler final : public Sampler {
 public:
  RuleSampler(std::vector<SamplingRule> rules, SamplerPtr otherwise)
      : rules_(std::move(rules)), otherwise_(std::move(otherwise)) {
    if (otherwise_ == nullptr) otherwise_ = always_on();
    for (SamplingRule& rule : rules_) {
      if (rule.sampler == nullptr) rule.sampler = always_on();
    }
  }

  SamplingResult should_sample(const SamplingParameters& parameters) const noexcept override {
    for (const SamplingRule& rule : rules_) {
      if (fits(rule, parameters)) return rule.sampler->should_sample(parameters);
    }
    return otherwise_->should_sample(parameters);
  }
  std::string description() const override {
    std::string text = "Rules{";
    for (const SamplingRule& rule : rules_) {
      text += describe(rule) + ":" + rule.sampler->description() + ",";
    }
    return text + "otherwise:" + otherwise_->description() + "}";
  }
  void shutdown() const noexcept override {
    for (const auto& rule : rules_) rule.sampler->shutdown();
    otherwise_->shutdown();
  }

 private:
  std::vector<SamplingRule> rules_;
  SamplerPtr otherwise_;
};

}  // namespace

SamplerPtr by_rules(std::vector<SamplingRule> rules, SamplerPtr otherwise) {
  return std::make_shared<RuleSampler>(std::move(rules), std::move(otherwise));
}

}  // namespace cairn::trace
