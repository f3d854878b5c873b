// SPDX-License-Identifier: Apache-2.0
//
// What the images of Jaeger and Zipkin are told by environment variables (and Jaeger's by flags of
// the same names), as settings of ours, so that their place in a compose file can be taken as it
// is. docs/operations/migrating.md is the table for people; the one here is what happens. Source:
// Jaeger 1.76, `jaeger-all-in-one help env` and each binary's flags; zipkin-server, README.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::server {

struct ForeignSettings {
  struct Set {
    std::string key;  // of our setting
    std::string text;
    std::string variable;  // that asked for it
  };
  std::vector<Set> settings;  // later ones win
  // One for each variable that has no effect here, or another than there.
  std::vector<std::string> warnings;
  // What must not be missed: the store that was asked for is not the one that is used.
  std::vector<std::string> alarms;
};

// Variables that neither image knows are passed over; empty values are absent ones.
ForeignSettings read_foreign_environment(const std::map<std::string, std::string>& environment);

// Every name of the table, for the page's test; those that end in * stand for all that begin so.
std::vector<std::string_view> foreign_variables();

// "collector.zipkin.host-port" → "COLLECTOR_ZIPKIN_HOST_PORT", when Jaeger has a flag like that.
std::optional<std::string> foreign_flag(std::string_view flag);

}  // namespace cairn::server
