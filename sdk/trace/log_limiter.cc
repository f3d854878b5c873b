// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/log_limiter.h"

#include <cstdio>
#include <exception>

namespace cairn::trace::detail {
namespace {

void to_stderr(LogLevel level, std::string_view text) {
  const char* const name = level == LogLevel::kError     ? "error"
                           : level == LogLevel::kWarning ? "warning"
                                                         : "info";
  std::fprintf(stderr, "cairn: %s: %.*s\n", name, static_cast<int>(text.size()), text.data());
}

}  // namespace

void LogLimiter::log(Kind kind, LogLevel level, const std::string& text) noexcept {
  constexpr std::chrono::seconds kPause(10);
  try {
    std::string line = text;
    {
      // Held: someone else writes a line right now, or did when this process was forked.
      const std::unique_lock lock(mutex_, std::try_to_lock);
      if (!lock.owns_lock()) return;
      Last& last = last_[kind];
      const auto now = std::chrono::steady_clock::now();
      if (last.when.time_since_epoch().count() != 0 && now - last.when < kPause) {
        ++last.left_out;
        return;
      }
      if (last.left_out > 0) line += " (and " + std::to_string(last.left_out) + " more like this)";
      last = {now, 0};
    }
    if (sink_) {
      sink_(level, line);
    } else {
      to_stderr(level, line);
    }
  } catch (const std::exception&) {
    // No memory for a log line, or a sink that throws: the program goes on.
  }
}

}  // namespace cairn::trace::detail
