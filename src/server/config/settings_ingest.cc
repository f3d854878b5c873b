// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

using ingest::NamedLimits;
using ingest::ProcessorRule;

// Each item of a list by a parser of its own.
template <typename Item>
Result<std::vector<Item>> parse_each(std::string_view text,
                                     Result<Item> (*parse)(std::string_view)) {
  std::vector<Item> items;
  ASSIGN_OR_RETURN(const auto texts, parse_list(text));
  for (const std::string& item : texts) {
    ASSIGN_OR_RETURN(items.emplace_back(), parse(item));
  }
  return items;
}

std::string print_limits(const std::vector<NamedLimits>& all) {
  std::vector<std::string> items;
  for (const NamedLimits& limits : all) items.push_back(ingest::to_text(limits));
  return list_text(items);
}

std::string print_rules(const std::vector<ProcessorRule>& rules) {
  std::vector<std::string> items;
  for (const ProcessorRule& rule : rules) items.push_back(rule.text);
  return list_text(items);
}

template <typename Access>
Setting named_limits(std::string key, std::string help, Access access) {
  Setting made = make(
      std::move(key), std::move(help), access,
      [](std::string_view text) { return parse_each(text, ingest::parse_named_limits); },
      print_limits);
  made.is_list = true;
  return made;
}

// The two settings of a rate.
template <typename Access>
void add_rate(std::vector<Setting>& table, const std::string& prefix, const std::string& whose,
              Access access) {
  table.push_back(number<std::uint64_t>(
      prefix + "spans_per_second", "Spans of " + whose + "; more are rejected; 0: no limit.",
      [access](auto& c) -> auto& { return access(c).spans_per_second; }));
  table.push_back(size(prefix + "bytes_per_second",
                       "Text and values of " + whose + "; more are rejected; 0: no limit.",
                       [access](auto& c) -> auto& { return access(c).bytes_per_second; }));
}

}  // namespace

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
  table.push_back(size("ingest.max_value_bytes",
                       "Longer texts of attributes are cut there, and counted; 0: none is.",
                       [](auto& c) -> auto& { return c.ingest.max_value_bytes; }));
  table.push_back(number<std::uint64_t>("ingest.max_trace_spans",
                                        "Spans of a trace; more are rejected; 0: no limit.",
                                        [](auto& c) -> auto& { return c.ingest.max_trace_spans; }));
  add_rate(table, "ingest.tenant.", "each tenant",
           [](auto& c) -> auto& { return c.ingest.rates.tenant; });
  table.push_back(
      named_limits("ingest.tenant.limits",
                   "Limits of some tenants' own, `a spans_per_second=500 max_attributes=64`.",
                   [](auto& c) -> auto& { return c.ingest.rates.tenants; }));
  add_rate(table, "ingest.service.", "each service",
           [](auto& c) -> auto& { return c.ingest.rates.service; });
  table.push_back(named_limits(
      "ingest.service.limits",
      "Limits of some services' own, `cart bytes_per_second=1MiB max_value_bytes=2KiB`.",
      [](auto& c) -> auto& { return c.ingest.rates.services; }));
  Setting processors = make(
      "ingest.processors",
      "What happens to attributes: `drop key`, `rename key new`, `hash key`, `redact key /re/ "
      "text`, "
      "`resource key=value`.",
      [](auto& c) -> auto& { return c.ingest.processors; },
      [](std::string_view text) { return parse_each(text, ingest::parse_processor_rule); },
      print_rules);
  processors.is_list = true;
  table.push_back(std::move(processors));
  table.push_back(probability("ingest.sampling.probability",
                              "Share of traces that are kept, chosen by their ids.",
                              [](auto& c) -> auto& { return c.ingest.sampling_probability; }));
}

}  // namespace cairn::server
