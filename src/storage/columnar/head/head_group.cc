// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/head_group.h"

#include <mutex>
#include <optional>

#include "storage/columnar/head/class_lists.h"
#include "storage/columnar/head/trace_lists.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::uint32_t kNoPosition = 0xffff'ffff;

// Collects the values of one column on class rows: all equal so far, or an array.
template <typename T>
class Gathering {
 public:
  explicit Gathering(std::size_t rows) { values_.reserve(rows); }
  void add(const T& value) {
    if (!any_) first_ = value;
    any_ = true;
    constant_ = constant_ && value == first_;
    values_.push_back(value);
  }
  void skip() { values_.push_back(T{}); }
  bool constant() const { return constant_; }
  std::vector<T> take() {
    if (constant_) return {first_};
    return std::move(values_);
  }

 private:
  std::vector<T> values_;
  T first_{};
  bool any_ = false;
  bool constant_ = true;
};

std::uint32_t position_of(const Shape& shape, ColumnId column) {
  for (std::uint32_t i = 0; i < shape.columns.size(); ++i) {
    if (shape.columns[i] == column) return i;
  }
  return kNoPosition;
}

// Thread rule: as RowGroup; what is computed lazily is computed once, under a lock.
class HeadGroup final : public RowGroup {
 public:
  HeadGroup(std::shared_ptr<const HeadTable> head, const GroupFacts& facts)
      : head_(std::move(head)), table_(head_->table), facts_(facts) {}

  const GroupFacts& facts() const override { return facts_; }
  Result<std::shared_ptr<const Schema>> schema() const override {
    return std::shared_ptr<const Schema>(head_, &table_.schema);
  }
  Result<Pinned<std::string_view>> dictionary(ColumnId column) const override;
  Result<std::vector<ClassRows>> classes() const override { return lists().classes; }
  Result<Pinned<ColumnId>> columns(ClassId span_class) const override {
    return Pinned<ColumnId>::own(lists().columns_of(table_, span_class));
  }
  Result<Pinned<RowIndex>> rows(ClassId span_class) const override {
    return Pinned<RowIndex>{shared_lists(), lists().rows_of(span_class)};
  }
  Result<Pinned<std::uint64_t>> starts(ClassId span_class) const override {
    return gather<std::uint64_t>(span_class, [](const SpanRow& row) { return row.start; });
  }
  Result<Pinned<std::uint64_t>> durations(ClassId span_class) const override {
    return gather<std::uint64_t>(span_class, [](const SpanRow& row) { return row.duration; });
  }
  Result<Pinned<ResourceId>> resources(ClassId span_class) const override {
    return gather<ResourceId>(span_class, [](const SpanRow& row) { return row.resource; });
  }
  Result<Pinned<ShapeId>> shapes(ClassId span_class) const override {
    return Pinned<ShapeId>{shared_lists(), lists().shapes_of(span_class)};
  }
  Result<Pinned<std::uint8_t>> has_extra(ClassId span_class) const override;
  Result<Pinned<std::string_view>> extras(ClassId span_class) const override;
  Result<ColumnValues> column(ClassId span_class, ColumnId column) const override;

  Result<Pinned<model::SpanId>> span_ids() const override {
    return gather_all<model::SpanId>([](const SpanRow& row) { return row.span_id; });
  }
  Result<Pinned<model::SpanId>> parent_span_ids() const override {
    return gather_all<model::SpanId>([](const SpanRow& row) { return row.parent_span_id; });
  }
  Result<Pinned<TraceOrdinal>> trace_of_rows() const override;
  Result<TraceTable> traces() const override;
  Result<void> rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const override {
    head_->traces.rows_below(trace, facts_.rows, out);
    return {};
  }
  Result<void> materialize(std::span<const RowIndex> rows, model::Batch& out) const override {
    columnar::materialize(table_, rows, out);
    return {};
  }

 private:
  // The array and the table that its texts lie in.
  struct Texts {
    std::shared_ptr<const HeadTable> head;
    std::vector<std::string_view> texts;
  };

