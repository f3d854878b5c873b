// SPDX-License-Identifier: Apache-2.0
//
// What a process has used so far, from /proc.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cairn::bench {

struct ProcessUsage {
  Duration cpu{};                // user and system, of all its threads
  std::uint64_t rss_bytes = 0;   // now
  std::uint64_t peak_bytes = 0;  // the most RSS it ever had
};

// Errors: kNotFound when there is no such process.
// Source: proc(5), /proc/[pid]/stat fields 14 and 15, /proc/[pid]/status VmRSS and VmHWM.
Result<ProcessUsage> usage_of(int pid);

// The two parsers, for tests. Each returns zeros for text of another form.
Duration parse_cpu(std::string_view stat, std::int64_t ticks_per_second);
std::uint64_t parse_status_kilobytes(std::string_view status, std::string_view field);

}  // namespace cairn::bench
