// SPDX-License-Identifier: Apache-2.0
//
// Limits that a tenant or a service has of its own, instead of the general ones:
//   cart spans_per_second=500 bytes_per_second=1MiB max_attributes=64 max_value_bytes=2KiB
//   max_trace_spans=10000
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/batch.h"
#include "model/tenant.h"

namespace cairn::ingest {

// 0: no limit.
struct Rate {
  std::uint64_t spans_per_second = 0;
  std::uint64_t bytes_per_second = 0;

  bool is_limited() const { return spans_per_second != 0 || bytes_per_second != 0; }
  bool operator==(const Rate&) const = default;
};

// What is left out is as for everybody; 0: no limit.
struct NamedLimits {
  std::string name;
  std::optional<std::uint64_t> spans_per_second = {};
  std::optional<std::uint64_t> bytes_per_second = {};
  std::optional<std::uint64_t> max_attributes = {};   // of a span
  std::optional<std::uint64_t> max_value_bytes = {};  // longer ones are cut
  std::optional<std::uint64_t> max_trace_spans = {};

  bool operator==(const NamedLimits&) const = default;
};

// Errors: kInvalidArgument that says what was expected.
Result<NamedLimits> parse_named_limits(std::string_view text);
std::string to_text(const NamedLimits& limits);

// Null when there are none of that name.
const NamedLimits* find_limits(const std::vector<NamedLimits>& all, std::string_view name);

// What holds for a span; 0: no limit.
struct SpanLimits {
  std::uint64_t max_attributes = 0;
  std::uint64_t max_value_bytes = 0;
  std::uint64_t max_trace_spans = 0;
};

// What holds for the spans of each resource of a batch: its service's own limits, else its
// tenant's, else the general ones. Ownership: nothing; made anew for each batch.
class LimitsByResource {
 public:
  LimitsByResource(const SpanLimits& general, const std::vector<NamedLimits>& tenants,
                   const std::vector<NamedLimits>& services, const model::TenantId& tenant,
                   const model::Batch& batch);

  const SpanLimits& of(const model::Batch& batch, const model::Span& span) const {
    return by_resource_.empty() ? all_ : by_resource_[batch.scopes[span.scope].resource];
  }
  const SpanLimits& of_resource(std::size_t resource) const {
    return by_resource_.empty() ? all_ : by_resource_[resource];
  }
  // Whether any value may have to be cut, any trace be counted.
  bool cuts_values() const { return cuts_values_; }
  bool limits_traces() const { return limits_traces_; }

 private:
  SpanLimits all_;
  std::vector<SpanLimits> by_resource_;  // empty: all_ holds for every one
  bool cuts_values_ = false;
  bool limits_traces_ = false;
};

}  // namespace cairn::ingest
