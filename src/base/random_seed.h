// SPDX-License-Identifier: Apache-2.0
//
// Seeds for hashes over what peers choose, so that nobody can aim at collisions.
#pragma once

#include <cstdint>
#include <random>

namespace cairn {

// Another number each call, from the system.
inline std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace cairn
