// SPDX-License-Identifier: Apache-2.0
//
// What a hostile reading of the recorder found: hanging exporters across restarts, callbacks that
// call back, text that is not UTF-8 where nobody looks, sizes and times at their limits.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/trace/span_clock.h"
#include "sdk/trace/testing/fixture.h"
#include "sdk/trace/utf8.h"

namespace cairn::trace {
namespace {

using namespace std::chrono_literals;
using testing::answer_of;
using testing::expect_accounts_balance;
using testing::RecorderTest;
using testing::ScriptedExporter;
using Code = ExportResult::Code;
constexpr auto kForEver = std::chrono::milliseconds::max();

bool wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

int exporting_threads() {
  int count = 0;
  DIR* const tasks = opendir("/proc/self/task");
  while (const dirent* const task = readdir(tasks)) {
    std::ifstream file("/proc/self/task/" + std::string(task->d_name) + "/comm");
    std::string name;
    std::getline(file, name);
    count += name == "cairn-export" ? 1 : 0;
  }
  closedir(tasks);
  return count;
}

class AttackTest : public RecorderTest {
 protected:
  Options with(std::shared_ptr<SpanExporter> exporter) {
    Options options;
    options.exporter = std::move(exporter);
    options.buffer_size = 256 * 1024;
    options.batch_size = 16 * 1024;
    options.delay = 10ms;
    options.retry_initial = 1ms;
    options.retry_longest = 5ms;
    return options;
  }
  std::shared_ptr<ScriptedExporter> scripted_ = std::make_shared<ScriptedExporter>();
};

// Answers when it is told to, whatever the deadline.
struct Gate {
  std::atomic<bool> open{false};
  void hold(ScriptedExporter& exporter) {
    exporter.always([this](const auto&, const auto&) {
      wait_until([&] { return open.load(); });
      return answer_of(Code::kSent);
    });
  }
};

TEST_F(AttackTest, AnExporterThatHungAcrossARestartTakesNothingOfTheNewLife) {
  const auto hung = std::make_shared<ScriptedExporter>();
  Gate gate;
  gate.hold(*hung);
  start_with(with(hung));
  tracer_.start("old").end();
  ASSERT_TRUE(hung->wait_for_attempts(1));
  tracer_.start("old, too late").end();
  EXPECT_EQ(stop(1ms), FlushResult::kTimeout);
  auto options = with(scripted_);
  options.delay = 1h;
  start_with(options);
  for (int i = 0; i < 5; ++i) tracer_.start("new").end();
  EXPECT_TRUE(wait_until([] { return exporting_threads() == 2; }));
  gate.open = true;
  ASSERT_TRUE(wait_until([] { return exporting_threads() == 1; }));
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(hung->names(), std::vector<std::string>{"old"});
  EXPECT_EQ(scripted_->names(), std::vector<std::string>(5, "new"));
  EXPECT_EQ(stats().sent, 5U);
  expect_accounts_balance();
}

TEST_F(AttackTest, FlushNeverMissesSpansThatAreJustHandedOver) {
  std::atomic<std::uint64_t> newest{0};
  scripted_->always([&](const SpanBatch& batch, const auto&) {
    for_each_span(batch, [&](const ScopeSpans&, const SpanView& span) {
      newest = std::max(newest.load(), span.start_unix_nanos);
    });
    return answer_of(Code::kSent, {}, {}, batch.span_count);
  });
  auto options = with(scripted_);
  options.buffer_size = 16 << 20;
  start_with(options);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> ended{0};
  std::thread busy([&] {
    const std::string large(3000, 'x');  // a few fill a chunk
    SpanOptions span_options;
    const Attribute attributes[] = {{"large", large}};
    span_options.attributes = attributes;
    for (std::uint64_t i = 1; !done; ++i) {
      span_options.start = Timestamp(i);
      tracer_.start("s", span_options).end(Timestamp(i));
      ended = i;
    }
  });
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t before = ended;
    flush();
    EXPECT_GE(newest, before);
  }
  done = true;
  busy.join();
  stop();
}

TEST_F(AttackTest, TwoWhoCalibrateTheClockNeitherStopNorBendIt) {
  SpanClock clock;
  clock.start(true, true);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!done) clock.calibrate();
    });
  }
  for (int i = 0; i < 500'000; ++i) {
    const std::uint64_t now = clock.now().unix_nanos;
    const auto real = static_cast<std::uint64_t>(
        std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
    EXPECT_LT(now > real ? now - real : real - now, 5'000'000'000U);
  }
  done = true;
  for (auto& thread : threads) thread.join();
}

TEST_F(AttackTest, ASpanIsNoLargerThanItsLimitAndSaysWhatItLost) {
  std::atomic<std::size_t> bytes{0};
  scripted_->always([&](const SpanBatch& batch, const auto&) {
    bytes = batch.byte_count;
    for_each_span(batch, [](const ScopeSpans&, const SpanView& span) {
      EXPECT_EQ(span.trace_state, "vendor=value");
      EXPECT_GT(span.dropped_events, 0U);
    });
    return answer_of(Code::kSent);
  });
  auto options = with(scripted_);
  options.limits.span_size = 33 * 1024;
  start_with(options);
  SpanContext parent;
  parent.trace_id.bytes[0] = parent.span_id.bytes[0] = 1;
  parent.flags.bits = TraceFlags::kSampled;
  parent.trace_state = TraceState::from_header("vendor=value");
  const Context context(parent);
  SpanOptions span_options;
  span_options.parent = &context;
  {
    const Span span = tracer_.start("large", span_options);
    for (std::size_t size : {1000U, 100U, 10U, 0U}) {
      const std::string name(size, 'x');
      for (int i = 0; i < 64; ++i) span.add_event(name);
    }
  }
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_GT(bytes, 0U);
  EXPECT_LE(bytes, 34U * 1024 + 16);
}

TEST_F(AttackTest, WaitingForEverIsNotWaitingNotAtAll) {
  auto options = with(scripted_);
  options.delay = options.export_timeout = options.retry_give_up = options.retry_longest = kForEver;
  scripted_->answer(answer_of(Code::kRetry));
  start_with(options);
  tracer_.start("s").end();
  EXPECT_EQ(flush(kForEver), FlushResult::kOk);
  tracer_.start("s").end();
  EXPECT_EQ(stop(kForEver), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 2U);
}

TEST_F(AttackTest, PausesOfNothingAreNotABusyLoop) {
  auto options = with(scripted_);
  options.retry_initial = options.retry_longest = 0ms;
  options.retry_give_up = 50ms;
  scripted_->always([](const auto&, const auto&) { return answer_of(Code::kRetry); });
  start_with(options);
  tracer_.start("s").end();
  EXPECT_EQ(flush(), FlushResult::kFailed);
  EXPECT_LE(scripted_->attempts(), 80);
}

TEST_F(AttackTest, AReceiverThatAsksForAnEternityIsGivenUp) {
  scripted_->answer(answer_of(Code::kRetry, "later", std::chrono::nanoseconds::max()));
  scripted_->always({});
  start_with(with(scripted_));
  tracer_.start("s").end();
  EXPECT_EQ(flush(5s), FlushResult::kFailed);
  EXPECT_EQ(stats().dropped_failed, 1U);
  EXPECT_EQ(scripted_->attempts(), 1);
}

inline constexpr Key kLatin{"caf\xe9"};

TEST_F(AttackTest, NoTextBreaksTheRequest) {
  std::atomic<int> seen{0};
  scripted_->always([&](const SpanBatch& batch, const auto&) {
    EXPECT_TRUE(is_utf8(batch.resource_schema_url));
    for_each_span(batch, [&](const ScopeSpans& scope, const SpanView& span) {
      ++seen;
      EXPECT_TRUE(is_utf8(scope.name) && is_utf8(scope.version) && is_utf8(scope.schema_url));
      AttributeCursor cursor = span.attributes();
      for (AttributeView attribute; cursor.next(attribute);) {
        EXPECT_TRUE(is_utf8(attribute.key)) << attribute.key;
      }
    });
    return answer_of(Code::kSent);
  });
  auto options = with(scripted_);
  options.resource_schema_url = "http://\xff";
  start_with(options);
  const Tracer latin = tracer("caf\xe9", "\xe9", "http://\xe9");
  const Span span = latin.start("s", SpanKind::kInternal, {{kLatin, 1}});
  span.add_event("e", {{kLatin, "x"}});
  span.set(kLatin, 2);
  span.end();
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(seen, 1);
}

TEST_F(AttackTest, NullTextIsEmptyText) {
  start_memory();
  const char* const nothing = nullptr;
  {
    const Span span = tracer_.start("s", SpanKind::kInternal, {{"user", nothing}});
    span.set("path", nothing);
    span.set(nothing, 1);
  }
  const auto attributes = only_span().attributes;
  EXPECT_EQ(attributes, (std::map<std::string, std::string>{{"user", ""}, {"path", ""}}));
}

TEST_F(AttackTest, ASpanThatBeganInTheFutureDoesNotEndBeforeIt) {
  start_memory();
  SpanOptions options;
  options.start = Timestamp(std::chrono::system_clock::now() + 1h);
  tracer_.start("s", options).end();
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.end_unix_nanos, span.start_unix_nanos);
}

