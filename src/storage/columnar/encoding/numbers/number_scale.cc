// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/number_scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {
namespace {

// Tests for and divides by one number, without dividing: multiplication by the inverse of the odd
// part modulo 2^64 (Granlund and Montgomery, "Division by Invariant Integers using
// Multiplication").
class ExactDivisor {
 public:
  explicit ExactDivisor(std::uint64_t divisor) : divisor_(divisor) {
    shift_ = std::countr_zero(divisor);
    const std::uint64_t odd = divisor >> shift_;
    inverse_ = odd;  // right for the lowest three bits; each step doubles how many are right
    for (int step = 0; step < 5; ++step) inverse_ *= 2 - odd * inverse_;
    largest_ = ~std::uint64_t{0} / divisor;
  }
  std::uint64_t value() const { return divisor_; }
  bool divides(std::uint64_t number) const {
    return std::rotr(number * inverse_, shift_) <= largest_;
  }
  // REQUIRES: divides(number).
  std::uint64_t quotient(std::uint64_t number) const { return (number >> shift_) * inverse_; }

 private:
  std::uint64_t divisor_;
  std::uint64_t inverse_;
  std::uint64_t largest_;
  int shift_;
};

// The greatest common divisor of the differences; 1 as soon as that is certain, which in numbers
// without a factor is after a few of them. 0 when all are equal.
template <typename T, typename Key>
std::uint64_t common_divisor(std::span<const T> values, Key key) {
  const auto first = key(values[0]);
  std::size_t i = 1;
  while (i < values.size() && key(values[i]) == first) ++i;
  if (i == values.size()) return 0;
  const auto distance = [first, &key](T value) {
    const auto number = key(value);
    return number > first ? static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(first)
                          : static_cast<std::uint64_t>(first) - static_cast<std::uint64_t>(number);
  };
  ExactDivisor divisor(distance(values[i]));
  for (; i < values.size() && divisor.value() > 1; ++i) {
    const std::uint64_t number = distance(values[i]);
    if (!divisor.divides(number)) divisor = ExactDivisor(std::gcd(divisor.value(), number));
  }
  return divisor.value();
}

std::int64_t as_signed(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

// Whether the factor saves more than it takes to say.
bool pays(std::uint64_t factor, std::size_t count) {
  constexpr std::size_t kHeaderBits = 40;
  return factor > 1 && count * (static_cast<std::size_t>(std::bit_width(factor)) - 1) > kHeaderBits;
}

// Two's complement is recognised by numbers on both ends of the unsigned range.
template <typename T>
bool looks_signed(std::span<const T> values) {
  const auto [least, greatest] = std::ranges::minmax(values);
  std::int64_t lowest = as_signed(values[0]);
  std::int64_t highest = lowest;
  for (const T value : values) {
    lowest = std::min(lowest, as_signed(value));
    highest = std::max(highest, as_signed(value));
  }
  return static_cast<std::uint64_t>(highest) - static_cast<std::uint64_t>(lowest) <=
         static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
}

// A double that is an integer divided by `factor`, and no other bits than those of that quotient.
std::uint64_t divide_bits(std::int64_t integer, std::uint64_t factor) {
  return std::bit_cast<std::uint64_t>(static_cast<double>(integer) / static_cast<double>(factor));
}
// Whether the double has that form, with an integer that doubles hold exactly.
bool is_decimal(std::uint64_t bits, std::uint64_t factor) {
  constexpr double kLargest = 9007199254740992;  // 2^53
  const double scaled = std::bit_cast<double>(bits) * static_cast<double>(factor);
  if (!(std::abs(scaled) <= kLargest)) return false;  // nor is a NaN
  return divide_bits(std::llround(scaled), factor) == bits;
}

// The power of ten that makes integers of all these doubles, or 0. Integers that are no doubles are
// found out by the first one: as doubles they are next to nothing.
template <typename T>
std::uint64_t decimal_factor(std::span<const T> values) {
  constexpr std::uint64_t kLargestFactor = 1'000'000;
  std::uint64_t factor = 1;
  for (const std::uint64_t bits : values) {
    while (!is_decimal(bits, factor)) {
      factor *= 10;
      if (factor > kLargestFactor) return 0;
    }
  }
  const auto fits = [factor](std::uint64_t bits) { return is_decimal(bits, factor); };
  return std::ranges::all_of(values, fits) ? factor : 0;
}

// The remainder that all numbers have. REQUIRES: factor > 1.
std::uint64_t remainder(std::uint64_t value, std::uint64_t factor, bool is_signed) {
  if (!is_signed || as_signed(value) >= 0) return value % factor;
  const std::uint64_t magnitude_rest = (0 - value) % factor;
  return magnitude_rest == 0 ? 0 : factor - magnitude_rest;
}

}  // namespace

template <typename T>
NumberScale find_scale(std::span<const T> values) {
  const auto as_is = [](T value) { return std::uint64_t{value}; };
  const auto twos_complement = [](T value) { return as_signed(value); };
  const auto unzigzagged = [](T value) { return unzigzag(value); };
  T any = 0;
  for (const T value : values) any |= value;
  constexpr int kMantissaBits = 52;  // integers below 2^52 are denormal as doubles
  if (std::uint64_t{any} >> kMantissaBits != 0) {
    const std::uint64_t factor = decimal_factor(values);
    if (factor != 0) return {NumberSign::kDecimal, factor, 0};
  }
  if (as_signed(any) < 0 && looks_signed(values)) {
    const std::uint64_t factor = common_divisor(values, twos_complement);
    if (!pays(factor, values.size())) return {.sign = NumberSign::kSigned};
    return {NumberSign::kSigned, factor, remainder(values[0], factor, true)};
  }
  std::uint64_t factor = common_divisor(values, as_is);
  if (factor == 1) {
    factor = common_divisor(values, unzigzagged);
    if (!pays(factor, values.size())) return {};
    const auto number = static_cast<std::uint64_t>(unzigzag(values[0]));
    return {NumberSign::kZigzag, factor, remainder(number, factor, true)};
  }
  if (!pays(factor, values.size())) return {};
  return {NumberSign::kUnsigned, factor, remainder(values[0], factor, false)};
}

template <typename T>
void apply_scale(const NumberScale& scale, std::span<const T> values,
                 std::span<std::uint64_t> out) {
  if (scale.is_identity()) {
    std::ranges::copy(values, out.begin());
    return;
  }
  const ExactDivisor divisor(scale.factor);
  if (scale.sign == NumberSign::kUnsigned) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      out[i] = divisor.quotient(values[i] - scale.offset);
    }
    return;
  }
  if (scale.sign == NumberSign::kDecimal) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double value = std::bit_cast<double>(std::uint64_t{values[i]});
      out[i] = zigzag(std::llround(value * static_cast<double>(scale.factor)));
    }
    return;
  }
  const bool zigzagged = scale.sign == NumberSign::kZigzag;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t value =
        zigzagged ? static_cast<std::uint64_t>(unzigzag(values[i])) : std::uint64_t{values[i]};
    // Exact division also of a negative number: of its magnitude, so that no bit is shifted in.
    const std::uint64_t number = value - scale.offset;
    const bool negative = as_signed(value) < 0;
    const std::uint64_t quotient = divisor.quotient(negative ? 0 - number : number);
    out[i] = zigzag(as_signed(negative ? 0 - quotient : quotient));
  }
}

