// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/testing/batch_source.h"

#include <algorithm>
#include <bit>
#include <random>

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/index/pre_aggregates.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

// A cell: the column and its value as a number or a text.
struct Cell {
  ColumnId column = 0;
  std::uint64_t number = 0;
  std::string text;
};

struct Row {
  const model::Span* span = nullptr;
  ShapeId shape = 0;
  ResourceId resource = 0;
  std::string extra;
  std::vector<Cell> cells;
};

struct Shared {
  std::shared_ptr<const model::Batch> batch;
  std::shared_ptr<Schema> schema = std::make_shared<Schema>();
  std::vector<std::vector<std::string>> dictionaries;  // by column
  std::vector<std::uint8_t> plain;                     // by column
  std::vector<Row> rows;                               // by span
  std::uint64_t seed = 0;
  ArrayCounts* counts = nullptr;

  void count_rows() const {
    if (counts) ++counts->rows;
  }
};

// Writes the rows of a batch into Shared.
class Builder {
 public:
  explicit Builder(Shared& to) : to_(to), random_(to.seed) {}

  void add(const model::Span& span) {
    Row row;
    row.span = &span;
    Shape shape;
    SpanClass span_class;
    span_class.kind = static_cast<std::int32_t>(span.kind);
    span_class.status_code = static_cast<std::int32_t>(span.status.code);
    span_class.flags = span.flags;
    span_class.scope = scope(to_.batch->scope_of(span));
    row.resource = resource(to_.batch->resource_of(span));
    if (odd(20)) {
      span_class.name = kNameInColumn;
      row.cells.push_back(text_cell({{}, ColumnType::kName, 0}, std::string(span.name)));
    } else {
      span_class.name = name(span.name);
    }
    shape.rest = odd(15);
    if (!shape.rest) add_attributes(span, row);
    std::vector<ColumnId> columns;
    for (const Cell& cell : row.cells) columns.push_back(cell.column);
    shape.columns = to_.schema->arena.copy(std::span<const ColumnId>(columns));
    shape.span_class = class_of(span_class);
    row.shape = shape_of(shape);
    Bytes extra;
    encode_extra(span, shape.rest, extra);
    row.extra = as_text(extra);
    to_.rows.push_back(std::move(row));
  }

 private:
  bool odd(int percent) { return to_.seed != 0 && static_cast<int>(random_() % 100) < percent; }
  void add_attributes(const model::Span& span, Row& row) {
    for (std::size_t i = 0; i < span.attributes.size(); ++i) {
      const auto& [key, value] = span.attributes[i];
      std::uint32_t before = 0;
      for (std::size_t j = 0; j < i; ++j) before += span.attributes[j].key == key ? 1 : 0;
      row.cells.push_back(cell({key, type_of(value), before}, value));
    }
  }
  static ColumnType type_of(const AnyValue& value) {
    return static_cast<ColumnType>(static_cast<int>(value.kind()));
  }
  Cell cell(const ColumnKey& key, const AnyValue& value) {
    switch (value.kind()) {
      case AnyValue::Kind::kEmpty:
        return {column(key), 0, {}};
      case AnyValue::Kind::kBool:
        return {column(key), value.as_bool() ? 1u : 0u, {}};
      case AnyValue::Kind::kInt:
        return {column(key), static_cast<std::uint64_t>(value.as_int()), {}};
      case AnyValue::Kind::kDouble:
        return {column(key), std::bit_cast<std::uint64_t>(value.as_double()), {}};
      case AnyValue::Kind::kString:
        return text_cell(key, std::string(value.as_string()));
      default: {
        Bytes bytes;
        encode_value(value, bytes);
        return text_cell(key, std::string(as_text(bytes)));
      }
    }
  }
  Cell text_cell(const ColumnKey& key, std::string text) {
    Cell made{column(key), 0, std::move(text)};
    auto& dictionary = to_.dictionaries[made.column];
    if (to_.plain[made.column] != 0) return made;
    const auto found = std::ranges::find(dictionary, made.text);
    made.number = static_cast<std::uint64_t>(found - dictionary.begin());
    if (found == dictionary.end()) dictionary.push_back(made.text);
    return made;
  }
  ColumnId column(const ColumnKey& key) {
    auto& columns = to_.schema->columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == key) return static_cast<ColumnId>(i);
    }
    columns.push_back({to_.schema->arena.copy(key.key), key.type, key.occurrence});
    to_.dictionaries.emplace_back();
    to_.plain.push_back(odd(40) ? 1 : 0);
    return static_cast<ColumnId>(columns.size() - 1);
  }
  template <typename T, typename Same>
  std::uint32_t index_of(StableVector<T>& list, const Same& same, const T& item) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (same(list[i])) return static_cast<std::uint32_t>(i);
    }
    list.push_back(item);
    return static_cast<std::uint32_t>(list.size() - 1);
  }
  NameId name(std::string_view text) {
    return index_of(to_.schema->names, [&](std::string_view one) { return one == text; }, text);
  }
  ScopeId scope(const model::InstrumentationScope& scope) {
    return index_of(
        to_.schema->scopes, [&](const auto& one) { return same_content(one, scope); }, scope);
  }
  ResourceId resource(const model::Resource& resource) {
    return index_of(
        to_.schema->resources, [&](const auto& one) { return same_content(one, resource); },
        resource);
  }
  ClassId class_of(const SpanClass& span_class) {
    return index_of(
        to_.schema->classes, [&](const SpanClass& one) { return one == span_class; }, span_class);
  }
  ShapeId shape_of(const Shape& shape) {
    return index_of(
        to_.schema->shapes,
        [&](const Shape& one) {
          return one.span_class == shape.span_class && one.rest == shape.rest &&
                 std::ranges::equal(one.columns, shape.columns);
        },
        shape);
  }

  Shared& to_;
  std::mt19937_64 random_;
};

