// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/timestamp.h"

namespace cairn::storage {

// Half open: begin <= t < end; an end of Timestamp::max() is no end at all. The default is all of
// time.
struct TimeRange {
  model::Timestamp begin{0};
  model::Timestamp end = model::Timestamp::max();

  bool contains(model::Timestamp t) const {
    return begin <= t && (t < end || end == model::Timestamp::max());
  }
  bool operator==(const TimeRange&) const = default;
};

}  // namespace cairn::storage
