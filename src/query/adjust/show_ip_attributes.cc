// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {
namespace {

using model::AnyValue;
using model::Attribute;

constexpr double kMostInIPv4 = 4294967295.0;

// The address as Zipkin and early Jaeger clients sent it: a number, of which a signed 32-bit one
// may be negative. Nullopt for anything that is no such number.
std::optional<std::uint32_t> address_of(const Attribute& attribute) {
  if (attribute.key != "ip" && attribute.key != "peer.ipv4") return std::nullopt;
  if (attribute.value.is(AnyValue::Kind::kInt)) {
    const std::int64_t value = attribute.value.as_int();
    if (value < INT32_MIN || value > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(value);
  }
  if (attribute.value.is(AnyValue::Kind::kDouble)) {
    const double value = attribute.value.as_double();
    // Written so that NaN fails.
    if (!(value >= 0 && value <= kMostInIPv4)) return std::nullopt;
    return static_cast<std::uint32_t>(value);
  }
  return std::nullopt;
}

std::span<const Attribute> with_addresses(Arena& arena, std::span<const Attribute> attributes) {
  const auto is_address = [](const Attribute& a) { return address_of(a).has_value(); };
  if (std::ranges::none_of(attributes, is_address)) return attributes;
  const std::span<Attribute> copy = arena.copy(attributes);
  for (Attribute& attribute : copy) {
    const std::optional<std::uint32_t> ip = address_of(attribute);
    if (!ip) continue;
    const std::string text =
        fmt::format("{}.{}.{}.{}", *ip >> 24, (*ip >> 16) & 255, (*ip >> 8) & 255, *ip & 255);
    attribute.value = AnyValue::string(arena.copy(std::string_view(text)));
  }
  return copy;
}

}  // namespace

void show_ip_attributes(Trace& trace) {
  Arena& arena = trace.batch.arena;
  for (model::Resource& resource : trace.batch.resources) {
    resource.attributes = with_addresses(arena, resource.attributes);
  }
  for (model::Span& span : trace.batch.spans) {
    span.attributes = with_addresses(arena, span.attributes);
  }
}

}  // namespace cairn::query::adjust