  template <typename T, typename Get>
  Pinned<T> gather(ClassId span_class, const Get& get) const {
    const std::span<const RowIndex> rows = lists().rows_of(span_class);
    std::vector<T> made(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) made[i] = get(table_.rows[rows[i]]);
    return Pinned<T>::own(std::move(made));
  }
  template <typename T, typename Get>
  Pinned<T> gather_all(const Get& get) const {
    std::vector<T> made;
    made.reserve(facts_.rows);
    while (made.size() < facts_.rows) {
      const auto run = table_.rows.run(made.size(), facts_.rows - made.size());
      for (const SpanRow& row : run) made.push_back(get(row));
    }
    return Pinned<T>::own(std::move(made));
  }
  // Calls `visit` for each class row with the column's cell, or nullptr where it has none.
  template <typename Visit>
  void for_each_cell(ClassId span_class, ColumnId column, const Visit& visit) const;
  template <typename T, typename Get>
  std::vector<T> cell_values(ClassId span_class, ColumnId column, ColumnValues& values,
                             const Get& get) const;
  // Whether the column's values are given as texts: some stand outside of the dictionary.
  bool is_plain(ColumnId column) const;
  Pinned<std::string_view> pinned(std::vector<std::string_view> texts) const {
    auto owner = std::make_shared<const Texts>(Texts{head_, std::move(texts)});
    return {owner, std::span(owner->texts)};
  }
  const ClassLists& lists() const { return *shared_lists(); }
  const std::shared_ptr<const ClassLists>& shared_lists() const {
    std::call_once(lists_once_, [this] { lists_ = head_->lists(facts_.rows); });
    return lists_;
  }

  const std::shared_ptr<const HeadTable> head_;
  const SpanTable& table_;
  const GroupFacts facts_;
  mutable std::once_flag lists_once_;
  mutable std::shared_ptr<const ClassLists> lists_;
  mutable std::once_flag traces_once_;
  mutable TraceTable traces_;
  mutable Mutex mutex_;
  mutable std::unordered_map<ColumnId, Pinned<std::string_view>> dictionaries_ GUARDED_BY(mutex_);
};

bool HeadGroup::is_plain(ColumnId column) const {
  auto& first = const_cast<std::uint32_t&>(head_->first_text_row[column]);
  const std::uint32_t row = std::atomic_ref<std::uint32_t>(first).load(std::memory_order_relaxed);
  return row != 0 && row <= facts_.rows;
}

Result<Pinned<std::string_view>> HeadGroup::dictionary(ColumnId column) const {
  if (!is_text(table_.schema.columns[column].type) || is_plain(column)) {
    return Pinned<std::string_view>{};
  }
  const MutexLock lock(mutex_);
  Pinned<std::string_view>& cached = dictionaries_[column];
  if (cached.owner) return cached;
  const StableVector<std::string_view>& values = *table_.dictionaries[column];
  const std::size_t size = values.published_size();
  std::vector<std::string_view> made;
  made.reserve(size);
  while (made.size() < size) {
    const auto run = values.run(made.size(), size - made.size());
    made.insert(made.end(), run.begin(), run.end());
  }
  cached = pinned(std::move(made));
  return cached;
}

Result<Pinned<std::uint8_t>> HeadGroup::has_extra(ClassId span_class) const {
  const std::span<const RowIndex> rows = lists().rows_of(span_class);
  std::vector<std::uint8_t> made(rows.size());
  bool any = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    made[i] = table_.rows[rows[i]].extra != 0 ? 1 : 0;
    any = any || made[i] != 0;
  }
  if (!any) return Pinned<std::uint8_t>{};
  return Pinned<std::uint8_t>::own(std::move(made));
}

Result<Pinned<std::string_view>> HeadGroup::extras(ClassId span_class) const {
  const std::span<const RowIndex> rows = lists().rows_of(span_class);
  std::vector<std::string_view> made(rows.size());
  bool any = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t extra = table_.rows[rows[i]].extra;
    if (extra == 0) continue;
    made[i] = table_.extras[extra - 1];
    any = true;
  }
  if (!any) return Pinned<std::string_view>{};
  return pinned(std::move(made));
}