class CallsBack : public SpanProcessor {
 public:
  explicit CallsBack(std::function<void()> call) : call_(std::move(call)) {}
  void on_start(SpanRef, const SpanContext&, const Context&) noexcept override {}
  void on_end(const SpanView&) noexcept override {}
  void shutdown() noexcept override { call_(); }

 private:
  std::function<void()> call_;
};

TEST_F(AttackTest, AProcessorMayForkWhileItIsShutDown) {
  int status = -1;
  auto options = with(scripted_);
  options.processors = {std::make_shared<CallsBack>([&] {
    const pid_t child = fork();
    if (child == 0) _exit(start(Options()) ? 0 : 1);
    waitpid(child, &status, 0);
  })};
  start_with(options);
  EXPECT_EQ(stop(), FlushResult::kOk);
  EXPECT_EQ(status, 0);
}

TEST_F(AttackTest, ASecondStopIsBackInItsOwnTime) {
  Gate gate;
  gate.hold(*scripted_);
  start_with(with(scripted_));
  tracer_.start("s").end();
  ASSERT_TRUE(scripted_->wait_for_attempts(1));
  std::atomic<bool> stopping{false};
  std::thread patient([&] {
    stopping = true;
    stop(15s);
  });
  ASSERT_TRUE(wait_until([&] { return stopping && !tracer_.enabled(); }));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(stop(10ms), FlushResult::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  gate.open = true;
  patient.join();
}

TEST_F(AttackTest, AStoppedExporterIsLetGo) {
  auto exporter = std::make_shared<ScriptedExporter>();
  const std::weak_ptr<ScriptedExporter> watched = exporter;
  start_with(with(std::move(exporter)));
  EXPECT_EQ(stop(), FlushResult::kOk);
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace cairn::trace
