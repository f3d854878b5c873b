// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/numbers.h"

#include <bit>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

using Numbers = std::vector<std::uint64_t>;

template <typename T>
Bytes encoded(const std::vector<T>& values, NumberUse use = NumberUse::kStored) {
  Bytes out;
  encode_numbers(std::span<const T>(values), use, out);
  return out;
}

// Encodes, decodes whole and in parts, and expects the same values; returns the encoded bytes.
template <typename T>
Bytes round_trip(const std::vector<T>& values, NumberUse use = NumberUse::kStored) {
  Bytes bytes = encoded(values, use);
  std::vector<T> decoded;
  const Result<void> result = decode_numbers(bytes, values.size(), decoded);
  EXPECT_TRUE(result) << (result ? "" : result.error().message) << describe_numbers(bytes);
  EXPECT_EQ(decoded, values) << describe_numbers(bytes);

  std::mt19937_64 random(values.size());
  for (int part = 0; part < 4; ++part) {
    const std::size_t first = random() % (values.size() + 1);
    const std::size_t n = random() % (values.size() - first + 1);
    Numbers some = {7};
    EXPECT_TRUE(decode_numbers_at(bytes, values.size(), first, n, some));
    Numbers expected = {7};
    for (std::size_t i = 0; i < n; ++i) expected.push_back(values[first + i]);
    EXPECT_EQ(some, expected);
  }
  return bytes;
}

TEST(Numbers, AnEmptySequenceIsNoBytes) {
  EXPECT_TRUE(round_trip(Numbers{}).empty());
  Numbers out = {1};
  EXPECT_FALSE(decode_numbers(as_bytes("x"), 0, out));
}

TEST(Numbers, AConstantTakesOneByteWhenSmall) {
  EXPECT_EQ(round_trip(Numbers(5000, 30)).size(), 1U);
  EXPECT_EQ(round_trip(Numbers(5000, 31)).size(), 2U);
  EXPECT_EQ(round_trip(Numbers(1, ~std::uint64_t{0})).size(), 11U);
}

TEST(Numbers, EveryWidthAndEveryShortLengthRoundTrips) {
  std::mt19937_64 random(1);
  for (unsigned width = 1; width <= 64; ++width) {
    for (const std::size_t count :
         {1UL, 2UL, 7UL, 8UL, 9UL, 63UL, 64UL, 65UL, 1023UL, 1024UL, 1025UL, 3000UL}) {
      Numbers values(count);
      for (auto& value : values) value = random() >> (64 - width);
      round_trip(values);
    }
  }
}

TEST(Numbers, AFewLargeValuesAreKeptAside) {
  std::mt19937_64 random(2);
  Numbers values(4096);
  for (auto& value : values) value = random() % 16;
  const std::size_t without = round_trip(values).size();
  for (std::size_t i = 5; i < values.size(); i += 200) values[i] = random();
  EXPECT_LT(round_trip(values).size(), without + 21 * 14);
}

TEST(Numbers, HeavyTailsRoundTrip) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> durations(12, 2);
  for (int run = 0; run < 50; ++run) {
    Numbers values(1 + random() % 3000);
    for (auto& value : values) value = static_cast<std::uint64_t>(durations(random));
    round_trip(values);
    round_trip(values, NumberUse::kScanned);
  }
}

TEST(Numbers, ACommonFactorIsDividedOut) {
  std::mt19937_64 random(4);
  for (const std::uint64_t factor : {2UL, 3UL, 100UL, 1000UL, 1'000'000'007UL}) {
    Numbers values(2000);
    for (auto& value : values) value = 123'456'789 + factor * (random() % 1000);
    EXPECT_LT(round_trip(values).size(), 2000 * 10 / 8 + 40) << factor;
  }
}

TEST(Numbers, TheFactorOfSignedNumbersIsFoundInBothForms) {
  std::mt19937_64 random(5);
  Numbers complement(2000);
  Numbers zigzagged(2000);
  for (std::size_t i = 0; i < complement.size(); ++i) {
    const auto number = static_cast<std::int64_t>(random() % 1000) * 1000 - 500'000 + 7;
    complement[i] = static_cast<std::uint64_t>(number);
    zigzagged[i] =
        static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  }
  EXPECT_LT(round_trip(complement).size(), 2000 * 10 / 8 + 40);
  EXPECT_LT(round_trip(zigzagged).size(), 2000 * 10 / 8 + 40);
}

TEST(Numbers, AscendingNumbersKeepTheirSteps) {
  std::mt19937_64 random(10);
  Numbers values = {random() / 2};
  std::vector<std::uint32_t> rows = {0};
  for (int i = 0; i < 2999; ++i) {
    values.push_back(values.back() + random() % 200 * 10);
    rows.push_back(rows.back() + 1 + static_cast<std::uint32_t>(random() % 4));
  }
  const Bytes bytes = round_trip(values);
  EXPECT_EQ(number_encoding_name(bytes), "pfor steps");
  EXPECT_LT(bytes.size(), 3100U);
  EXPECT_LT(round_trip(rows).size(), 3000 / 4 + 40);
  for (const std::size_t count : {2UL, 3UL, 1024UL, 1025UL, 2049UL}) {
    round_trip(Numbers(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)));
  }
}

