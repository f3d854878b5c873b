// SPDX-License-Identifier: Apache-2.0
#include "ingest/limits.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "ingest/span_size.h"

namespace cairn::ingest {
namespace {

using Reason = std::optional<model::RejectionReason>;

bool too_many_attributes(std::uint64_t most, const model::Span& span) {
  const auto over = [most](const auto& record) {
    return most != 0 && record.attributes.size() > most;
  };
  return over(span) || std::any_of(span.events.begin(), span.events.end(), over) ||
         std::any_of(span.links.begin(), span.links.end(), over);
}

Reason reason_to_reject(const IngestOptions& options, const SpanLimits& limits,
                        const model::Span& span) {
  if (too_many_attributes(limits.max_attributes, span))
    return model::RejectionReason::kTooManyAttributes;
  if (size_of(span) > options.max_span_bytes) return model::RejectionReason::kTooLarge;
  return std::nullopt;
}

// Of a resource or a scope.
template <typename Origin>
Reason reason_to_reject_all(const IngestOptions& options, const Origin& origin) {
  if (origin.attributes.size() > options.max_resource_attributes) {
    return model::RejectionReason::kTooManyAttributes;
  }
  const std::size_t bytes = size_of(origin.attributes) + origin.schema_url.size() +
                            origin.unknown_fields.size() + origin.group_unknown_fields.size();
  if (bytes > options.max_resource_bytes) return model::RejectionReason::kTooLarge;
  return std::nullopt;
}

// By scope: why all its spans are rejected, because of itself or of its resource. Empty when none
// is, which is nearly always.
std::vector<Reason> reasons_by_scope(const IngestOptions& options, const model::Batch& batch) {
  std::vector<Reason> reasons;
  for (std::size_t i = 0; i < batch.scopes.size(); ++i) {
    const model::InstrumentationScope& scope = batch.scopes[i];
    Reason reason = reason_to_reject_all(options, batch.resources[scope.resource]);
    if (!reason) reason = reason_to_reject_all(options, scope);
    if (!reason && scope.name.size() + scope.version.size() > options.max_resource_bytes) {
      reason = model::RejectionReason::kTooLarge;
    }
    if (!reason) continue;
    reasons.resize(batch.scopes.size());
    reasons[i] = reason;
  }
  return reasons;
}

}  // namespace

model::Rejections enforce_limits(const IngestOptions& options, const LimitsByResource& limits,
                                 model::Batch& batch) {
  model::Rejections rejections;
  const std::vector<Reason> of_scope = reasons_by_scope(options, batch);
  std::erase_if(batch.spans, [&](const model::Span& span) {
    Reason reason = of_scope.empty() ? std::nullopt : of_scope[span.scope];
    if (!reason) reason = reason_to_reject(options, limits.of(batch, span), span);
    if (reason) rejections.add(*reason);
    return reason.has_value();
  });
  return rejections;
}

}  // namespace cairn::ingest
