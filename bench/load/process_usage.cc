// SPDX-License-Identifier: Apache-2.0
#include "bench/load/process_usage.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

namespace cairn::bench {
namespace {

Result<std::string> read_proc(int pid, std::string_view name) {
  std::ifstream file("/proc/" + std::to_string(pid) + '/' + std::string(name));
  if (!file) return not_found("no process " + std::to_string(pid));
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// The number at the start of `text`, after blanks.
std::uint64_t number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Duration parse_cpu(std::string_view stat, std::int64_t ticks_per_second) {
  // The command's name is field 2, in parentheses, and may hold anything, parentheses too.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return {};
  std::string_view rest = stat.substr(name_end + 1);
  constexpr int kUserTime = 14;
  std::uint64_t ticks = 0;
  for (int field = 3; field <= kUserTime + 1; ++field) {
    const std::size_t start = rest.find(' ');
    if (start == std::string_view::npos) return {};
    rest.remove_prefix(start + 1);
    if (field >= kUserTime) ticks += number(rest);
  }
  return std::chrono::nanoseconds(std::chrono::seconds(1)) * static_cast<std::int64_t>(ticks) /
         ticks_per_second;
}

std::uint64_t parse_status_kilobytes(std::string_view status, std::string_view field) {
  const std::string label = std::string(field) + ':';
  const std::size_t at = status.find(label);
  return at == std::string_view::npos ? 0 : number(status.substr(at + label.size()));
}

Result<ProcessUsage> usage_of(int pid) {
  ASSIGN_OR_RETURN(const std::string stat, read_proc(pid, "stat"));
  ASSIGN_OR_RETURN(const std::string status, read_proc(pid, "status"));
  ProcessUsage usage;
  usage.cpu = parse_cpu(stat, ::sysconf(_SC_CLK_TCK));
  usage.rss_bytes = parse_status_kilobytes(status, "VmRSS") << 10;
  usage.peak_bytes = parse_status_kilobytes(status, "VmHWM") << 10;
  return usage;
}

}  // namespace cairn::bench
