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

  void new_ids(TraceId& trace_id, SpanId& span_id) noexcept {
    State state = state_;
    set(trace_id, next(state), next(state));
    set(span_id, next(state));
    state_ = state;
  }
  TraceId new_trace_id() noexcept {
    TraceId id;
    set(id, next(state_), next(state_));
    return id;
  }
  SpanId new_span_id() noexcept {
    SpanId id;
    set(id, next(state_));
    return id;
  }

 private:
  struct State {
    std::uint64_t a = 1, b = 2;
  };

  static std::uint64_t next(State& state) noexcept {
    const std::uint64_t a = state.a;
    std::uint64_t b = state.b;
    const std::uint64_t sum = a + b;
    b ^= a;
    state.a = rotate(a, 24) ^ b ^ (b << 16);
    state.b = rotate(b, 37);
    return sum;
  }
  static std::uint64_t rotate(std::uint64_t x, int k) noexcept {
    return (x << k) | (x >> (64 - k));
  }
  static void set(TraceId& id, std::uint64_t high, std::uint64_t low) noexcept {
    if (__builtin_expect((high | low) == 0, 0)) high = 1;
    std::memcpy(id.bytes, &high, sizeof high);
    std::memcpy(id.bytes + 8, &low, sizeof low);
  }
  static void set(SpanId& id, std::uint64_t whole) noexcept {
    if (__builtin_expect(whole == 0, 0)) whole = 1;
    std::memcpy(id.bytes, &whole, sizeof whole);
  }

  State state_;
};

}  // namespace cairn::trace