class BatchGroup final : public RowGroup {
 public:
  BatchGroup(std::shared_ptr<const Shared> shared, std::vector<const Row*> rows)
      : shared_(std::move(shared)), rows_(std::move(rows)) {
    facts_.rows = static_cast<std::uint32_t>(rows_.size());
    facts_.min_start = model::Timestamp::max();
    for (RowIndex i = 0; i < rows_.size(); ++i) {
      const model::Span& span = *rows_[i]->span;
      facts_.min_start = std::min(facts_.min_start, span.start);
      facts_.max_start = std::max(facts_.max_start, span.start);
      classes_[shared_->schema->shapes[rows_[i]->shape].span_class].push_back(i);
      const auto next = static_cast<TraceOrdinal>(ordinals_.size());
      trace_of_rows_.push_back(ordinals_.try_emplace(span.trace_id, next).first->second);
    }
    facts_.traces = static_cast<std::uint32_t>(ordinals_.size());
    make_table();
  }

  const GroupFacts& facts() const override { return facts_; }
  Result<std::shared_ptr<const Schema>> schema() const override {
    return std::shared_ptr<const Schema>(shared_->schema);
  }
  Result<Pinned<std::string_view>> dictionary(ColumnId column) const override {
    if (shared_->counts) ++shared_->counts->dictionaries;
    std::vector<std::string_view> views;
    if (shared_->plain[column] == 0) {
      const auto& values = shared_->dictionaries[column];
      views.assign(values.begin(), values.end());
    }
    return Pinned<std::string_view>::own(std::move(views));
  }
  Result<std::vector<ClassRows>> classes() const override {
    std::vector<ClassRows> made;
    for (const auto& [id, rows] : classes_) {
      made.push_back({id, static_cast<std::uint32_t>(rows.size())});
    }
    return made;
  }
  Result<Pinned<ColumnId>> columns(ClassId span_class) const override {
    std::vector<ColumnId> ids;
    for (const RowIndex row : classes_.at(span_class)) {
      for (const Cell& cell : rows_[row]->cells) ids.push_back(cell.column);
    }
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    return Pinned<ColumnId>::own(std::move(ids));
  }
  Result<Pinned<RowIndex>> rows(ClassId span_class) const override {
    shared_->count_rows();
    return Pinned<RowIndex>::own(classes_.at(span_class));
  }
  Result<Pinned<std::uint64_t>> starts(ClassId span_class) const override {
    return of_class<std::uint64_t>(span_class,
                                   [](const Row& row) { return row.span->start.unix_nanos; });
  }
  Result<Pinned<std::uint64_t>> durations(ClassId span_class) const override {
    return of_class<std::uint64_t>(span_class, [](const Row& row) {
      return row.span->end.unix_nanos - row.span->start.unix_nanos;
    });
  }
  Result<Pinned<ResourceId>> resources(ClassId span_class) const override {
    return of_class<ResourceId>(span_class, [](const Row& row) { return row.resource; });
  }
  Result<Pinned<ShapeId>> shapes(ClassId span_class) const override {
    return of_class<ShapeId>(span_class, [](const Row& row) { return row.shape; });
  }
  Result<Pinned<std::uint8_t>> has_extra(ClassId span_class) const override {
    std::vector<std::uint8_t> flags;
    bool any = false;
    for (const RowIndex row : classes_.at(span_class)) {
      flags.push_back(rows_[row]->extra.empty() ? 0 : 1);
      any = any || !rows_[row]->extra.empty();
    }
    if (!any) flags.clear();
    return Pinned<std::uint8_t>::own(std::move(flags));
  }
  Result<Pinned<std::string_view>> extras(ClassId span_class) const override {
    if (shared_->counts) ++shared_->counts->extras;
    std::vector<std::string_view> views;
    bool any = false;
    for (const RowIndex row : classes_.at(span_class)) {
      views.push_back(rows_[row]->extra);
      any = any || !rows_[row]->extra.empty();
    }
    if (!any) views.clear();
    return Pinned<std::string_view>::own(std::move(views));
  }
  Result<ColumnValues> column(ClassId span_class, ColumnId column) const override;

