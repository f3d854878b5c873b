// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_general(std::vector<Setting>& table) {
  table.push_back(text("listen",
                       "Address that every port is bound to unless its own `listen` is set.",
                       [](auto& c) -> auto& { return c.listen; }));
  table.push_back(text("data", "Folder of the durable stores; the memory engine needs none.",
                       [](auto& c) -> auto& { return c.data; }));
  table.push_back(make(
      "log.level", "debug, info, warn, error or off.", [](auto& c) -> auto& { return c.log.level; },
      parse_log_level, [](LogLevel level) { return std::string(to_text(level)); }));
  table.push_back(make(
      "log.format", "text or json.", [](auto& c) -> auto& { return c.log.format; },
      parse_log_format, [](LogFormat format) { return std::string(to_text(format)); }));
  table.push_back(duration("drain_time", "How long requests under way may finish at shutdown.",
                           [](auto& c) -> auto& { return c.drain_time; }));
}

void add_admin(std::vector<Setting>& table) {
  add_endpoint(table, "admin", "health and metrics, as Jaeger's collector has them",
               [](auto& c) -> auto& { return c.admin; });
  table.push_back(flag("admin.allow_changes",
                       "Let the admin port erase spans, flush and compact (/api/admin).",
                       [](auto& c) -> auto& { return c.admin_allow_changes; }));
  add_endpoint(table, "health", "`/status`", [](auto& c) -> auto& { return c.health; });
  add_endpoint(table, "metrics", "`/metrics`", [](auto& c) -> auto& { return c.metrics; });
}

}  // namespace cairn::server
