// SPDX-License-Identifier: Apache-2.0
#include "ingest/trace_id_sampling.h"

#include <cmath>

#include "model/reserved.h"

namespace cairn::ingest {
namespace {

constexpr std::uint64_t kRandomValues = std::uint64_t{1} << 56;
constexpr std::int64_t kJaegerDebug = 2;

bool is_debug(const model::Span& span) {
  for (const model::Attribute& attribute : span.attributes) {
    if (!model::is_reserved(attribute.key)) continue;
    if (attribute.key == model::reserved::kZipkinDebug) return true;
    if (attribute.key == model::reserved::kJaegerFlags &&
        attribute.value.is(model::AnyValue::Kind::kInt) &&
        (attribute.value.as_int() & kJaegerDebug) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_sampled(const model::TraceId& id, double probability) {
  if (probability >= 1) return true;
  if (!(probability > 0)) return false;
  std::uint64_t random = 0;
  for (std::size_t i = 9; i < id.bytes.size(); ++i) {
    random = random << 8 | static_cast<std::uint64_t>(id.bytes[i]);
  }
  const auto threshold = static_cast<std::uint64_t>(
      std::llround((1 - probability) * static_cast<double>(kRandomValues)));
  return random >= threshold;
}

std::uint64_t sample_by_trace_id(double probability, model::Batch& batch) {
  if (probability >= 1) return 0;
  return std::erase_if(batch.spans, [&](const model::Span& span) {
    return !is_sampled(span.trace_id, probability) && !is_debug(span);
  });
}

}  // namespace cairn::ingest
