// SPDX-License-Identifier: Apache-2.0
//
// RandomIds: trace and span ids of one thread, xoroshiro128+ seeded by the kernel.
//
// Not a secret: ids must not repeat, no more. One owner thread. Never yields zeros.
#pragma once

#include <cairn/trace/ids.h>

namespace cairn::trace {

class RandomIds {
 public:
  // Seeds from getrandom(2); without it from clocks and addresses.
  void seed() noexcept;

  std::uint64_t next() noexcept {
    const std::uint64_t a = state_[0];
    std::uint64_t b = state_[1];
    const std::uint64_t sum = a + b;
    b ^= a;
    state_[0] = rotate(a, 24) ^ b ^ (b << 16);
    state_[1] = rotate(b, 37);
    return sum;
  }

  TraceId new_trace_id() noexcept {
    TraceId id;
    std::uint64_t halves[2] = {next(), next()};
    if (__builtin_expect((halves[0] | halves[1]) == 0, 0)) halves[0] = 1;
    std::memcpy(id.bytes, halves, sizeof halves);
    return id;
  }
  SpanId new_span_id() noexcept {
    SpanId id;
    std::uint64_t whole = next();
    if (__builtin_expect(whole == 0, 0)) whole = 1;
    std::memcpy(id.bytes, &whole, sizeof whole);
    return id;
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, int k) noexcept {
    return (x << k) | (x >> (64 - k));
  }
  std::uint64_t state_[2] = {1, 2};
};

}  // namespace cairn::trace
