// SPDX-License-Identifier: Apache-2.0
//
// SpanClock: unix nanoseconds from the processor's cycle counter.
//
// Reading the counter costs half of clock_gettime. It is used only where the kernel itself keeps
// time by it, its rate is never believed but measured against the kernel's clock, again and again,
// and a step of the clock (suspend, migration) makes the clock fall back to the kernel for ten
// seconds. There the time is the monotonic clock's plus what the real one was ahead at the last
// calibration: one call, and a step is followed at the next one, a second later or when the export
// under way is over.
// A span's end is its start plus elapsed ticks, so that durations are never negative.
// Any thread, without waiting: while one calibrates, the others ask the kernel, or leave it at
// that.
#pragma once

#include <atomic>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace cairn::trace {

class SpanClock {
 public:
  struct Instant {
    std::uint64_t unix_nanos;
    std::uint64_t ticks;  // of the cycle counter, or of the monotonic clock in nanoseconds
    bool counter;         // which of the two
  };

  // `use_tsc`: false keeps to the kernel's clocks. `attended`: calibrate() will be called.
  void start(bool use_tsc, bool attended) noexcept;
  // The clocks at one moment.
  struct Sample {
    std::uint64_t ticks, monotonic, real;
  };
  static Sample sample() noexcept;
  // Measures the counter's rate again. Call about once a second.
  void calibrate() noexcept;
  // The same with what the clocks are said to show: for tests.
  void calibrate(const Sample& now) noexcept;
  // In the child of a fork(): the parent may have been calibrating. Begins to measure again; until
  // someone calibrates, which may be hours later, it is the kernel that is asked.
  void restart_in_child() noexcept;

  Instant now() const noexcept {
#if defined(__x86_64__)
    const std::uint32_t before = sequence_.load(std::memory_order_acquire);
    const std::uint64_t rate = rate_.load(std::memory_order_acquire);
    const std::uint64_t base_ticks = base_ticks_.load(std::memory_order_acquire);
    const std::uint64_t base_nanos = base_nanos_.load(std::memory_order_acquire);
    // While another thread publishes, which may take long if it loses its processor: the kernel.
    if (__builtin_expect(
            rate != 0 && (before & 1) == 0 && sequence_.load(std::memory_order_relaxed) == before,
            1)) {
      const std::uint64_t ticks = __rdtsc();
      // The counter may be read early, or on a core that is a few ticks behind.
      return {base_nanos + (ticks > base_ticks ? scale(ticks - base_ticks, rate) : 0), ticks, true};
    }
#endif
    const std::uint64_t monotonic = monotonic_nanos();
    return {real_time_of(monotonic), monotonic, false};
  }

  // The end of a span that began at `start`.
  std::uint64_t end_of(const Instant& start) const noexcept {
#if defined(__x86_64__)
    if (start.counter) {
      const std::uint64_t rate = rate_.load(std::memory_order_relaxed);
      if (__builtin_expect(rate != 0, 1)) {
        const std::uint64_t ticks = __rdtsc();
        // Counters of two cores may differ by a few ticks.
        return start.unix_nanos + (ticks > start.ticks ? scale(ticks - start.ticks, rate) : 0);
      }
      const std::uint64_t now = real_time_of(monotonic_nanos());
      return now > start.unix_nanos ? now : start.unix_nanos;
    }
#endif
    return start.unix_nanos + (monotonic_nanos() - start.ticks);
  }

  bool uses_counter() const noexcept { return rate_.load(std::memory_order_relaxed) != 0; }

 private:
  static std::uint64_t scale(std::uint64_t ticks, std::uint64_t rate) noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(ticks) * rate) >> 32);
  }
  static std::uint64_t monotonic_nanos() noexcept;
  static std::uint64_t real_nanos() noexcept;
  std::uint64_t real_time_of(std::uint64_t monotonic) const noexcept {
    const std::uint64_t offset = real_offset_.load(std::memory_order_relaxed);
    return __builtin_expect(offset != 0, 1) ? monotonic + offset : real_nanos();
  }
  void publish(std::uint64_t ticks, std::uint64_t nanos, std::uint64_t rate) noexcept;
  void begin_measuring(const Sample& now) noexcept;
  void adopt(const Sample& now) noexcept;
  void measure(const Sample& now) noexcept;
  bool has_stepped(const Sample& now, std::uint64_t rate) const noexcept;

  std::atomic<std::uint32_t> sequence_{0};
  std::atomic<std::uint64_t> rate_{0};  // nanoseconds a tick, times 2^32; 0: ask the kernel
  std::atomic<std::uint64_t> base_ticks_{0};
  std::atomic<std::uint64_t> base_nanos_{0};
  // Of the real time from the monotonic clock: the kernel is asked once for a moment, not twice. 0:
  // nobody would notice a step, so it is asked.
  std::atomic<std::uint64_t> real_offset_{0};
  std::atomic<bool> calibrating_{false};  // guards what follows, and publish()
  bool allowed_ = false;
  bool attended_ = false;
  std::uint64_t first_ticks_ = 0;  // where the present measurement began
  std::uint64_t first_nanos_ = 0;  // of the monotonic clock
  std::uint64_t quiet_until_ = 0;  // monotonic; after a step
};

}  // namespace cairn::trace
