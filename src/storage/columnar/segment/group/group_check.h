// SPDX-License-Identifier: Apache-2.0
//
// Whether a row group keeps what schema/row_group.h promises, found out by reading all of it.
#pragma once

#include "storage/columnar/segment/group/group_codec.h"

namespace cairn::storage::columnar {

// Errors: kCorruption for the first promise that is broken.
Result<void> check_group(const SegmentGroup& group);

}  // namespace cairn::storage::columnar
