// SPDX-License-Identifier: Apache-2.0
#include "ingest/tee_writer.h"

#include <optional>

#include <gtest/gtest.h>

namespace cairn::ingest {
namespace {

// Answers when told.
class SlowWriter final : public storage::TraceWriter {
 public:
  void write(const model::TenantId&, std::shared_ptr<const model::Batch>,
             storage::WriteDone done) override {
    done_ = std::move(done);
  }
  void take() { done_(storage::WriteOutcome{1, {}}); }
  void refuse(ErrorCode code) { done_(Error{code, "no"}); }

 private:
  storage::WriteDone done_;
};

class TeeWriterTest : public ::testing::Test {
 protected:
  TeeWriterTest() {
    TeeWriter(first_, second_).write({}, std::make_shared<const model::Batch>(), [this](auto got) {
      EXPECT_FALSE(answer_) << "answered twice";
      answer_ = std::move(got);
    });
  }

  SlowWriter first_;
  SlowWriter second_;
  std::optional<Result<storage::WriteOutcome>> answer_;
};

TEST_F(TeeWriterTest, AcknowledgesOnceBothHaveIt) {
  second_.take();
  EXPECT_FALSE(answer_);
  first_.take();
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ((*answer_)->accepted, 1U);
}

TEST_F(TeeWriterTest, ARefusalOfOneAsksForARetryOfAll) {
  first_.take();
  second_.refuse(ErrorCode::kResourceExhausted);
  ASSERT_TRUE(answer_ && !*answer_);
  EXPECT_EQ(answer_->error().code, ErrorCode::kUnavailable);
}

TEST_F(TeeWriterTest, ARefusalOfBothSaysThatNothingWasTaken) {
  first_.refuse(ErrorCode::kResourceExhausted);
  second_.refuse(ErrorCode::kUnavailable);
  ASSERT_TRUE(answer_ && !*answer_);
  EXPECT_EQ(answer_->error().code, ErrorCode::kResourceExhausted);
}

}  // namespace
}  // namespace cairn::ingest
