// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"

namespace cairn::sampling {

struct AdaptiveOptions {
  std::string state_path;               // where it remembers; empty: nowhere
  double target_traces_per_second = 1;  // of each operation of each service
  double initial_probability = 0.001;   // of what is not known yet
  double min_probability = 1e-5;
  double min_traces_per_second = 1.0 / 60;  // clients that can, sample at least that
  double delta_tolerance = 0.05;            // a smaller relative change is not told
  Duration calculation_interval = std::chrono::seconds(15);
  Duration forget_after = std::chrono::hours(1);  // without a trace and without being asked
  std::size_t max_services = 1000;
  std::size_t max_operations_per_service = 200;  // the rest gets its service's default
};

}  // namespace cairn::sampling