  Result<Pinned<model::SpanId>> span_ids() const override {
    return of_rows<model::SpanId>([](const Row& row) { return row.span->span_id; });
  }
  Result<Pinned<model::SpanId>> parent_span_ids() const override {
    return of_rows<model::SpanId>([](const Row& row) { return row.span->parent_span_id; });
  }
  Result<Pinned<TraceOrdinal>> trace_of_rows() const override {
    return Pinned<TraceOrdinal>::own(trace_of_rows_);
  }
  Result<TraceTable> traces() const override { return table_; }
  Result<void> rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const override {
    for (RowIndex i = 0; i < rows_.size(); ++i) {
      if (trace_of_rows_[i] == trace) out.push_back(i);
    }
    return {};
  }
  Result<void> materialize(std::span<const RowIndex> rows, model::Batch& out) const override {
    if (shared_->counts) shared_->counts->materialized += static_cast<int>(rows.size());
    model::BatchAppender appender(out);
    for (const RowIndex row : rows) appender.append(*shared_->batch, *rows_[row]->span);
    return {};
  }
  std::optional<TraceOrdinal> find(const model::TraceId& id) const {
    const auto found = ordinals_.find(id);
    return found == ordinals_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  template <typename T, typename Get>
  Pinned<T> of_class(ClassId span_class, const Get& get) const {
    shared_->count_rows();
    std::vector<T> values;
    for (const RowIndex row : classes_.at(span_class)) values.push_back(get(*rows_[row]));
    return Pinned<T>::own(std::move(values));
  }
  template <typename T, typename Get>
  Pinned<T> of_rows(const Get& get) const {
    std::vector<T> values;
    for (const Row* row : rows_) values.push_back(get(*row));
    return Pinned<T>::own(std::move(values));
  }
  void make_table();

  std::shared_ptr<const Shared> shared_;
  std::vector<const Row*> rows_;
  GroupFacts facts_;
  std::map<ClassId, std::vector<RowIndex>> classes_;
  std::map<model::TraceId, TraceOrdinal> ordinals_;
  std::vector<TraceOrdinal> trace_of_rows_;
  TraceTable table_;
};

void BatchGroup::make_table() {
  const std::size_t count = ordinals_.size();
  std::vector<model::TraceId> ids(count);
  std::vector<std::uint64_t> starts(count, ~std::uint64_t{0});
  std::vector<std::uint64_t> ends(count);
  std::vector<std::uint32_t> spans(count);
  std::vector<std::uint32_t> errors(count);
  for (const auto& [id, ordinal] : ordinals_) ids[ordinal] = id;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const model::Span& span = *rows_[i]->span;
    const TraceOrdinal trace = trace_of_rows_[i];
    starts[trace] = std::min(starts[trace], span.start.unix_nanos);
    ends[trace] = std::max(ends[trace], span.end.unix_nanos);
    ++spans[trace];
    errors[trace] += span.status.code == model::StatusCode::kError ? 1 : 0;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Duration lasts = model::Timestamp::between({starts[i]}, {ends[i]});
    ends[i] = static_cast<std::uint64_t>(std::max(lasts, Duration(0)).count());
    facts_.max_trace_duration = std::max(facts_.max_trace_duration, ends[i]);
  }
  table_.ids = Pinned<model::TraceId>::own(std::move(ids));
  table_.starts = Pinned<std::uint64_t>::own(std::move(starts));
  table_.durations = Pinned<std::uint64_t>::own(std::move(ends));
  table_.spans = Pinned<std::uint32_t>::own(std::move(spans));
  table_.errors = Pinned<std::uint32_t>::own(std::move(errors));
}

