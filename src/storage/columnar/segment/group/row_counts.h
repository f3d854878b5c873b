// SPDX-License-Identifier: Apache-2.0
//
// The pre-aggregates of a table's rows.
#pragma once

#include <optional>

#include "storage/columnar/head/span_table.h"
#include "storage/columnar/index/pre_aggregates.h"

namespace cairn::storage::columnar {

// Nothing when they would not save anything, or could not say what conditions see: some resource
// has a service.name that is not a string.
std::optional<PreAggregates> count_rows(const SpanTable& table);

}  // namespace cairn::storage::columnar
