// SPDX-License-Identifier: Apache-2.0
//
// YamlMap: one mapping of a YAML file, read by key into typed values.
//
// Keys are matched without regard to case and of two with one name the last wins, as in go-zero's
// conf. A null value is an absent one. A value of another type is an error with its line; keys that
// nobody read are warnings. Used on one thread; `findings` must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "sdk/telemetry/findings.h"

namespace cairn::telemetry {

class YamlMap {
 public:
  // `node` is a mapping; `path` goes before keys in messages (`Batch.`), empty for the outermost.
  YamlMap(YAML::Node node, std::string path, Findings& findings);

  // Text: any string; a bare number or boolean is of another type, as in go-zero.
  void read(std::string_view key, std::optional<std::string>& out);
  void read(std::string_view key, std::optional<bool>& out);
  void read(std::string_view key, std::optional<double>& out);
  void read_count(std::string_view key, std::optional<std::uint32_t>& out);
  void read_duration(std::string_view key, std::optional<std::chrono::nanoseconds>& out);
  void read_size(std::string_view key, std::optional<std::size_t>& out);
  // A mapping of names to scalars, in the order of the file.
  void read_pairs(std::string_view key, std::optional<TextPairs>& out);
  // A list of texts; one text is a list of one.
  void read_texts(std::string_view key, std::optional<std::vector<std::string>>& out);
  // The mapping under `key`; none when it is absent, null or something else (then an error).
  std::optional<YamlMap> read_map(std::string_view key);
  // The same mapping, by whose keys alone messages go.
  YamlMap without_path() const { return {node_, "", *findings_}; }
  // The mappings of the list under `key`.
  std::vector<YamlMap> read_maps(std::string_view key);
  // One of `words` (exactly as written there): its index. Else an error that names them.
  void read_choice(std::string_view key, const std::vector<std::string_view>& words,
                   std::optional<std::size_t>& out);

  void warn_of_unknown_keys();
  // The line of `key`, counted from 1; 0 when it is absent.
  int line_of(std::string_view key) const;
  void fail(std::string_view key, std::string_view text);
  void warn(std::string_view key, std::string_view text);

 private:
  // The value, or an undefined node when it is absent or null.
  YAML::Node find(std::string_view key);
  YAML::Node find_scalar(std::string_view key, std::string_view expected, bool quoted_allowed);

  YAML::Node node_;
  std::string path_;
  Findings* findings_;
  std::set<std::string> known_;  // lowercase
};

}  // namespace cairn::telemetry
