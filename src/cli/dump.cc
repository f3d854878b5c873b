// SPDX-License-Identifier: Apache-2.0
#include "cli/dump.h"

#include <algorithm>

namespace cairn::cli {

ExitCode complain(const Console& console, const Error& error) {
  console.complain(error.message);
  return error.code == ErrorCode::kCorruption ? kDamaged : kCouldNotLook;
}

// Damage that was found is worth more than what could not be seen.
ExitCode worse(ExitCode a, ExitCode b) {
  if (a == kDamaged || b == kDamaged) return kDamaged;
  return std::max(a, b);
}

}  // namespace cairn::cli
