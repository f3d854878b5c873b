// SPDX-License-Identifier: Apache-2.0
#include "exporters/kafka/message_cutter.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "wire/otlp/protobuf.h"

namespace cairn::exporters::kafka {
namespace {

// Views of some spans of a batch, as a batch of its own. Nothing is copied but the records, so the
// original must outlive it.
class Selection {
 public:
  explicit Selection(const model::Batch& from)
      : from_(from), scopes_(from.scopes.size(), kNone), resources_(from.resources.size(), kNone) {}

  const model::Batch& select(std::span<const std::uint32_t> spans) {
    forget();
    for (const std::uint32_t index : spans) {
      model::Span span = from_.spans[index];
      span.scope = scope(span.scope);
      selected_.spans.push_back(span);
    }
    return selected_;
  }

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  void forget() {
    for (const std::uint32_t used : used_scopes_) {
      scopes_[used] = kNone;
      resources_[from_.scopes[used].resource] = kNone;
    }
    used_scopes_.clear();
    selected_.clear();
  }

  std::uint32_t scope(std::uint32_t old) {
    if (scopes_[old] != kNone) return scopes_[old];
    used_scopes_.push_back(old);
    model::InstrumentationScope scope = from_.scopes[old];
    std::uint32_t& resource = resources_[scope.resource];
    if (resource == kNone) {
      resource = static_cast<std::uint32_t>(selected_.resources.size());
      selected_.resources.push_back(from_.resources[scope.resource]);
    }
    scope.resource = resource;
    selected_.scopes.push_back(scope);
    return scopes_[old] = static_cast<std::uint32_t>(selected_.scopes.size() - 1);
  }

  const model::Batch& from_;
  model::Batch selected_;
  std::vector<std::uint32_t> scopes_;  // the batch's index → the selection's
  std::vector<std::uint32_t> resources_;
  std::vector<std::uint32_t> used_scopes_;
};

class Cutter {
 public:
  Cutter(const model::Batch& batch, std::size_t max_value_bytes)
      : batch_(batch), selection_(batch), max_value_bytes_(max_value_bytes) {}

  // The spans are all of one trace, at least one. Depth of the recursion: log2 of their number.
  void cut(std::span<const std::uint32_t> spans) {
    std::string value;
    wire::otlp::encode_traces(selection_.select(spans), value);
    if (value.size() <= max_value_bytes_) return add(spans, std::move(value));
    if (spans.size() == 1) return result_.rejected.add(model::RejectionReason::kTooLarge);
    value = {};
    cut(spans.first(spans.size() / 2));
    cut(spans.subspan(spans.size() / 2));
  }

  Cut take() { return std::move(result_); }

 private:
  void add(std::span<const std::uint32_t> spans, std::string value) {
    std::string key = batch_.spans[spans.front()].trace_id.to_hex();
    result_.bytes += key.size() + value.size();
    result_.messages.push_back({std::move(key), std::move(value), spans.size()});
  }

  const model::Batch& batch_;
  Selection selection_;
  std::size_t max_value_bytes_;
  Cut result_;
};

}  // namespace

Cut cut_messages(const model::Batch& batch, std::size_t max_value_bytes) {
  std::vector<std::uint32_t> order(batch.spans.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto trace_of = [&](std::uint32_t i) -> const model::TraceId& {
    return batch.spans[i].trace_id;
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto by_trace = trace_of(a) <=> trace_of(b);
    return by_trace != 0 ? by_trace < 0 : a < b;
  });
  Cutter cutter(batch, max_value_bytes);
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && trace_of(order[end]) == trace_of(order[begin])) ++end;
    cutter.cut(std::span(order).subspan(begin, end - begin));
    begin = end;
  }
  return cutter.take();
}

}  // namespace cairn::exporters::kafka
