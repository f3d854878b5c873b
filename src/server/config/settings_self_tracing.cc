// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_self_tracing(std::vector<Setting>& table) {
  table.push_back(flag("self_tracing.enabled", "Make spans of Cairn's own requests, and keep them.",
                       [](auto& c) -> auto& { return c.self_tracing.enabled; }));
  table.push_back(probability("self_tracing.probability",
                              "Of a trace that begins in Cairn; senders decide about theirs.",
                              [](auto& c) -> auto& { return c.self_tracing.probability; }));
  table.push_back(text("self_tracing.service_name", "The service these spans are of.",
                       [](auto& c) -> auto& { return c.self_tracing.service_name; }));
}

}  // namespace cairn::server
