// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/span_table.h"

#include <algorithm>
#include <unordered_map>

#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

// Copies rows of one table into a batch, each scope of each resource once a call.
class Materializer {
 public:
  Materializer(const SpanTable& table, model::Batch& out) : table_(table), out_(out) {}

  void add(RowIndex index) {
    const SpanRow& row = table_.rows[index];
    const Shape& shape = table_.schema.shapes[row.shape];
    const SpanClass& span_class = table_.schema.classes[shape.span_class];
    model::Span span;
    span.trace_id = row.trace_id;
    span.span_id = row.span_id;
    span.parent_span_id = row.parent_span_id;
    span.start.unix_nanos = row.start;
    span.end.unix_nanos = row.start + row.duration;
    span.kind = static_cast<model::SpanKind>(span_class.kind);
    span.status.code = static_cast<model::StatusCode>(span_class.status_code);
    span.flags = span_class.flags;
    span.scope = scope_of(row.resource, span_class.scope);
    if (span_class.name != kNameInColumn) {
      span.name = out_.arena.copy(table_.schema.names[span_class.name]);
    }
    set_attributes(row, shape, span);
    set_extra(row, span);
    out_.spans.push_back(span);
  }

 private:
  void set_attributes(const SpanRow& row, const Shape& shape, model::Span& span) {
    std::size_t at = row.first_cell;
    std::span<const ColumnId> columns = shape.columns;
    if (!columns.empty() && table_.schema.columns[columns[0]].type == ColumnType::kName) {
      span.name = out_.arena.copy(table_.text(columns[0], table_.cells[at++]));
      columns = columns.subspan(1);
    }
    const std::span<model::Attribute> made = out_.arena.make<model::Attribute>(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const ColumnKey& column = table_.schema.columns[columns[i]];
      made[i].key = out_.arena.copy(column.key);
      made[i].value = value(columns[i], column.type, table_.cells[at++]);
    }
    span.attributes = made;
  }

  AnyValue value(ColumnId column, ColumnType type, std::uint32_t cell) {
    switch (type) {
      case ColumnType::kEmpty:
      case ColumnType::kName:
        return {};
      case ColumnType::kBool:
        return AnyValue::boolean(cell != 0);
      case ColumnType::kInt:
        return AnyValue::integer(static_cast<std::int64_t>(table_.number(cell)));
      case ColumnType::kDouble:
        return AnyValue::real(std::bit_cast<double>(table_.number(cell)));
      case ColumnType::kString:
        return AnyValue::string(out_.arena.copy(table_.text(column, cell)));
      case ColumnType::kBytes:
      case ColumnType::kArray:
      case ColumnType::kKeyValueList:
        break;
    }
    ByteReader in(as_bytes(out_.arena.copy(table_.text(column, cell))));
    return decode_value(in, out_.arena);
  }

  void set_extra(const SpanRow& row, model::Span& span) {
    if (row.extra == 0) return;
    const std::string_view extra = out_.arena.copy(table_.extras[row.extra - 1]);
    // Bytes that are no extra (whoever read them should have looked) give the fields before them.
    static_cast<void>(decode_extra(as_bytes(extra), out_.arena, span));
  }

  std::uint32_t scope_of(ResourceId resource, ScopeId scope) {
    const std::uint64_t both = std::uint64_t{resource} << 32 | scope;
    if (both == last_both_) return last_scope_;
    const auto [found, is_new] =
        scopes_.try_emplace(both, static_cast<std::uint32_t>(out_.scopes.size()));
    if (is_new) {
      out_.scopes.push_back(model::deep_copy(out_.arena, table_.schema.scopes[scope]));
      out_.scopes.back().resource = resource_of(resource);
    }
    last_both_ = both;
    last_scope_ = found->second;
    return last_scope_;
  }

  std::uint32_t resource_of(ResourceId resource) {
    const auto [found, is_new] =
        resources_.try_emplace(resource, static_cast<std::uint32_t>(out_.resources.size()));
    if (is_new) {
      out_.resources.push_back(model::deep_copy(out_.arena, table_.schema.resources[resource]));
    }
    return found->second;
  }

  const SpanTable& table_;
  model::Batch& out_;
  std::unordered_map<std::uint64_t, std::uint32_t> scopes_;  // resource and scope → batch's
  std::unordered_map<ResourceId, std::uint32_t> resources_;  // → batch's
  std::uint64_t last_both_ = ~std::uint64_t{0};
  std::uint32_t last_scope_ = 0;
};

}  // namespace

void SpanTable::publish(std::span<const ColumnId> grown) {
  schema.publish();
  for (const ColumnId column : grown) dictionaries[column]->publish();
  dictionaries.publish();
  cells.publish();
  wide.publish();
  texts.publish();
  extras.publish();
  traces.publish();
  trace_of_row.publish();
  rows.publish();  // last: it is what makes the rest reachable
}

std::size_t SpanTable::memory_bytes() const {
  std::size_t bytes = sizeof(SpanTable) + schema.memory_bytes() + dictionaries.reserved_bytes() +
                      rows.reserved_bytes() + cells.reserved_bytes() + wide.reserved_bytes() +
                      texts.reserved_bytes() + extras.reserved_bytes() + arena.reserved_bytes() +
                      traces.reserved_bytes() + trace_of_row.reserved_bytes();
  for (std::size_t i = 0; i < dictionaries.size(); ++i) {
    if (!dictionaries[i]) continue;
    bytes += sizeof(StableVector<std::string_view>) + dictionaries[i]->reserved_bytes();
  }
  return bytes;
}

void materialize(const SpanTable& table, std::span<const RowIndex> rows, model::Batch& out) {
  Materializer materializer(table, out);
  const std::size_t needed = out.spans.size() + rows.size();
  // At least doubled: a caller may come with one trace after the other.
  if (needed > out.spans.capacity()) out.spans.reserve(std::max(needed, 2 * out.spans.size()));
  for (const RowIndex row : rows) materializer.add(row);
}

}  // namespace cairn::storage::columnar
