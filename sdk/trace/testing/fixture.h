// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the recorder share: telemetry into memory, stopped at the end, and an exporter
// whose answers a test decides.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include <cairn/testing.h>
#include <cairn/trace.h>
#include <cairn/trace/provider.h>
#include <gtest/gtest.h>

namespace cairn::trace::testing {

// Answers what it is told to, in order, then "sent"; counts what it saw.
class ScriptedExporter : public SpanExporter {
 public:
  using Code = ExportResult::Code;

  void answer(ExportResult result) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(result));
  }
  // From now on every answer, until it is called with none.
  void always(std::function<ExportResult(const SpanBatch&, const ExportDeadline&)> answer) {
    const std::lock_guard lock(mutex_);
    always_ = std::move(answer);
  }
  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override {
    std::function<ExportResult(const SpanBatch&, const ExportDeadline&)> always;
    ExportResult result;
    result.code = Code::kSent;
    {
      const std::lock_guard lock(mutex_);
      ++attempts_;
      changed_.notify_all();
      always = always_;
      if (!always && !answers_.empty()) {
        result = answers_.front();
        answers_.pop_front();
      }
    }
    if (always) result = always(batch, deadline);
    const std::lock_guard lock(mutex_);
    if (result.code == Code::kSent) {
      for_each_span(
          batch, [&](const ScopeSpans&, const SpanView& span) { names_.emplace_back(span.name); });
    }
    changed_.notify_all();
    return result;
  }
  void interrupt() noexcept override {
    const std::lock_guard lock(mutex_);
    ++interrupts_;
    changed_.notify_all();
  }
  // The parent's exporting thread may have been in the middle of these.
  void after_fork_in_child() noexcept override {
    new (&mutex_) std::mutex();
    new (&changed_) std::condition_variable();
    new (&names_) std::vector<std::string>();
    new (&always_) std::function<ExportResult(const SpanBatch&, const ExportDeadline&)>();
    new (&answers_) std::deque<ExportResult>();
  }
  std::string description() const override { return "scripted"; }

  int attempts() const {
    const std::lock_guard lock(mutex_);
    return attempts_;
  }
  std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  // Waits until `condition()` holds; false after ten seconds. For use inside answers as well.
  bool wait(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), condition);
  }
  bool wait_for_attempts(int count) {
    return wait([&] { return attempts_ >= count; });
  }
  int interrupts_ = 0;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ExportResult> answers_;
  std::function<ExportResult(const SpanBatch&, const ExportDeadline&)> always_;
  int attempts_ = 0;
  std::vector<std::string> names_;
};

inline ExportResult answer_of(ExportResult::Code code, std::string message = {},
                              std::chrono::nanoseconds retry_after = {}, std::size_t rejected = 0) {
  ExportResult result;
  result.code = code;
  result.message = std::move(message);
  result.retry_after = retry_after;
  result.rejected = rejected;
  return result;
}

// Telemetry into memory while the test runs.
class RecorderTest : public ::testing::Test {
 protected:
  void TearDown() override { stop(std::chrono::seconds(2)); }

  void start_with(Options options) {
    options.log = [this](LogLevel, std::string_view line) {
      const std::lock_guard lock(log_mutex_);
      log_.append(line).push_back('\n');
    };
    ASSERT_TRUE(start(std::move(options)));
  }
  void start_memory(Options options = {}) {
    options.exporter = memory_;
    start_with(std::move(options));
  }
  std::string log() {
    const std::lock_guard lock(log_mutex_);
    return log_;
  }
  // The one span that has ended.
  FinishedSpan only_span() {
    EXPECT_EQ(flush(), FlushResult::kOk);
    const auto spans = memory_->spans();
    EXPECT_EQ(spans.size(), 1U);
    return spans.empty() ? FinishedSpan() : spans[0];
  }

  std::shared_ptr<MemoryExporter> memory_ = std::make_shared<MemoryExporter>();
  Tracer tracer_ = tracer("test.scope", "1.2");

 private:
  std::mutex log_mutex_;
  std::string log_;
};

inline void expect_accounts_balance() {
  const Stats s = stats();
  EXPECT_EQ(s.started, s.open + s.buffered + s.sent + s.dropped())
      << "open " << s.open << " buffered " << s.buffered << " sent " << s.sent << " dropped "
      << s.dropped();
}

}  // namespace cairn::trace::testing
