// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include <cairn/export/exporters.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sdk/export/testing/batches.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using std::chrono::seconds;
using transport::testing::OwnedBatch;
using transport::testing::sample_request;
using transport::testing::within;

struct FakeExporter final : SpanExporter {
  explicit FakeExporter(std::string own_name) : name(std::move(own_name)) {}
  ExportResult export_batch(const SpanBatch&, const ExportDeadline&) noexcept override {
    ++calls;
    if (on_call) on_call();
    return next;
  }
  void interrupt() noexcept override { ++interrupts; }
  void after_fork_in_child() noexcept override { ++forks; }
  std::string description() const override { return name; }

  std::string name;
  ExportResult next;
  std::function<void()> on_call;
  int calls = 0, interrupts = 0, forks = 0;
};

class AllOf : public ::testing::Test {
 protected:
  AllOf() { a->next.code = b->next.code = Code::kSent; }
  ExportResult send(const OwnedBatch& to_send) {
    return all->export_batch(to_send.batch(), within(seconds(1)));
  }

  const std::shared_ptr<FakeExporter> a = std::make_shared<FakeExporter>("a");
  const std::shared_ptr<FakeExporter> b = std::make_shared<FakeExporter>("b");
  const SpanExporterPtr all = all_of({a, b});
  const OwnedBatch batch{sample_request(3)};
};

TEST_F(AllOf, IsSentWhenAllTookIt) {
  EXPECT_EQ(send(batch).code, Code::kSent);
  EXPECT_EQ(a->calls, 1);
  EXPECT_EQ(b->calls, 1);
}

TEST_F(AllOf, IsTriedAgainOnlyByThoseThatDidNotTakeIt) {
  a->next.code = Code::kRetry;
  a->next.retry_after = seconds(3);
  a->next.message = "later";
  const ExportResult first = send(batch);
  EXPECT_EQ(first.code, Code::kRetry);
  EXPECT_EQ(first.retry_after, seconds(3));
  EXPECT_EQ(first.message, "a: later");
  EXPECT_EQ(send(batch).code, Code::kRetry);
  a->next = {};
  a->next.code = Code::kSent;
  EXPECT_EQ(send(batch).code, Code::kSent);
  EXPECT_EQ(a->calls, 3);
  EXPECT_EQ(b->calls, 1);
  EXPECT_EQ(send(batch).code, Code::kSent) << "done with: the same bytes are a batch of their own";
  EXPECT_EQ(b->calls, 2);
}

TEST_F(AllOf, AnotherBatchGoesToAll) {
  a->next.code = Code::kRetry;
  EXPECT_EQ(send(batch).code, Code::kRetry);
  // As many spans and bytes; another trace.
  auto request = sample_request(3);
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(0)->set_trace_id(
      "fedcba9876543210");
  const OwnedBatch other(request);
  EXPECT_EQ(send(other).code, Code::kRetry);
  EXPECT_EQ(b->calls, 2);
}

TEST_F(AllOf, FailsWhenOneRefusedIt) {
  a->next.code = Code::kFailed;
  a->next.message = "bad";
  b->next.code = Code::kRetry;
  EXPECT_EQ(send(batch).code, Code::kRetry);
  b->next.code = Code::kSent;
  b->next.rejected = 1;
  const ExportResult result = send(batch);
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_EQ(result.rejected, 0U);
  EXPECT_EQ(result.message, "a: bad");
  EXPECT_EQ(a->calls, 1);
  EXPECT_EQ(b->calls, 2);
}

TEST_F(AllOf, RejectedIsTheMostThatOneRejected) {
  a->next.rejected = 2;
  b->next.rejected = 1;
  EXPECT_EQ(send(batch).rejected, 2U);
}

TEST_F(AllOf, WhoIsInTroubleComesLast) {
  a->next.code = Code::kRetry;
  send(batch);
  std::string order;
  a->on_call = [&] { order += 'a'; };
  b->on_call = [&] { order += 'b'; };
  const OwnedBatch other(sample_request(5));
  send(other);
  EXPECT_EQ(order, "ba");
  a->next.code = Code::kSent;
  send(other);
  order.clear();
  send(batch);
  EXPECT_EQ(order, "ab");
}

TEST_F(AllOf, PassesCallsOn) {
  all->interrupt();
  EXPECT_EQ(a->interrupts + b->interrupts, 2);
  EXPECT_EQ(all->description(), "all of a, b");
}

// In a child indeed: what the parent was in the middle of is left behind there.
TEST_F(AllOf, ChildOfAForkStartsAnew) {
  a->next.code = Code::kRetry;
  send(batch);
  const auto child = [this] {
    all->after_fork_in_child();
    send(batch);
    ::_exit(a->forks + b->forks == 2 && b->calls == 2 ? 0 : 1);
  };
  EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "");
}

TEST(AllOfNone, IsNothing) {
  EXPECT_EQ(all_of({}), nullptr);
  EXPECT_EQ(all_of({nullptr, nullptr}), nullptr);
  const auto one = std::make_shared<FakeExporter>("one");
  EXPECT_EQ(all_of({nullptr, one}), one);
}

}  // namespace
}  // namespace cairn::trace
