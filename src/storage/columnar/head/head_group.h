// SPDX-License-Identifier: Apache-2.0
//
// A head as a source of one row group: the rows published when the view was made.
#pragma once

#include <memory>

#include "storage/columnar/head/head_state.h"

namespace cairn::storage::columnar {

// Cost: some allocations; the rows are looked at when they are asked for.
std::shared_ptr<const SpanSource> make_head_view(std::shared_ptr<const HeadTable> head);

}  // namespace cairn::storage::columnar