void undo_scale(const NumberScale& scale, std::span<std::uint64_t> numbers) {
  if (scale.is_identity()) return;
  switch (scale.sign) {
    case NumberSign::kUnsigned:
      for (std::uint64_t& number : numbers) number = scale.offset + scale.factor * number;
      break;
    case NumberSign::kSigned:
      for (std::uint64_t& number : numbers) {
        number = scale.offset + scale.factor * static_cast<std::uint64_t>(unzigzag(number));
      }
      break;
    case NumberSign::kZigzag:
      for (std::uint64_t& number : numbers) {
        number = zigzag(
            as_signed(scale.offset + scale.factor * static_cast<std::uint64_t>(unzigzag(number))));
      }
      break;
    case NumberSign::kDecimal:
      for (std::uint64_t& number : numbers) number = divide_bits(unzigzag(number), scale.factor);
      break;
  }
}

template NumberScale find_scale(std::span<const std::uint32_t>);
template NumberScale find_scale(std::span<const std::uint64_t>);
template void apply_scale(const NumberScale&, std::span<const std::uint32_t>,
                          std::span<std::uint64_t>);
template void apply_scale(const NumberScale&, std::span<const std::uint64_t>,
                          std::span<std::uint64_t>);

}  // namespace cairn::storage::columnar
