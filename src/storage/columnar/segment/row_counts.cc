// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/row_counts.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace cairn::storage::columnar {
namespace {

constexpr std::string_view kServiceName = "service.name";

struct Service {
  bool known = false;  // the resource has the attribute, and it is a string
  std::string_view name;
};

// By ResourceId; nothing when some resource has a service.name of another type. A key that a record
// holds twice has its first value.
std::optional<std::vector<Service>> services_of(const Schema& schema) {
  std::vector<Service> services(schema.resources.size());
  for (std::size_t i = 0; i < services.size(); ++i) {
    const auto attributes = schema.resources[i].attributes;
    const auto found = std::ranges::find(attributes, kServiceName, &model::Attribute::key);
    if (found == attributes.end()) continue;
    if (!found->value.is(model::AnyValue::Kind::kString)) return std::nullopt;
    services[i] = {true, found->value.as_string()};
  }
  return services;
}

// As Span::duration(): 0 when the end lies before the start, and saturating.
std::uint64_t duration_of(const SpanRow& row) {
  const std::uint64_t end = row.start + row.duration;
  if (end < row.start) return 0;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return std::min(row.duration, kMost);
}

}  // namespace

std::optional<PreAggregates> count_rows(const SpanTable& table) {
  PreAggregates counts;
  const Schema& schema = table.schema;
  const auto services = services_of(schema);
  if (!services) return std::nullopt;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const SpanRow& row = table.rows[i];
    const Shape& shape = schema.shapes[row.shape];
    const SpanClass& span_class = schema.classes[shape.span_class];
    const std::string_view name = span_class.name == kNameInColumn
                                      ? table.text(shape.columns[0], table.cells[row.first_cell])
                                      : schema.names[span_class.name];
    const Service& service = (*services)[row.resource];
    counts.add(service.known ? &service.name : nullptr, name, span_class.kind,
               span_class.status_code, row.start, duration_of(row));
    if (!counts.valid()) return std::nullopt;
  }
  return counts;
}

}  // namespace cairn::storage::columnar
