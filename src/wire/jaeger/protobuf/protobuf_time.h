// SPDX-License-Identifier: Apache-2.0
//
// google.protobuf.Timestamp and Duration ⇄ nanoseconds. What does not fit is the nearest that does:
// a start before 1970 (Go's zero time is one) is 0, one past 2554 the last nanosecond.
// Source: google/protobuf/timestamp.proto and duration.proto.
#pragma once

#include <cstdint>

#include "model/timestamp.h"

namespace cairn::wire::jaeger {

// Any pair that a sender wrote, whatever its signs.
struct SecondsAndNanos {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

model::Timestamp to_timestamp(const SecondsAndNanos& since_1970);
// `start` moved by that much, forwards or backwards.
model::Timestamp moved(model::Timestamp start, const SecondsAndNanos& by);

SecondsAndNanos from_timestamp(model::Timestamp time);
// moved(start, duration_between(start, end)) is `end`. Both parts have the same sign.
SecondsAndNanos duration_between(model::Timestamp start, model::Timestamp end);

}  // namespace cairn::wire::jaeger
