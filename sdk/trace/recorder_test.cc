// SPDX-License-Identifier: Apache-2.0
//
// What becomes of finished spans: batches, retries, limits, flush, stop, fork; and that every span
// is accounted for.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "sdk/trace/testing/fixture.h"

namespace cairn::trace {
namespace {

using namespace std::chrono_literals;
using testing::answer_of;
using testing::expect_accounts_balance;
using testing::RecorderTest;
using testing::ScriptedExporter;
using Code = ExportResult::Code;

class RecorderBehaviour : public RecorderTest {
 protected:
  // Small enough for a test to fill, quick to try again.
  Options small() {
    Options options;
    options.exporter = scripted_;
    options.buffer_size = 256 * 1024;
    options.batch_size = 16 * 1024;
    options.delay = 10ms;
    options.retry_initial = 1ms;
    options.retry_longest = 5ms;
    return options;
  }
  void end_spans(int count) {
    for (int i = 0; i < count; ++i) tracer_.start("span " + std::to_string(i)).end();
  }
  std::shared_ptr<ScriptedExporter> scripted_ = std::make_shared<ScriptedExporter>();
};

TEST_F(RecorderBehaviour, SpansAreSentWithoutAFlushAfterTheDelay) {
  start_with(small());
  end_spans(3);
  EXPECT_TRUE(scripted_->wait_for_attempts(1));
}

TEST_F(RecorderBehaviour, FlushDeliversEverythingThatEndedBefore) {
  start_with(small());
  end_spans(500);
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 500U);
  expect_accounts_balance();
  EXPECT_EQ(stats().sent, 500U);
}

TEST_F(RecorderBehaviour, ABatchThatFailsForNowIsTriedAgainWithTheSameSpans) {
  scripted_->answer(answer_of(Code::kRetry, "busy"));
  scripted_->answer(answer_of(Code::kRetry, "busy"));
  start_with(small());
  end_spans(10);
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 10U);
  EXPECT_GE(stats().retries, 2U);
  expect_accounts_balance();
  EXPECT_NE(log().find("busy"), std::string::npos);
}

TEST_F(RecorderBehaviour, TheReceiversRetryAfterIsHonoured) {
  auto options = small();
  options.delay = 1ms;
  scripted_->answer(answer_of(Code::kRetry, "later", 150ms));
  start_with(options);
  const auto begin = std::chrono::steady_clock::now();
  end_spans(1);
  ASSERT_TRUE(scripted_->wait_for_attempts(2));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 150ms);
}

TEST_F(RecorderBehaviour, ARefusedBatchIsDroppedCountedAndLogged) {
  scripted_->answer(answer_of(Code::kFailed, "400 bad request"));
  start_with(small());
  end_spans(4);
  EXPECT_EQ(flush(), FlushResult::kFailed);
  EXPECT_EQ(stats().dropped_failed, 4U);
  expect_accounts_balance();
  EXPECT_NE(log().find("dropped 4 spans: 400 bad request"), std::string::npos);
}

TEST_F(RecorderBehaviour, RejectedSpansAreCountedAndNeverSentAgain) {
  scripted_->answer(answer_of(Code::kSent, "too old", {}, 3));
  start_with(small());
  end_spans(5);
  EXPECT_EQ(flush(), FlushResult::kFailed);
  EXPECT_EQ(stats().sent, 2U);
  EXPECT_EQ(stats().dropped_rejected, 3U);
  EXPECT_EQ(scripted_->attempts(), 1);
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, FlushSaysFailedWhenTheReceiverIsAway) {
  scripted_->always([](const auto&, const auto&) { return answer_of(Code::kRetry, "refused"); });
  start_with(small());
  end_spans(5);
  EXPECT_EQ(flush(100ms), FlushResult::kFailed);
  EXPECT_EQ(stats().buffered, 5U) << "they wait for the receiver";
  scripted_->always(nullptr);
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(stats().sent, 5U);
}

TEST_F(RecorderBehaviour, FlushSaysTimeoutWhileAnAttemptHangs) {
  std::atomic<bool> go{false};
  scripted_->always([&](const auto&, const ExportDeadline& deadline) {
    while (!go && deadline.left() > 0ns) std::this_thread::yield();
    return answer_of(Code::kSent);
  });
  start_with(small());
  end_spans(1);
  EXPECT_EQ(flush(50ms), FlushResult::kTimeout);
  go = true;
  EXPECT_EQ(flush(), FlushResult::kOk);
}

