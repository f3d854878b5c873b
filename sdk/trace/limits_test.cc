// SPDX-License-Identifier: Apache-2.0
//
// The recorder where spans are as large as they may be, threads as many, and clocks as odd.
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "sdk/trace/span_clock.h"
#include "sdk/trace/testing/fixture.h"
#include "sdk/trace/thread_state.h"

namespace cairn::trace {
namespace {

using testing::RecorderTest;
using Map = std::map<std::string, std::string>;
constexpr std::uint64_t kSecond = 1'000'000'000;

class LimitsTest : public RecorderTest {};

// Adds to the span until there is no room for anything; a name takes the last of it.
void fill_up(const Span& span) {
  for (const std::size_t size : {500U, 50U, 5U, 0U}) {
    const std::string name(size, 'x');
    for (int i = 0; i < 100; ++i) span.add_event(name);
  }
  for (std::size_t size = 64; size >= 19; --size) span.update_name(std::string(size, 'n'));
}

TEST_F(LimitsTest, ASpanThatIsFullStillSaysThatItFailed) {
  Options options;
  options.limits.span_size = 8 * 1024;
  options.limits.events = 1000;
  start_memory(options);
  {
    const Span span = tracer_.start("s");
    fill_up(span);
    span.set_status(StatusCode::kError, "out of room");
  }
  const FinishedSpan span = only_span();
  EXPECT_GT(span.dropped_events, 0U);
  EXPECT_EQ(span.status, StatusCode::kError);
}

TEST_F(LimitsTest, TheSmallestSpanHasItsNameItsTraceStateAndWhatItLost) {
  Options options;
  options.limits.span_size = 0;
  start_memory(options);
  SpanContext parent;
  parent.trace_id.bytes[0] = parent.span_id.bytes[0] = 1;
  parent.flags.bits = TraceFlags::kSampled;
  parent.trace_state = TraceState::from_header("a=" + std::string(250, 'x'));
  const Context context(parent);
  SpanOptions span_options;
  span_options.parent = &context;
  const std::string name(1024, '\xff');
  {
    const Span span = tracer_.start(name, span_options);
    for (int i = 0; i < 100; ++i) span.set("key" + std::to_string(i), "some value or other");
  }
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.name.size(), 3U * 1024);
  EXPECT_EQ(span.context.trace_state.header(), parent.trace_state.header());
  EXPECT_GT(span.dropped_attributes, 0U);
  EXPECT_EQ(span.attributes.size() + span.dropped_attributes, 100U);
}

TEST_F(LimitsTest, AStatusThatIsReplacedInAFullSpanIsNotLost) {
  Options options;
  options.limits.span_size = 8 * 1024;
  options.limits.events = 1000;
  start_memory(options);
  {
    const Span span = tracer_.start("s");
    span.set_status(StatusCode::kError, "first");
    fill_up(span);
    for (int i = 0; i < 100; ++i) span.set_status(StatusCode::kError, std::string(300, 'y'));
    fill_up(span);
    span.set_status(StatusCode::kOk);
  }
  EXPECT_EQ(only_span().status, StatusCode::kOk);
}

TEST_F(LimitsTest, BytesThatAreCutNeedOnlyTheRoomOfWhatIsLeft) {
  Options options;
  options.limits.value_size = 10;
  start_memory(options);
  const std::string large(1 << 20, 'b');
  tracer_.start("s").set("bytes", BytesView{large.data(), large.size()});
  EXPECT_EQ(only_span().attributes, (Map{{"bytes", std::string(10, 'b')}}));
}

TEST_F(LimitsTest, AttributesWithoutAKeyTakeNobodysPlace) {
  Options options;
  options.limits.attributes = options.limits.attributes_per_event = 1;
  start_memory(options);
  {
    const Span span = tracer_.start("s", SpanKind::kInternal, {{"", 1}, {"a", 2}, {"", 3}});
    span.add_event("e", {{"", 1}, {"a", 2}});
  }
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.attributes, (Map{{"a", "2"}}));
  EXPECT_EQ(span.dropped_attributes, 0U);
  EXPECT_EQ(span.events.at(0).attributes, (Map{{"a", "2"}}));
}

bool threads_become(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (detail::thread_state_count() != count) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST_F(LimitsTest, ThreadsThatHaveEndedHaveNoShareOfTheBuffer) {
  start_memory();
  tracer_.start("s").end();
  flush();
  // This one and the exporting one; that of an earlier test may just end.
  EXPECT_TRUE(threads_become(2));
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) threads.emplace_back([&] { tracer_.start("s").end(); });
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(threads_become(2));
  std::thread([&] {
    tracer_.start("s").end();
    EXPECT_TRUE(threads_become(3));
  }).join();
}

TEST_F(LimitsTest, AForkedChildHasOneThread) {
  start_memory();
  tracer_.start("s").end();
  bool done = false;
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> attached{false};
  std::thread other([&] {
    tracer_.start("s").end();
    attached = true;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done; });
  });
  while (!attached) std::this_thread::yield();
  const pid_t child = fork();
  if (child == 0) _exit(static_cast<int>(detail::thread_state_count()));
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 1);
  {
    const std::lock_guard lock(mutex);
    done = true;
  }
  changed.notify_all();
  other.join();
}

// A clock of which the rate is known, if the machine has a counter.
void make_ready(SpanClock& clock, bool use_tsc) {
  clock.start(use_tsc, true);
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
  while (std::chrono::steady_clock::now() < until) clock.calibrate();
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : b - a;
}

TEST(SdkSpanClockSteps, AStepOfTheRealTimeIsFollowed) {
  for (const bool use_tsc : {false, true}) {
    for (const std::int64_t hours : {-1, 1}) {
      SpanClock clock;
      make_ready(clock, use_tsc);
      SpanClock::Sample now = SpanClock::sample();
      now.real += static_cast<std::uint64_t>(hours * 3600) * kSecond;
      clock.calibrate(now);
      EXPECT_LT(distance(clock.now().unix_nanos, now.real), kSecond * 10) << use_tsc << hours;
    }
  }
}

TEST(SdkSpanClockSteps, ACounterThatBeginsAnewIsNotBelieved) {
  SpanClock clock;
  make_ready(clock, true);
  const SpanClock::Instant start = clock.now();
  SpanClock::Sample now = SpanClock::sample();
  now.ticks = 1000;  // what a suspend leaves of it on some machines
  now.monotonic += kSecond;
  now.real += 3600 * kSecond;
  clock.calibrate(now);
  EXPECT_FALSE(clock.uses_counter());
  EXPECT_LT(distance(clock.now().unix_nanos, now.real), kSecond * 10);
  EXPECT_GE(clock.end_of(start), start.unix_nanos);
}

TEST(SdkSpanClockSteps, NobodyAttendsToTheClockOfAChildAtFirst) {
  SpanClock clock;
  make_ready(clock, false);
  SpanClock::Sample wrong = SpanClock::sample();
  const std::uint64_t real = wrong.real;
  wrong.real -= 3600 * kSecond;  // as if the clock had been put forward an hour since
  clock.calibrate(wrong);
  clock.restart_in_child();
  EXPECT_LT(distance(clock.now().unix_nanos, real), kSecond * 10);
  clock.calibrate();
  EXPECT_LT(distance(clock.now().unix_nanos, real), kSecond * 10);
}

}  // namespace
}  // namespace cairn::trace
