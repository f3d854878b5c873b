// SPDX-License-Identifier: Apache-2.0
//
// The parts of texts that say a number or bytes, both ways. A parser takes only what its printer
// writes: exactly the same characters come back. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace cairn::storage::columnar {

inline constexpr std::size_t kUuidText = 36;
inline constexpr std::size_t kUuidBytes = 16;
inline constexpr std::size_t kLongestDecimal = 20;
inline constexpr std::size_t kLongestIpv4 = 15;

// Lower-case digits. REQUIRES: an even number of them; writes half as many bytes, also when false.
bool parse_hex(std::string_view digits, std::byte* to);
// Returns the end of what was written: two characters a byte.
char* print_hex(ByteView bytes, char* to);

// Lower-case, 8-4-4-4-12. Writes kUuidBytes.
bool parse_uuid(std::string_view text, std::byte* to);
// REQUIRES: kUuidBytes bytes.
char* print_uuid(ByteView bytes, char* to);

// 0 to 2^64 - 1 without leading zeros.
bool parse_decimal(std::string_view text, std::uint64_t& number);
char* print_decimal(std::uint64_t number, char* to);

// Dotted, without leading zeros; the first part is the highest byte.
bool parse_ipv4(std::string_view text, std::uint64_t& number);
char* print_ipv4(std::uint64_t number, char* to);

}  // namespace cairn::storage::columnar
