// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/row_counts.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace cairn::storage::columnar {
namespace {

constexpr std::string_view kServiceName = "service.name";
constexpr std::uint64_t kNanosPerMinute = 60'000'000'000;

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

// Which cell the last span of a class and a resource went to: mostly the next one's as well.
class RecentCells {
 public:
  struct Entry {
    ClassId span_class = ~ClassId{0};
    ResourceId resource = 0;
    std::uint32_t cell = 0;
    std::uint64_t minute_begin = 0;  // unix ns

    bool holds(ClassId of_class, const SpanRow& row) const {
      return span_class == of_class && resource == row.resource &&
             row.start - minute_begin < kNanosPerMinute;
    }
  };
  Entry& of(ClassId span_class, ResourceId resource) {
    const std::uint32_t mixed = (span_class * 0x9e37'79b9U) ^ (resource * 0x85eb'ca6bU);
    return entries_[(mixed * 0xc2b2'ae35U) >> (32 - kBits)];
  }

 private:
  static constexpr int kBits = 12;
  std::vector<Entry> entries_ = std::vector<Entry>(std::size_t{1} << kBits);
};

// Thread rule: one thread, once.
class RowCounter {
 public:
  RowCounter(const SpanTable& table, std::span<const Service> services)
      : table_(table), services_(services), class_of_shape_(table.schema.shapes.size()) {
    for (std::size_t i = 0; i < class_of_shape_.size(); ++i) {
      class_of_shape_[i] = table.schema.shapes[i].span_class;
    }
  }

  std::optional<PreAggregates> run() {
    const std::size_t count = table_.rows.size();
    for (std::size_t i = 0; i < count && counts_.valid();) {
      const std::span<const SpanRow> rows = table_.rows.run(i, count - i);
      for (const SpanRow& row : rows) add(row);
      i += rows.size();
    }
    if (!counts_.valid()) return std::nullopt;
    return std::move(counts_);
  }

 private:
  void add(const SpanRow& row) {
    const ClassId class_id = class_of_shape_[row.shape];
    RecentCells::Entry& recent = recent_.of(class_id, row.resource);
    if (!recent.holds(class_id, row)) {
      const SpanClass& span_class = table_.schema.classes[class_id];
      const std::uint64_t minute = row.start / kNanosPerMinute;
      const Service& service = services_[row.resource];
      const auto cell =
          counts_.cell(service.known ? &service.name : nullptr, name_of(span_class, row),
                       span_class.kind, span_class.status_code, minute);
      if (!cell) return;
      if (span_class.name == kNameInColumn) return counts_.add_to(*cell, duration_of(row));
      recent = {class_id, row.resource, *cell, minute * kNanosPerMinute};
    }
    counts_.add_to(recent.cell, duration_of(row));
  }

  std::string_view name_of(const SpanClass& span_class, const SpanRow& row) const {
    if (span_class.name != kNameInColumn) return table_.schema.names[span_class.name];
    return table_.text(table_.schema.shapes[row.shape].columns[0], table_.cells[row.first_cell]);
  }

  const SpanTable& table_;
  std::span<const Service> services_;
  std::vector<ClassId> class_of_shape_;
  RecentCells recent_;
  PreAggregates counts_;
};

}  // namespace

std::optional<PreAggregates> count_rows(const SpanTable& table) {
  const auto services = services_of(table.schema);
  if (!services) return std::nullopt;
  return RowCounter(table, *services).run();
}

}  // namespace cairn::storage::columnar
