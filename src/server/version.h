// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace cairn::server {

// "0.1.0", from the build.
std::string_view version();

}  // namespace cairn::server
