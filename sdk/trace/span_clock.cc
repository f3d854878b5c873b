// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/span_clock.h"

#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

namespace cairn::trace {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kStep = 1'000'000;  // a clock that is off by a millisecond has stepped

std::uint64_t read_clock(clockid_t id) noexcept {
  timespec now;  // always filled: these clocks cannot fail
  clock_gettime(id, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * kSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

// The kernel has checked what CPUID promises, on every core: believe it rather than CPUID.
bool kernel_uses_tsc() noexcept {
#if defined(__x86_64__)
  const int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource",
                        O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char name[8] = {};
  const ssize_t size = read(file, name, sizeof name - 1);
  close(file);
  return size >= 4 && std::memcmp(name, "tsc\n", 4) == 0;
#else
  return false;
#endif
}

std::uint64_t read_ticks() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return read_clock(CLOCK_MONOTONIC);
#endif
}

}  // namespace

// The clocks at one moment: of several tries the one that took least.
SpanClock::Sample SpanClock::sample() noexcept {
  Sample best{};
  std::uint64_t least = UINT64_MAX;
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t before = read_ticks();
    const std::uint64_t monotonic = read_clock(CLOCK_MONOTONIC);
    const std::uint64_t real = read_clock(CLOCK_REALTIME);
    const std::uint64_t after = read_ticks();
    if (after - before < least) {
      least = after - before;
      best = {before + (after - before) / 2, monotonic, real};
    }
  }
  return best;
}

std::uint64_t SpanClock::monotonic_nanos() noexcept {
  return read_clock(CLOCK_MONOTONIC);
}

std::uint64_t SpanClock::real_nanos() noexcept {
  return read_clock(CLOCK_REALTIME);
}

void SpanClock::publish(std::uint64_t ticks, std::uint64_t nanos, std::uint64_t rate) noexcept {
  const std::uint32_t sequence = sequence_.load(std::memory_order_relaxed);
  sequence_.store(sequence + 1, std::memory_order_relaxed);
  // Each of these stores comes after the odd sequence, and readers load them before they look at
  // the sequence again.
  base_ticks_.store(ticks, std::memory_order_release);
  base_nanos_.store(nanos, std::memory_order_release);
  rate_.store(rate, std::memory_order_release);
  sequence_.store(sequence + 2, std::memory_order_release);
}

void SpanClock::begin_measuring(const Sample& now) noexcept {
  first_ticks_ = now.ticks;
  first_nanos_ = now.monotonic;
}

void SpanClock::start(bool use_tsc, bool attended) noexcept {
  const bool allowed = use_tsc && kernel_uses_tsc();
  // The thread of an earlier start() may calibrate just now.
  while (calibrating_.exchange(true, std::memory_order_acquire)) sched_yield();
  publish(0, 0, 0);
  allowed_ = allowed;
  attended_ = attended;
  const Sample first = sample();
  real_offset_.store(attended ? first.real - first.monotonic : 0, std::memory_order_relaxed);
  begin_measuring(first);
  quiet_until_ = 0;
  calibrating_.store(false, std::memory_order_release);
}

void SpanClock::restart_in_child() noexcept {
  sequence_.store(0, std::memory_order_relaxed);
  publish(0, 0, 0);
  real_offset_.store(0, std::memory_order_relaxed);
  begin_measuring(sample());
  calibrating_.store(false, std::memory_order_release);
}

void SpanClock::calibrate() noexcept {
  if (calibrating_.exchange(true, std::memory_order_acquire)) return;
  adopt(sample());
  calibrating_.store(false, std::memory_order_release);
}

void SpanClock::calibrate(const Sample& now) noexcept {
  if (calibrating_.exchange(true, std::memory_order_acquire)) return;
  adopt(now);
  calibrating_.store(false, std::memory_order_release);
}

void SpanClock::adopt(const Sample& now) noexcept {
  // The thread of an earlier start() may call, when nobody will any more.
  if (attended_) real_offset_.store(now.real - now.monotonic, std::memory_order_relaxed);
  if (allowed_) measure(now);
}

bool SpanClock::has_stepped(const Sample& now, std::uint64_t rate) const noexcept {
  const std::uint64_t base = base_ticks_.load(std::memory_order_relaxed);
  // As now() reckons. The counter may have begun anew, as after a suspend: then time stands still.
  const std::uint64_t expected = base_nanos_.load(std::memory_order_relaxed) +
                                 (now.ticks > base ? scale(now.ticks - base, rate) : 0);
  return (expected > now.real ? expected - now.real : now.real - expected) > kStep;
}

void SpanClock::measure(const Sample& now) noexcept {
  const std::uint64_t old_rate = rate_.load(std::memory_order_relaxed);
  if (old_rate != 0 && has_stepped(now, old_rate)) {
    publish(0, 0, 0);
    begin_measuring(now);
    quiet_until_ = now.monotonic + 10 * kSecond;
    return;
  }
  if (now.ticks <= first_ticks_) return begin_measuring(now);
  const std::uint64_t elapsed = now.monotonic - first_nanos_;
  if (now.monotonic < quiet_until_ || elapsed < kSecond / 1000) return;
  __extension__ using Wide = unsigned __int128;
  const auto rate =
      static_cast<std::uint64_t>((static_cast<Wide>(elapsed) << 32) / (now.ticks - first_ticks_));
  publish(now.ticks, now.real, rate);
  // A window of a minute: long enough to be exact, short enough to follow a drifting crystal.
  if (elapsed > 60 * kSecond) {
    first_ticks_ = now.ticks - (now.ticks - first_ticks_) / 2;
    first_nanos_ = now.monotonic - elapsed / 2;
  }
}

}  // namespace cairn::trace
