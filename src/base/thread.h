// SPDX-License-Identifier: Apache-2.0
//
// Named threads: the name shows in `top -H`, in debuggers and in logs.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace cairn {

// Starts `body` on a thread called `name` (the kernel keeps 15 characters). The returned jthread is
// the owner: destroying it requests a stop and joins.
std::jthread start_thread(std::string name, std::function<void(std::stop_token)> body);

}  // namespace cairn
