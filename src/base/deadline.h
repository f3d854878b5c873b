// SPDX-License-Identifier: Apache-2.0
//
// How long a piece of work may take, and whether anyone still wants it.
#pragma once

#include <chrono>
#include <stop_token>

#include "base/clock.h"

namespace cairn {

// Travels with a request from the socket to the store. Cheap to copy.
struct Deadline {
  std::chrono::steady_clock::time_point at = std::chrono::steady_clock::time_point::max();
  std::stop_token cancelled;  // the client went away, or the server stops

  static Deadline never() { return {}; }
  static Deadline after(Duration duration) {
    return {std::chrono::steady_clock::now() + duration, {}};
  }

  bool passed() const {
    return cancelled.stop_requested() || (at != std::chrono::steady_clock::time_point::max() &&
                                          std::chrono::steady_clock::now() >= at);
  }
};

}  // namespace cairn
