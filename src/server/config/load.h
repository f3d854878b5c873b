// SPDX-License-Identifier: Apache-2.0
//
// From the variables of Jaeger's and Zipkin's images, a YAML file, the environment and flags to a
// Config, in rising order of precedence.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/config/config.h"

namespace cairn::server {

// Where settings come from, already fetched, so that loading is a pure function.
struct ConfigSources {
  std::string yaml;                                        // the file's text; empty for none
  std::string yaml_name = "config";                        // for messages: the file's name
  std::map<std::string, std::string> environment;          // all of it
  std::vector<std::pair<std::string, std::string>> flags;  // dotted key, text
};

struct LoadedConfig {
  Config config;
  // Every problem found, not only the first: "cairn.yaml:7: unknown key 'prot', did you mean
  // 'port'?"
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  // Warnings that must not be missed.
  std::vector<std::string> alarms;
};

// Variables that are read by other parts and are no settings: CAIRN_CONFIG.
LoadedConfig load_config(const ConfigSources& sources);

// The effective configuration as YAML with a comment a setting; load_config reads it back equal.
std::string print_config(const Config& config);

// docs/operations/configuration.md: the table of settings, defaults and environment names.
std::string document_config();

}  // namespace cairn::server
