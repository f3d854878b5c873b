// SPDX-License-Identifier: Apache-2.0
//
// CAIRN_CHECK(condition): stops the process when one of OUR assumptions is false. Always on.
// Never for input: what a peer, a file or a user can cause is a Result.
#pragma once

namespace cairn {

// Prints `file:line: check failed: condition` to stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace cairn

#define CAIRN_CHECK(condition)                               \
  do {                                                       \
    if (!(condition)) [[unlikely]]                           \
      ::cairn::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
