// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(ArenaTest, CopiesKeepTheirContent) {
  Arena arena;
  const std::string_view text = arena.copy("cairn");
  const std::vector<int> numbers{1, 2, 3};
  const auto copied = arena.copy(std::span<const int>(numbers));
  EXPECT_EQ(text, "cairn");
  EXPECT_EQ(std::vector<int>(copied.begin(), copied.end()), numbers);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(copied.data()) % alignof(int), 0u);
}

TEST(ArenaTest, ServesLargerThanItsLargestBlock) {
  Arena arena;
  const std::string big(5_MiB, 'x');
  EXPECT_EQ(arena.copy(big), big);
}

TEST(ArenaTest, UsedAgainItStopsAllocating) {
  Arena arena;
  const auto fill = [&] {
    for (int i = 0; i < 10'000; ++i) arena.copy("a string of some length");
    arena.copy(std::string(100'000, 'x'));
  };
  fill();
  arena.clear();
  fill();
  const std::size_t steady = arena.reserved_bytes();
  for (int round = 0; round < 10; ++round) {
    arena.clear();
    fill();
  }
  EXPECT_EQ(arena.reserved_bytes(), steady);
}

}  // namespace
}  // namespace cairn
