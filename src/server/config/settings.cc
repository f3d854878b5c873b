// SPDX-License-Identifier: Apache-2.0
#include "server/config/settings.h"

#include <algorithm>
#include <numeric>

#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> table = [] {
    std::vector<Setting> made;
    add_general(made);
    add_receivers(made);
    add_kafka(made);
    add_sampling(made);
    add_self_tracing(made);
    add_ingest(made);
    add_storage(made);
    add_query(made);
    add_admin(made);
    add_net(made);
    return made;
  }();
  return table;
}

const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : settings()) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

std::string nearest_setting(std::string_view key) {
  constexpr std::size_t kTooFar = 6;
  std::size_t best = kTooFar;
  std::string nearest;
  for (const Setting& setting : settings()) {
    const std::size_t distance = edit_distance(key.substr(0, 100), setting.key);
    if (distance >= best) continue;
    best = distance;
    nearest = setting.key;
  }
  return nearest;
}

std::string environment_name(std::string_view key) {
  std::string name = "CAIRN_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace cairn::server
