// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/schema/stable_vector.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

TEST(StableVector, ElementsKeepTheirPlaceWhileItGrows) {
  StableVector<std::string> words;
  words.push_back("first");
  const std::string* first = &words[0];
  for (int i = 1; i < 5000; ++i) words.push_back(std::to_string(i));
  EXPECT_EQ(first, &words[0]);
  EXPECT_EQ(words.size(), 5000u);
  for (std::size_t i = 1; i < 5000; ++i) ASSERT_EQ(words[i], std::to_string(i));
}

TEST(StableVector, ShowsReadersWhatWasPublished) {
  StableVector<int> numbers;
  numbers.push_back(1);
  EXPECT_EQ(numbers.published_size(), 0u);
  numbers.publish();
  EXPECT_EQ(numbers.published_size(), 1u);
}

TEST(StableVector, AReaderBesideTheWriterSeesWholeElements) {
  StableVector<std::uint64_t> numbers;
  constexpr std::uint64_t kCount = 20'000;
  std::jthread writer([&numbers] {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      numbers.push_back(i * 3);
      if (i % 7 == 0) numbers.publish();
    }
    numbers.publish();
  });
  std::size_t seen = 0;
  while (seen < kCount) {
    seen = numbers.published_size();
    for (std::size_t i = seen > 100 ? seen - 100 : 0; i < seen; ++i) ASSERT_EQ(numbers[i], i * 3);
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
