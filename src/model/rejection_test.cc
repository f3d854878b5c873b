// SPDX-License-Identifier: Apache-2.0
#include "model/rejection.h"

#include <gtest/gtest.h>

namespace cairn::model {
namespace {

TEST(RejectionsTest, ExplainThemselves) {
  Rejections rejections;
  EXPECT_EQ(rejections.to_text(), "");
  rejections.add(RejectionReason::kTooLarge);
  EXPECT_EQ(rejections.to_text(), "1 span rejected: too_large 1");
  rejections.add(RejectionReason::kInvalidTraceId, 2);
  EXPECT_EQ(rejections.to_text(), "3 spans rejected: invalid_trace_id 2, too_large 1");
}

}  // namespace
}  // namespace cairn::model
