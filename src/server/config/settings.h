// SPDX-License-Identifier: Apache-2.0
//
// The table of settings: one row each, with its dotted name, its meaning, and how it reads and
// writes Config. YAML, environment, flags, `config print` and docs/operations/configuration.md all
// come from this table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/config.h"

namespace cairn::server {

struct Setting {
  std::string key;   // "receivers.otlp.grpc.port"
  std::string help;  // one sentence
  bool is_list = false;
  bool is_secret = false;  // printed as ***
  // Text as in YAML or the environment; lists are comma-separated, or one item a line.
  // Errors: kInvalidArgument that says what was expected.
  std::function<Result<void>(Config&, std::string_view text)> set;
  std::function<std::string(const Config&)> get;
};

// In the order in which they are printed; settings with a common prefix are adjacent.
const std::vector<Setting>& settings();

// Null when there is none of that name.
const Setting* find_setting(std::string_view key);

// The known key nearest to a misspelt one; empty when none is near.
std::string nearest_setting(std::string_view key);

// "receivers.otlp.grpc.port" → "CAIRN_RECEIVERS_OTLP_GRPC_PORT".
std::string environment_name(std::string_view key);

}  // namespace cairn::server
