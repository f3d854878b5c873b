// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {
namespace {

// The values of the rows that have one. `ground` keeps alive what they point at.
template <typename T>
Pinned<T> without_gaps(const Pinned<T>& values, std::span<const std::uint8_t> present) {
  struct Kept {
    std::shared_ptr<const void> ground;
    std::vector<T> values;
  };
  if (values.empty()) return values;
  auto kept = std::make_shared<Kept>();
  kept->ground = values.owner;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i] != 0) kept->values.push_back(values[i]);
  }
  const std::span<const T> view(kept->values);
  return {std::move(kept), view};
}

}  // namespace

Result<ColumnValues> RowGroup::dense_column(ClassId span_class, ColumnId id) const {
  ASSIGN_OR_RETURN(ColumnValues values, column(span_class, id));
  const Pinned<std::uint8_t> present = std::exchange(values.present, {});
  if (values.constant || present.empty()) return values;
  values.codes = without_gaps(values.codes, present.view);
  values.texts = without_gaps(values.texts, present.view);
  values.numbers = without_gaps(values.numbers, present.view);
  return values;
}

}  // namespace cairn::storage::columnar
