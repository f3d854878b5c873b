// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace cairn::bench {

std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

std::uint64_t Random::bits() {
  auto& [a, b, c, d] = state_;
  const std::uint64_t result = std::rotl(b * 5, 7) * 9;
  const std::uint64_t shifted = b << 17;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= shifted;
  d = std::rotl(d, 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t n) {
  // The upper half of the product of 64 bits is uniform enough for n far below 2^64; bits of 32
  // keep the product within one word.
  return ((bits() >> 32) * n) >> 32;
}

double Random::unit() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - unit()));
  return radius * std::cos(2.0 * std::numbers::pi * unit());
}

Duration Random::latency(double median_micros, double sigma) {
  return Duration(std::llround(median_micros * 1e3 * std::exp(sigma * normal())));
}

Duration Random::gap(double per_second) {
  return Duration(std::llround(-std::log(1.0 - unit()) / per_second * 1e9));
}

std::uint64_t Random::skewed(std::uint64_t n) {
  const double drawn = std::exp(unit() * std::log(static_cast<double>(n) + 1.0));
  return std::min(n, static_cast<std::uint64_t>(drawn)) - 1;
}

std::string Random::hex(int digits) {
  std::string text;
  for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[below(16)];
  return text;
}

std::string Random::uuid() {
  // One draw per statement: C++ leaves the order of operands to the compiler.
  std::string text = hex(32);
  text[12] = '4';
  text[16] = "89ab"[below(4)];
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace cairn::bench