template <typename Visit>
void HeadGroup::for_each_cell(ClassId span_class, ColumnId column, const Visit& visit) const {
  const std::span<const ShapeId> shapes = lists().shapes_of(span_class);
  const std::span<const std::uint32_t> first_cells = lists().first_cells_of(span_class);
  ShapeId last_shape = kNoShape;
  std::uint32_t position = kNoPosition;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i] != last_shape) {
      last_shape = shapes[i];
      position = position_of(table_.schema.shapes[last_shape], column);
    }
    visit(position == kNoPosition ? nullptr : &table_.cells[first_cells[i] + position]);
  }
}

template <typename T, typename Get>
std::vector<T> HeadGroup::cell_values(ClassId span_class, ColumnId column, ColumnValues& values,
                                      const Get& get) const {
  const std::size_t rows = lists().rows_of(span_class).size();
  Gathering<T> gathering(rows);
  std::vector<std::uint8_t> present;
  std::size_t seen = 0;
  for_each_cell(span_class, column, [&](const std::uint32_t* cell) {
    if (cell) {
      gathering.add(get(*cell));
      if (!present.empty()) present[seen] = 1;
    } else {
      if (present.empty()) {
        present.resize(rows);
        std::fill_n(present.begin(), seen, std::uint8_t{1});
      }
      gathering.skip();
    }
    ++seen;
  });
  if (!present.empty()) values.present = Pinned<std::uint8_t>::own(std::move(present));
  values.constant = gathering.constant();
  return gathering.take();
}

Result<ColumnValues> HeadGroup::column(ClassId span_class, ColumnId column) const {
  ColumnValues values;
  const ColumnType type = table_.schema.columns[column].type;
  if (type == ColumnType::kEmpty) {
    cell_values<std::uint32_t>(span_class, column, values, [](std::uint32_t cell) { return cell; });
    values.constant = false;
  } else if (!is_text(type)) {
    values.numbers = Pinned<std::uint64_t>::own(cell_values<std::uint64_t>(
        span_class, column, values, [this](std::uint32_t cell) { return table_.number(cell); }));
  } else if (is_plain(column)) {
    values.texts = pinned(cell_values<std::string_view>(
        span_class, column, values,
        [this, column](std::uint32_t cell) { return table_.text(column, cell); }));
  } else {
    values.codes = Pinned<std::uint32_t>::own(cell_values<std::uint32_t>(
        span_class, column, values, [](std::uint32_t cell) { return cell; }));
  }
  return values;
}

Result<Pinned<TraceOrdinal>> HeadGroup::trace_of_rows() const {
  std::vector<TraceOrdinal> made;
  made.reserve(facts_.rows);
  while (made.size() < facts_.rows) {
    const auto run = table_.trace_of_row.run(made.size(), facts_.rows - made.size());
    made.insert(made.end(), run.begin(), run.end());
  }
  return Pinned<TraceOrdinal>::own(std::move(made));
}

Result<TraceTable> HeadGroup::traces() const {
  std::call_once(traces_once_, [this] { traces_ = make_trace_table(table_, facts_); });
  return traces_;
}

class HeadView final : public SpanSource {
 public:
  explicit HeadView(std::shared_ptr<const HeadTable> head)
      : head_(std::move(head)), facts_(head_->facts()) {
    if (facts_.rows != 0) group_ = std::make_shared<const HeadGroup>(head_, facts_);
  }

  const std::string& name() const override { return head_->name; }
  std::span<const std::shared_ptr<const RowGroup>> groups() const override {
    return {&group_, facts_.rows != 0 ? std::size_t{1} : std::size_t{0}};
  }
  Result<std::vector<TracePlace>> find(const model::TraceId& id) const override {
    const TraceOrdinal trace = head_->traces.find_shared(id);
    if (trace >= facts_.traces) return std::vector<TracePlace>{};
    return std::vector<TracePlace>{{0, trace}};
  }
  Result<std::shared_ptr<const PreAggregates>> pre_aggregates() const override {
    return std::shared_ptr<const PreAggregates>();
  }

 private:
  const std::shared_ptr<const HeadTable> head_;
  const GroupFacts facts_;
  std::shared_ptr<const RowGroup> group_;
};

}  // namespace

std::shared_ptr<const SpanSource> make_head_view(std::shared_ptr<const HeadTable> head) {
  return std::make_shared<const HeadView>(std::move(head));
}

}  // namespace cairn::storage::columnar
