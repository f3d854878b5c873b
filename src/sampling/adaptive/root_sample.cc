// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/root_sample.h"

#include <charconv>
#include <cstdint>

#include "model/reserved.h"

namespace cairn::sampling {
namespace {

using model::AnyValue;
using Kind = RootSample::Kind;

constexpr std::int64_t kDebugFlag = 2;

// The number in a value of any kind that carries one: Zipkin's tags are texts.
std::optional<double> number_of(const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kDouble:
      return value.as_double();
    case AnyValue::Kind::kInt:
      return static_cast<double>(value.as_int());
    case AnyValue::Kind::kString: {
      const std::string_view text = value.as_string();
      double number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
      return number;
    }
    default:
      return std::nullopt;
  }
}

RootSample sampled_with(std::optional<double> probability) {
  if (!probability || !(*probability > 0 && *probability <= 1)) return {};
  return {Kind::kProbability, *probability};
}

RootSample sample_of_tags(std::string_view type, const AnyValue* param) {
  if (type == "probabilistic") {
    return sampled_with(param != nullptr ? number_of(*param) : std::nullopt);
  }
  if (type == "lowerbound") {
    return {Kind::kForced,
            sampled_with(param != nullptr ? number_of(*param) : std::nullopt).probability};
  }
  if (type == "ratelimiting") return {Kind::kForced, 0};
  if (type == "const") return {Kind::kProbability, 1};
  return {};
}

}  // namespace

std::optional<double> tracestate_probability(std::string_view trace_state) {
  constexpr std::size_t kDigits = 14;  // of 56 bits
  const std::size_t ot = trace_state.starts_with("ot=") ? 0 : trace_state.find(",ot=");
  if (ot == std::string_view::npos) return std::nullopt;
  std::string_view value = trace_state.substr(trace_state.find('=', ot) + 1);
  value = value.substr(0, value.find(','));
  const std::size_t th = value.starts_with("th:") ? 0 : value.find(";th:");
  if (th == std::string_view::npos) return std::nullopt;
  std::string_view digits = value.substr(value.find(':', th) + 1);
  digits = digits.substr(0, digits.find(';'));
  if (digits.empty() || digits.size() > kDigits) return std::nullopt;
  std::uint64_t threshold = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), threshold, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  threshold <<= 4 * (kDigits - digits.size());
  return 1 - static_cast<double>(threshold) / static_cast<double>(std::uint64_t{1} << 56);
}

RootSample sample_of(const model::Span& span) {
  std::string_view type;
  const AnyValue* param = nullptr;
  for (const model::Attribute& attribute : span.attributes) {
    std::string_view key = attribute.key;
    if (key.size() > 20 && key == model::reserved::kJaegerFlags) {
      if (attribute.value.is(AnyValue::Kind::kInt) &&
          (attribute.value.as_int() & kDebugFlag) != 0) {
        return {Kind::kIgnored, 0};
      }
      continue;
    }
    if (key.starts_with("jaeger.")) key.remove_prefix(7);
    if (!key.starts_with("sampler.")) continue;
    if (key == "sampler.type" && attribute.value.is(AnyValue::Kind::kString)) {
      type = attribute.value.as_string();
    } else if (key == "sampler.param") {
      param = &attribute.value;
    }
  }
  if (!type.empty()) return sample_of_tags(type, param);
  if (span.trace_state.empty()) return {};
  return sampled_with(tracestate_probability(span.trace_state));
}

}  // namespace cairn::sampling
