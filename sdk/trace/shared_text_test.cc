// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <cairn/trace/shared_text.h>
#include <gtest/gtest.h>

namespace cairn::trace {
namespace {

TEST(SdkSharedText, IsOnePointerAndEmptyByDefault) {
  static_assert(sizeof(SharedText) == sizeof(void*));
  EXPECT_TRUE(SharedText().empty());
  EXPECT_TRUE(SharedText(std::string_view()).empty());
  EXPECT_EQ(SharedText().view(), "");
}

TEST(SdkSharedText, KeepsItsOwnCopy) {
  std::string source = "vendor=1";
  const SharedText text{source};
  source = "overwrit";
  EXPECT_EQ(text.view(), "vendor=1");
}

TEST(SdkSharedText, CopiesShareOneTextAndOutliveTheFirst) {
  SharedText copy;
  {
    const SharedText first{std::string_view("a\0b", 3)};
    copy = first;
    EXPECT_EQ(copy.view().data(), first.view().data());
  }
  EXPECT_EQ(copy.view(), std::string_view("a\0b", 3));
}

TEST(SdkSharedText, AMovedFromTextIsEmpty) {
  SharedText from{std::string_view("x")};
  const SharedText to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(to.view(), "x");
}

TEST(SdkSharedText, AssigningToItselfChangesNothing) {
  SharedText text{std::string_view("x")};
  const SharedText& same = text;
  text = same;
  EXPECT_EQ(text.view(), "x");
}

TEST(SdkSharedText, TextThatCannotBeAllocatedIsEmpty) {
  const char byte = 'x';
  EXPECT_TRUE(SharedText(std::string_view(&byte, static_cast<std::size_t>(-1))).empty());
}

// For the sanitizers: the last owner frees, whichever thread it is on.
TEST(SdkSharedText, ManyThreadsCopyAndDropOneText) {
  const auto first = std::make_unique<SharedText>(std::string_view("shared by threads"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([mine = *first] {
      for (int round = 0; round < 10000; ++round) {
        const SharedText copy = mine;
        ASSERT_EQ(copy.view(), "shared by threads");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first->view(), "shared by threads");
}

}  // namespace
}  // namespace cairn::trace