TEST(Numbers, PricesAsDoublesBecomeCents) {
  std::mt19937_64 random(9);
  Numbers values;
  for (int i = 0; i < 1000; ++i) {
    const auto cents = static_cast<std::int64_t>(random() % 4096) - 100;
    values.push_back(std::bit_cast<std::uint64_t>(static_cast<double>(cents) / 100));
  }
  EXPECT_LT(round_trip(values).size(), 1000 * 13 / 8 + 10);
  for (const double other : {-0.0, 1e300, 1.0 / 3, std::nan(""), HUGE_VAL, 5e-324,
                             9007199254740993.0, 1e17, 0.1 + 0.2}) {
    Numbers with = values;
    with.push_back(std::bit_cast<std::uint64_t>(other));
    round_trip(with);
  }
}

TEST(Numbers, TheEndsOfTheRangeRoundTrip) {
  const std::uint64_t most = ~std::uint64_t{0};
  const std::uint64_t half = std::uint64_t{1} << 63;
  round_trip(Numbers{0, most});
  round_trip(Numbers{half, half - 1, 0, most});
  round_trip(Numbers{half, half - 1000, half + 1000});
  Numbers lowest(100, half);
  for (std::size_t i = 0; i < lowest.size(); i += 3) lowest[i] = half + 1000 * i;
  round_trip(lowest);
  for (std::size_t i = 1; i < lowest.size(); i += 3) lowest[i] = half - 1000 * i;
  round_trip(lowest);
  for (std::size_t i = 1; i < lowest.size(); i += 2) lowest[i] = 1000 * i + 8;
  round_trip(lowest);
}

TEST(Numbers, PatternsAreCompressed) {
  Numbers values(20'000);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<unsigned char>("shop orders"[i % 11]) & 15U;
  const Bytes bytes = round_trip(values);
  EXPECT_EQ(number_encoding_name(bytes), "planes zstd");
  EXPECT_LT(bytes.size(), 100U);
  EXPECT_LT(round_trip(values, NumberUse::kScanned).size(), 100U);
}

TEST(Numbers, RandomShapesRoundTripInBothWidths) {
  std::mt19937_64 random(6);
  for (int run = 0; run < 2000; ++run) {
    const std::uint64_t width = 1 + random() % 64;
    const std::uint64_t outliers = random() % 65;
    const std::uint64_t base = random() >> random() % 64;
    const std::uint64_t factor = 1 + (random() % 3 == 0 ? random() >> random() % 64 : 0);
    Numbers values(1 + random() % (run % 10 == 0 ? 5000 : 300));
    std::vector<std::uint32_t> narrow;
    for (auto& value : values) {
      value = base + factor * (random() >> (64 - width));
      if (random() % 64 < outliers / 8)
        value = random() >> (64 - std::max<std::uint64_t>(outliers, 1));
      if (random() % 4 == 0) value = values[0];
      narrow.push_back(static_cast<std::uint32_t>(value));
    }
    const auto use = run % 2 == 0 ? NumberUse::kScanned : NumberUse::kStored;
    round_trip(values, use);
    round_trip(narrow, use);
  }
}

TEST(Numbers, RefusesEveryTruncation) {
  std::mt19937_64 random(7);
  Numbers values(2500);
  for (auto& value : values) value = random() % 100 == 0 ? random() : random() % 4096;
  for (const Numbers& column : {values, Numbers(3, 1'000'000)}) {
    const Bytes bytes = encoded(column);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      Numbers out;
      EXPECT_FALSE(decode_numbers(ByteView(bytes).first(size), column.size(), out));
    }
    Bytes longer = bytes;
    longer.push_back({});
    Numbers out;
    EXPECT_FALSE(decode_numbers(longer, column.size(), out));
  }
}

TEST(Numbers, RefusesACountTheBlocksCannotHold) {
  const Bytes bytes = encoded(Numbers{1, 2, 3});
  Numbers out;
  EXPECT_FALSE(decode_numbers(bytes, std::size_t{1} << 60, out));
  EXPECT_FALSE(decode_numbers(bytes, 2000, out));
  EXPECT_EQ(out.capacity(), 0U);
}

TEST(Numbers, RefusesValuesThatDoNotFit32Bits) {
  std::vector<std::uint32_t> out;
  EXPECT_FALSE(decode_numbers(encoded(Numbers{1, std::uint64_t{1} << 32}), 2, out));
  EXPECT_FALSE(decode_numbers(encoded(Numbers(9, std::uint64_t{1} << 32)), 9, out));
}

TEST(Numbers, DamagedBytesAreRefusedOrGiveTheCount) {
  std::mt19937_64 random(8);
  Numbers values(1500);
  for (auto& value : values) value = random() % 50 == 0 ? random() : random() % 64 * 1000;
  for (int run = 0; run < 3000; ++run) {
    Bytes bytes = encoded(values, NumberUse::kScanned);
    for (int flips = 0; flips < 3; ++flips) {
      bytes[random() % (flips == 0 ? 20 : bytes.size())] = static_cast<std::byte>(random());
    }
    Numbers out;
    if (decode_numbers(bytes, values.size(), out)) {
      EXPECT_EQ(out.size(), values.size());
    }
    (void)describe_numbers(bytes);
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
