// SPDX-License-Identifier: Apache-2.0
#include "base/size_text.h"

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace cairn {
namespace {

struct SizeUnit {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<SizeUnit, 8> kSizeUnits{{{"GiB", std::size_t{1} << 30},
                                              {"MiB", std::size_t{1} << 20},
                                              {"KiB", std::size_t{1} << 10},
                                              {"GB", 1'000'000'000},
                                              {"MB", 1'000'000},
                                              {"KB", 1'000},
                                              {"B", 1},
                                              {"", 1}}};

}  // namespace

Result<std::size_t> parse_size(std::string_view text) {
  std::size_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit_name(parsed.ptr, text.data() + text.size());
  for (const SizeUnit& unit : kSizeUnits) {
    if (parsed.ec != std::errc() || unit_name != unit.name) continue;
    if (number > (std::numeric_limits<std::size_t>::max() >> 1) / unit.bytes) break;
    return number * unit.bytes;
  }
  return invalid_argument(fmt::format("'{}' is not a size like 512KiB, 20MiB or 1048576", text));
}

std::string size_text(std::size_t bytes) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes != 0 && unit.bytes % 1024 == 0 && bytes % unit.bytes == 0) {
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
    }
  }
  return fmt::format("{}B", bytes);
}

}  // namespace cairn
