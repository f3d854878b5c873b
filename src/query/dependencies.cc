// SPDX-License-Identifier: Apache-2.0
#include "query/dependencies.h"

#include <algorithm>

namespace cairn::query {

std::vector<storage::Field> DependencyCounter::projection() {
  return {storage::Field::attribute(storage::Level::kResource, "service.name")};
}

void DependencyCounter::add(const storage::ScanBlock& block) {
  for (std::size_t i = 0; i < block.trace_ids.size(); ++i) {
    if (block.trace_ids[i] != trace_id_) {
      end_trace();
      trace_id_ = block.trace_ids[i];
    }
    if (rows_.size() >= kMaxTraceSpans) continue;
    const std::uint32_t service = service_index(block.columns[0][i]);
    service_of_span_.try_emplace(block.span_ids[i], service);
    rows_.push_back({block.parent_span_ids[i], service});
  }
}

std::uint32_t DependencyCounter::service_index(const model::AnyValue& value) {
  std::string name = value.is(model::AnyValue::Kind::kString) ? std::string(value.as_string()) : "";
  const auto [found, added] =
      service_indices_.try_emplace(name, static_cast<std::uint32_t>(services_.size()));
  if (added) services_.push_back(std::move(name));
  return found->second;
}

void DependencyCounter::end_trace() {
  for (const Row& row : rows_) {
    const auto parent = service_of_span_.find(row.parent);
    if (parent == service_of_span_.end() || parent->second == row.service) continue;
    ++calls_[{parent->second, row.service}];
  }
  rows_.clear();
  service_of_span_.clear();
}

std::vector<Dependency> DependencyCounter::finish() {
  end_trace();
  std::vector<Dependency> links;
  for (const auto& [pair, calls] : calls_) {
    const std::string& parent = services_[pair.first];
    const std::string& child = services_[pair.second];
    // Spans without a service name have nothing to be drawn as.
    if (!parent.empty() && !child.empty()) links.push_back({parent, child, calls});
  }
  std::ranges::sort(links, [](const Dependency& a, const Dependency& b) {
    return std::tie(a.parent, a.child) < std::tie(b.parent, b.child);
  });
  return links;
}

}  // namespace cairn::query