TEST_F(RecorderBehaviour, WhileTheReceiverIsAwayTheOldestGoAndTheNewestArrive) {
  std::atomic<bool> away{true};
  scripted_->always([&](const auto&, const auto&) {
    return away ? answer_of(Code::kRetry, "refused") : answer_of(Code::kSent);
  });
  start_with(small());
  constexpr int kSpans = 20'000;  // far more than fit
  end_spans(kSpans);
  const Stats during = stats();
  EXPECT_GT(during.dropped_buffer_full, 0U);
  EXPECT_LE(during.bytes_buffered, 256U * 1024);
  expect_accounts_balance();
  away = false;
  flush();
  expect_accounts_balance();
  const auto names = scripted_->names();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(stats().sent, names.size());
  // But for the batch that was being tried, what arrived is the newest, without a gap.
  const std::set<std::string> arrived(names.begin(), names.end());
  for (int i = kSpans - 500; i < kSpans; ++i) {
    EXPECT_EQ(arrived.count("span " + std::to_string(i)), 1U) << i;
  }
}

TEST_F(RecorderBehaviour, ABatchIsGivenUpInTheEnd) {
  auto options = small();
  options.retry_give_up = 30ms;
  scripted_->always([](const auto&, const auto&) { return answer_of(Code::kRetry, "refused"); });
  start_with(options);
  end_spans(2);
  EXPECT_EQ(flush(), FlushResult::kFailed);
  EXPECT_EQ(stats().dropped_failed, 2U);
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, StopIsBackInTimeThoughTheExporterHangs) {
  scripted_->always([&](const auto&, const ExportDeadline& deadline) {
    while (deadline.left() > 0ns) std::this_thread::yield();
    return answer_of(Code::kRetry, "no answer");
  });
  start_with(small());
  end_spans(7);
  ASSERT_TRUE(scripted_->wait_for_attempts(1));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(stop(200ms), FlushResult::kOk);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_GE(scripted_->interrupts_, 1);
  expect_accounts_balance();
  EXPECT_EQ(stats().sent, 0U);
  EXPECT_EQ(stats().dropped(), 7U);
}

TEST_F(RecorderBehaviour, StopSendsWhatIsLeftAndLaterSpansAreCountedAsDropped) {
  start_with(small());
  const Span open = tracer_.start("open");
  end_spans(3);
  EXPECT_EQ(stop(), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 3U);
  EXPECT_FALSE(tracer_.start("after").is_recording());
  open.end();
  EXPECT_EQ(stats().dropped_stopped, 1U);
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, CanBeStartedAgainAndTheSpansOfTheFirstLifeDoNotCount) {
  start_with(small());
  const Span of_the_first = tracer_.start("old");
  end_spans(3);
  stop();
  start_with(small());
  end_spans(2);
  of_the_first.end();
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(stats().started, 2U);
  EXPECT_EQ(stats().sent, 2U);
  expect_accounts_balance();
  EXPECT_EQ(scripted_->names().size(), 5U);
}

TEST_F(RecorderBehaviour, ASecondStartChangesNothing) {
  start_with(small());
  EXPECT_FALSE(start(Options()));
  end_spans(1);
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 1U);
}

TEST_F(RecorderBehaviour, MoreOpenSpansThanTheLimitAreCounted) {
  auto options = small();
  options.open_spans = 100;
  start_with(options);
  std::vector<Span> spans;
  for (int i = 0; i < 250; ++i) spans.push_back(tracer_.start("s"));
  const Stats during = stats();
  EXPECT_EQ(during.started, 250U);
  EXPECT_LE(during.open, 160U);
  EXPECT_EQ(during.open + during.dropped_open_limit, 250U);
  spans.clear();
  flush();
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, WithoutAnExporterSpansHaveIdsAndCostNothing) {
  start_with(Options());
  const Span span = tracer_.start("s");
  EXPECT_TRUE(span.context().is_valid());
  EXPECT_TRUE(span.context().is_sampled());
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(flush(), FlushResult::kOk);
}

TEST_F(RecorderBehaviour, ManyScopesInOneBatchKeepTheirSpans) {
  start_memory();
  std::vector<Tracer> tracers;
  for (int i = 0; i < 20; ++i) tracers.push_back(tracer("scope." + std::to_string(i)));
  for (int i = 0; i < 4000; ++i) {
    tracers[static_cast<std::size_t>(i % 20)].start("of " + std::to_string(i % 20)).end();
  }
  EXPECT_EQ(flush(), FlushResult::kOk);
  const auto spans = memory_->spans();
  ASSERT_EQ(spans.size(), 4000U);
  for (const auto& span : spans) EXPECT_EQ("of " + span.scope.substr(6), span.name);
}

TEST_F(RecorderBehaviour, TheResourceIsSentWithEveryKeyOnce) {
  Options options;
  options.resource = {{"service.name", "first"}, {"host", "h"}, {"service.name", "shop"}};
  start_memory(options);
  tracer_.start("s").end();
  flush();
  EXPECT_EQ(memory_->resource(),
            (std::map<std::string, std::string>{{"service.name", "shop"}, {"host", "h"}}));
}

