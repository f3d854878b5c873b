// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/names/name_counter.h"

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/names/most_frequent.h"

namespace cairn::storage::columnar {
namespace {

void add_at(std::vector<std::uint64_t>& counts, std::size_t index, std::uint64_t rows = 1) {
  if (index >= counts.size()) counts.resize(index + 1);
  counts[index] += rows;
}

// Counts rows by code. REQUIRES: one code a row.
void add_codes(std::span<const std::uint32_t> codes, const Verdicts& verdicts,
               std::vector<std::uint64_t>& counts) {
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (verdicts[row] == Verdict::kYes) add_at(counts, codes[row]);
  }
}

}  // namespace

NameCounter::NameCounter(const NamesRequest& request, ReadSession& session)
    : request_(request), session_(session), in_range_(everything_, request.range) {
}

Result<void> NameCounter::add(const SpanSource& source) {
  Counts counts;
  std::shared_ptr<const Schema> schema;
  for (const auto& group : source.groups()) {
    if (session_.late()) break;
    if (overlap(group->facts(), request_.range) == Overlap::kNone) continue;
    GroupView view(*group);
    ASSIGN_OR_RETURN(schema, view.schema());
    RETURN_IF_ERROR(visit_classes(
        view, session_, [&](ClassView& rows) { return add_class(rows, *schema, counts); }));
  }
  if (schema) add_counts(*schema, counts);
  return {};
}

Result<void> NameCounter::add_class(ClassView& view, const Schema& schema, Counts& counts) {
  ASSIGN_OR_RETURN(const Verdicts verdicts, in_range_.evaluate(view));
  if (verdicts.are(Verdict::kNo)) return {};
  if (wants(Level::kSpan)) {
    ASSIGN_OR_RETURN(const auto shapes, view.shapes());
    add_codes(shapes, verdicts, counts.shapes);
  }
  if (wants(Level::kResource)) {
    ASSIGN_OR_RETURN(const auto resources, view.resources());
    add_codes(resources, verdicts, counts.resources);
  }
  if (wants(Level::kScope)) {
    ASSIGN_OR_RETURN(const SpanClass span_class, view.span_class());
    if (span_class.scope >= schema.scopes.published_size()) {
      return corruption("row group: a class without a scope");
    }
    const std::size_t rows =
        verdicts.all ? view.size() : rows_with(verdicts, Verdict::kYes, view.size()).size();
    add_at(counts.scopes, span_class.scope, rows);
  }
  return add_extras(view, schema, verdicts);
}

// Names that only extras hold: of events and links, and of attributes outside columns.
Result<void> NameCounter::add_extras(ClassView& view, const Schema& schema,
                                     const Verdicts& verdicts) {
  constexpr std::size_t kSpansAnArena = 256;
  const bool wants_parts = wants(Level::kEvent) || wants(Level::kLink);
  if (!wants_parts && !wants(Level::kSpan)) return {};
  ASSIGN_OR_RETURN(const auto has_extra, view.has_extra());
  if (has_extra.empty()) return {};
  ASSIGN_OR_RETURN(const auto extras, view.extras());
  std::span<const ShapeId> shapes;
  if (!wants_parts) {
    ASSIGN_OR_RETURN(shapes, view.shapes());
  }
  Arena arena;
  for (std::size_t row = 0; row < extras.size(); ++row) {
    if (extras[row].empty() || verdicts[row] != Verdict::kYes) continue;
    if (!wants_parts && !schema.shapes[shapes[row]].rest) continue;
    model::Span span;
    RETURN_IF_ERROR(decode_extra(as_bytes(extras[row]), arena, span));
    add_extra(span);
    if (span_ % kSpansAnArena == 0) arena.clear();
  }
  return {};
}

void NameCounter::add_extra(const model::Span& span) {
  ++span_;
  const auto add = [this](Level level, std::span<const model::Attribute> attributes) {
    if (!wants(level)) return;
    for (const model::Attribute& attribute : attributes) {
      // A repeated key has its first value.
      if (model::find_attribute(attributes, attribute.key) != &attribute) continue;
      add_name(attribute.key, level, attribute.value.kind(), 1, span_);
    }
  };
  add(Level::kSpan, span.attributes);  // in the extra only when they are outside columns
  for (const model::Event& event : span.events) add(Level::kEvent, event.attributes);
  for (const model::Link& link : span.links) add(Level::kLink, link.attributes);
}

void NameCounter::add_counts(const Schema& schema, const Counts& counts) {
  for (std::size_t i = 0; i < counts.shapes.size(); ++i) {
    if (counts.shapes[i] == 0) continue;
    for (const ColumnId id : schema.shapes[i].columns) {
      const ColumnKey& column = schema.columns[id];
      if (column.occurrence != 0 || column.type == ColumnType::kName) continue;
      add_name(column.key, Level::kSpan, kind_of(column.type), counts.shapes[i], 0);
    }
  }
  for (std::size_t i = 0; i < counts.resources.size(); ++i) {
    add_attributes(Level::kResource, schema.resources[i].attributes, counts.resources[i]);
  }
  for (std::size_t i = 0; i < counts.scopes.size(); ++i) {
    add_attributes(Level::kScope, schema.scopes[i].attributes, counts.scopes[i]);
  }
}

void NameCounter::add_attributes(Level level, std::span<const model::Attribute> attributes,
                                 std::uint64_t spans) {
  if (spans == 0) return;
  for (const model::Attribute& attribute : attributes) {
    if (model::find_attribute(attributes, attribute.key) != &attribute) continue;
    add_name(attribute.key, level, attribute.value.kind(), spans, 0);
  }
}

void NameCounter::add_name(std::string_view name, Level level, model::AnyValue::Kind type,
                           std::uint64_t spans, std::uint64_t once) {
  if (!name.starts_with(request_.prefix)) return;
  Counter* counter = find(name, level, type);
  if (!counter || (once != 0 && counter->last_span == once)) return;
  counter->last_span = once;
  counter->count += spans;
}

// Null: it would be one name too many.
NameCounter::Counter* NameCounter::find(std::string_view name, Level level,
                                        model::AnyValue::Kind type) {
  constexpr std::size_t kRecent = 16;
  for (Entry* entry : recent_) {
    const auto& [known, of_level, of_type] = entry->first;
    if (of_level == level && of_type == type && known == name) return &entry->second;
  }
  Key key{std::string(name), level, type};
  auto found = counters_.find(key);
  if (found == counters_.end()) {
    if (counters_.size() >= kMostNames) {
      session_.partial("names: too many different names; some are left out");
      return nullptr;
    }
    found = counters_.emplace(std::move(key), Counter()).first;
  }
  if (recent_.size() == kRecent) recent_.erase(recent_.begin());
  recent_.push_back(&*found);
  return &found->second;
}

std::vector<NameCount> NameCounter::most_frequent() const {
  std::vector<NameCount> all;
  for (const auto& [key, counter] : counters_) {
    const auto& [name, level, type] = key;
    all.push_back({level, name, type, counter.count});
  }
  keep_most_frequent(all, request_.limit, [](const NameCount& a, const NameCount& b) {
    return std::tie(a.name, a.level, a.type) < std::tie(b.name, b.level, b.type);
  });
  return all;
}

}  // namespace cairn::storage::columnar
