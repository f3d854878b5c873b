// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/protobuf/protobuf_time.h"

#include <limits>

namespace cairn::wire::jaeger {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

struct SignedNanos {
  bool is_negative = false;
  std::uint64_t amount = 0;  // kMost when it is more
};

std::uint64_t nanos_of(std::uint64_t seconds, std::uint64_t nanos) {
  std::uint64_t whole = 0;
  if (__builtin_mul_overflow(seconds, std::uint64_t{kNanosPerSecond}, &whole)) return kMost;
  return __builtin_add_overflow(whole, nanos, &whole) ? kMost : whole;
}

SignedNanos total(SecondsAndNanos time) {
  // Brings nanos to the sign of seconds, within a second.
  std::int64_t carried = time.nanos / kNanosPerSecond;
  std::int64_t nanos = time.nanos % kNanosPerSecond;
  std::int64_t seconds = 0;
  if (__builtin_add_overflow(time.seconds, carried, &seconds)) return {time.seconds < 0, kMost};
  if (seconds > 0 && nanos < 0) {
    --seconds;
    nanos += kNanosPerSecond;
  } else if (seconds < 0 && nanos > 0) {
    ++seconds;
    nanos -= kNanosPerSecond;
  }
  if (seconds < 0 || nanos < 0) {
    return {true,
            nanos_of(~static_cast<std::uint64_t>(seconds) + 1, static_cast<std::uint64_t>(-nanos))};
  }
  return {false, nanos_of(static_cast<std::uint64_t>(seconds), static_cast<std::uint64_t>(nanos))};
}

}  // namespace

model::Timestamp moved(model::Timestamp start, const SecondsAndNanos& by) {
  const SignedNanos distance = total(by);
  std::uint64_t nanos = 0;
  if (distance.is_negative) {
    return {start.unix_nanos < distance.amount ? 0 : start.unix_nanos - distance.amount};
  }
  return {__builtin_add_overflow(start.unix_nanos, distance.amount, &nanos) ? kMost : nanos};
}

model::Timestamp to_timestamp(const SecondsAndNanos& since_1970) {
  return moved({}, since_1970);
}

SecondsAndNanos from_timestamp(model::Timestamp time) {
  return {static_cast<std::int64_t>(time.unix_nanos / kNanosPerSecond),
          static_cast<std::int32_t>(time.unix_nanos % kNanosPerSecond)};
}

SecondsAndNanos duration_between(model::Timestamp start, model::Timestamp end) {
  if (end >= start) return from_timestamp({end.unix_nanos - start.unix_nanos});
  const SecondsAndNanos back = from_timestamp({start.unix_nanos - end.unix_nanos});
  return {-back.seconds, -back.nanos};
}

}  // namespace cairn::wire::jaeger
