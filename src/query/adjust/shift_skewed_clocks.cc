// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "query/adjust/adjust.h"
#include "query/adjust/span_tree.h"

namespace cairn::query::adjust {
namespace {

using model::AnyValue;
using model::Timestamp;

// Whose clock stamped the span; empty when nothing says.
std::string_view host_of(const model::Resource& resource) {
  const std::string_view id = model::find_string(resource.attributes, "host.id");
  if (!id.empty()) return id;
  const model::Attribute* ip = model::find_attribute(resource.attributes, "host.ip");
  if (ip != nullptr && ip->value.is(AnyValue::Kind::kString)) return ip->value.as_string();
  if (ip != nullptr && ip->value.is(AnyValue::Kind::kArray)) {
    const auto all = ip->value.as_array();
    if (!all.empty() && all[0].is(AnyValue::Kind::kString)) return all[0].as_string();
  }
  return model::find_string(resource.attributes, "host.name");
}

// How far the child's clock seems to be off, the parent's taken as right.
Duration skew_between(const model::Span& parent, const model::Span& child) {
  const Duration late = Timestamp::between(parent.start, child.start);
  if (child.duration() > parent.duration()) {
    // It went on after its parent: asynchronous work, or the parent gave up. All that is certain is
    // that it did not start first.
    return late < Duration(0) ? -late : Duration(0);
  }
  if (late >= Duration(0) && child.end <= parent.end) return Duration(0);
  // It fits but lies outside: put it in the middle, as if both ways took equally long.
  return (parent.duration() - child.duration()) / 2 - late;
}

void shift(Arena& arena, model::Span& span, Duration by) {
  // A span without an end keeps none.
  if (span.end != Timestamp{}) span.end = span.end.plus(by);
  span.start = span.start.plus(by);
  const std::span<model::Event> events = arena.copy(span.events);
  for (model::Event& event : events) event.time = event.time.plus(by);
  span.events = events;
}

std::string in_milliseconds(Duration duration) {
  return fmt::format("{:.3f} ms", static_cast<double>(duration.count()) / 1e6);
}

}  // namespace

void shift_skewed_clocks(Trace& trace, Duration max_skew) {
  if (max_skew <= Duration(0)) return;
  model::Batch& batch = trace.batch;
  const SpanTree tree(batch);
  std::vector<Duration> skews(batch.spans.size());
  // Parents come first: each child is compared with what its parent became.
  for (const std::uint32_t i : tree.top_down()) {
    const std::uint32_t parent = tree.parent(i);
    if (parent == SpanTree::kNone) continue;
    model::Span& span = batch.spans[i];
    const std::string_view host = host_of(batch.resource_of(span));
    const bool same_clock =
        !host.empty() && host == host_of(batch.resource_of(batch.spans[parent]));
    skews[i] = same_clock ? skews[parent] : skew_between(batch.spans[parent], span);
    if (skews[i] == Duration(0)) continue;
    if (skews[i] > max_skew || skews[i] < -max_skew) {
      trace.warn(i, fmt::format("the clock seems to be off by {}, more than the {} that are "
                                "corrected",
                                in_milliseconds(skews[i]), in_milliseconds(max_skew)));
      continue;
    }
    shift(batch.arena, span, skews[i]);
    trace.warn(i, fmt::format("moved by {} because of clock skew", in_milliseconds(skews[i])));
  }
}

}  // namespace cairn::query::adjust