TEST_F(RecorderBehaviour, ThreadsOfAllKindsLoseNothing) {
  auto options = small();
  options.buffer_size = 8 << 20;
  start_with(options);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        Span span = tracer_.start("here", SpanKind::kInternal, {{"n", i}});
        if (i % 1000 == 0) std::thread([s = std::move(span)] { s.set("elsewhere", true); }).join();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 80'000U);
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, TenThousandShortThreadsHoldNoMoreMemoryThanOne) {
  start_with(small());
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 10; ++i) threads.emplace_back([&] { tracer_.start("short").end(); });
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(scripted_->names().size(), 10'000U);
  EXPECT_LE(stats().bytes_buffered, 256U * 1024);
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, IdleThreadsDoNotKeepOthersFromRecording) {
  Options options;
  options.buffer_size = 256 * 1024;
  start_memory(options);
  constexpr int kThreads = 300;  // of which 64 have room, were it shared out once for all
  std::barrier all_hold_a_chunk(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      tracer_.start("s").end();
      all_hold_a_chunk.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(memory_->spans().size(), static_cast<std::size_t>(kThreads));
  EXPECT_EQ(stats().dropped(), 0U);
  EXPECT_LE(stats().bytes_buffered, 256U * 1024);
}

TEST_F(RecorderBehaviour, OneSpanIsSetAndEndedByManyThreadsAtOnce) {
  start_memory();
  for (int round = 0; round < 50; ++round) {
    const Span span = tracer_.start("shared");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) span.set("k" + std::to_string(t), i);
        if (t == 0) span.end();
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(memory_->spans().size(), 50U);
}

// In a child: 0 when all it expected was so.
int in_child(const std::function<bool()>& body) {
#if defined(__SANITIZE_THREAD__)
  return 0;  // ThreadSanitizer does not let a forked child start threads
#endif
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(RecorderBehaviour, TheChildOfAForkSendsItsOwnSpansAndOnlyThose) {
  start_with(small());
  const Span open_across = tracer_.start("open across the fork");
  end_spans(20);
  const int result = in_child([&] {
    open_across.set("who", "child");
    open_across.end();
    tracer_.start("of the child").end();
    if (flush() != FlushResult::kOk) return false;
    return scripted_->names() == std::vector<std::string>{"of the child"} && stats().started == 1 &&
           stats().sent == 1;
  });
  EXPECT_EQ(result, 0);
  open_across.end();
  EXPECT_EQ(flush(), FlushResult::kOk);
  const auto names = scripted_->names();
  EXPECT_EQ(names.size(), 21U);
  EXPECT_EQ(std::count(names.begin(), names.end(), "of the child"), 0);
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, AChildWithoutAFlushSendsByItself) {
  start_with(small());
  end_spans(1);
  flush();
  const int result = in_child([&] {
    tracer_.start("of the child").end();
    return scripted_->wait([&] { return stats().sent == 1; }) || stats().sent == 1;
  });
  EXPECT_EQ(result, 0);
}

TEST_F(RecorderBehaviour, ForkingUnderLoadNeitherHangsNorCounts) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a lock of AddressSanitizer's allocator may be held at the fork, for ever";
#endif
  start_with(small());
  std::atomic<bool> done{false};
  std::thread busy([&] {
    while (!done) tracer_.start("busy").end();
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(in_child([&] {
                tracer_.start("of the child").end();
                return flush(5s) == FlushResult::kOk && stats().sent == 1;
              }),
              0);
  }
  done = true;
  busy.join();
  flush();
  expect_accounts_balance();
}

TEST_F(RecorderBehaviour, UnsampledSpansAreCountedAndTheirChildrenFollow) {
  Options options;
  options.sampler = parent_based(always_off());
  start_memory(options);
  const Span parent = tracer_.start("s");
  const Scope scope(parent);
  EXPECT_FALSE(tracer_.start("child").context().is_sampled());
  EXPECT_EQ(stats().unsampled, 2U);
  EXPECT_EQ(stats().started, 0U);
}

TEST_F(RecorderBehaviour, ASuppressedThreadMakesNoSpans) {
  start_memory();
  {
    const SuppressTracing suppress;
    tracer_.start("hidden").end();
  }
  tracer_.start("shown").end();
  flush();
  EXPECT_EQ(memory_->spans().size(), 1U);
  EXPECT_EQ(stats().started, 1U);
}

TEST_F(RecorderBehaviour, TheBaseContextOfAThreadHoldsUntilItsSpanEnds) {
  start_memory();
  Span handler = tracer_.start("handler");
  set_thread_context(Context(handler));
  EXPECT_EQ(current_span_context().span_id, handler.context().span_id);
  handler.end();
  EXPECT_FALSE(current_span_context().is_valid());
}

}  // namespace
}  // namespace cairn::trace