Result<ColumnValues> BatchGroup::column(ClassId span_class, ColumnId column) const {
  shared_->count_rows();
  const ColumnType type = shared_->schema->columns[column].type;
  const bool plain = shared_->plain[column] != 0;
  std::vector<std::uint8_t> present;
  std::vector<std::uint32_t> codes;
  std::vector<std::string_view> texts;
  std::vector<std::uint64_t> numbers;
  bool all = true;
  const Cell* first = nullptr;
  bool constant = true;
  for (const RowIndex row : classes_.at(span_class)) {
    const auto& cells = rows_[row]->cells;
    const auto cell = std::ranges::find(cells, column, &Cell::column);
    const bool here = cell != cells.end();
    present.push_back(here ? 1 : 0);
    all = all && here;
    // Anything may stand where nothing is.
    codes.push_back(here ? static_cast<std::uint32_t>(cell->number) : 77);
    texts.push_back(here ? std::string_view(cell->text) : "junk");
    numbers.push_back(here ? cell->number : 99);
    if (!here) continue;
    constant = constant && (!first || (first->number == cell->number && first->text == cell->text));
    if (!first) first = &*cell;
  }
  ColumnValues values;
  if (!all) values.present = Pinned<std::uint8_t>::own(std::move(present));
  values.constant = constant;
  if (constant && first) {
    codes.assign(1, static_cast<std::uint32_t>(first->number));
    texts.assign(1, first->text);
    numbers.assign(1, first->number);
  }
  if (is_text(type) && plain) values.texts = Pinned<std::string_view>::own(std::move(texts));
  if (is_text(type) && !plain) values.codes = Pinned<std::uint32_t>::own(std::move(codes));
  if (!is_text(type) && type != ColumnType::kEmpty) {
    values.numbers = Pinned<std::uint64_t>::own(std::move(numbers));
  }
  return values;
}

class BatchSource final : public SpanSource {
 public:
  BatchSource(std::string name, std::shared_ptr<const model::Batch> batch,
              const BatchSourceOptions& options, ArrayCounts* counts)
      : name_(std::move(name)), shared_(std::make_shared<Shared>()) {
    shared_->batch = std::move(batch);
    shared_->seed = options.seed;
    shared_->counts = counts;
    Builder builder(*shared_);
    for (const model::Span& span : shared_->batch->spans) builder.add(span);
    shared_->schema->publish();
    make_groups(options);
    if (options.pre_aggregates) count();
  }

  const std::string& name() const override { return name_; }
  std::span<const std::shared_ptr<const RowGroup>> groups() const override { return groups_; }
  Result<std::vector<TracePlace>> find(const model::TraceId& id) const override {
    std::vector<TracePlace> places;
    for (std::uint32_t i = 0; i < own_groups_.size(); ++i) {
      if (const auto trace = own_groups_[i]->find(id)) places.push_back({i, *trace});
    }
    return places;
  }
  Result<std::shared_ptr<const PreAggregates>> pre_aggregates() const override {
    return pre_aggregates_;
  }

 private:
  void make_groups(const BatchSourceOptions& options) {
    std::map<model::TraceId, std::vector<const Row*>> traces;
    for (const Row& row : shared_->rows) traces[row.span->trace_id].push_back(&row);
    std::vector<const Row*> rows;
    const auto close = [&] {
      if (rows.empty()) return;
      own_groups_.push_back(std::make_shared<const BatchGroup>(shared_, std::move(rows)));
      groups_.push_back(own_groups_.back());
      rows.clear();
    };
    for (const auto& [id, of_trace] : traces) {
      for (const Row* row : of_trace) {
        rows.push_back(row);
        if (options.splits_traces && rows.size() >= options.group_rows) close();
      }
      if (rows.size() >= options.group_rows) close();
    }
    close();
  }
  void count() {
    auto counted = std::make_shared<PreAggregates>();
    for (const Row& row : shared_->rows) {
      const model::Span& span = *row.span;
      const auto* found =
          model::find_attribute(shared_->batch->resource_of(span).attributes, "service.name");
      const bool is_text = found && found->value.is(AnyValue::Kind::kString);
      const std::string_view service = is_text ? found->value.as_string() : std::string_view();
      counted->add(is_text ? &service : nullptr, span.name, static_cast<std::int32_t>(span.kind),
                   static_cast<std::int32_t>(span.status.code), span.start.unix_nanos,
                   static_cast<std::uint64_t>(span.duration().count()));
    }
    pre_aggregates_ = std::move(counted);
  }

  std::string name_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<const BatchGroup>> own_groups_;
  std::vector<std::shared_ptr<const RowGroup>> groups_;
  std::shared_ptr<const PreAggregates> pre_aggregates_;
};

}  // namespace

std::shared_ptr<const SpanSource> make_batch_source(std::string name,
                                                    std::shared_ptr<const model::Batch> batch,
                                                    const BatchSourceOptions& options,
                                                    ArrayCounts* counts) {
  return std::make_shared<const BatchSource>(std::move(name), std::move(batch), options, counts);
}

}  // namespace cairn::storage::columnar
