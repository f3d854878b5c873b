// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_ingest(std::vector<Setting>& table) {
  table.push_back(
      number<std::size_t>("ingest.max_attributes_per_span",
                          "Attributes of a span, event or link; spans with more are rejected.",
                          [](auto& c) -> auto& { return c.ingest.max_attributes_per_span; }));
  table.push_back(number<std::size_t>(
      "ingest.max_resource_attributes",
      "Attributes of a resource or scope; with more, all its spans are rejected.",
      [](auto& c) -> auto& { return c.ingest.max_resource_attributes; }));
  table.push_back(size("ingest.max_resource_bytes",
                       "Text and values of a resource or scope; larger ones reject their spans.",
                       [](auto& c) -> auto& { return c.ingest.max_resource_bytes; }));
  table.push_back(size("ingest.max_span_bytes",
                       "Text and values of a span; larger ones are rejected.",
                       [](auto& c) -> auto& { return c.ingest.max_span_bytes; }));
}

}  // namespace cairn::server
