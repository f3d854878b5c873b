// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

using storage::columnar::FsyncPolicy;

Result<std::string> parse_engine(std::string_view text) {
  if (text == "columnar" || text == "memory") return std::string(text);
  return invalid_argument(
      fmt::format("'{}' is not a storage engine; there are: columnar, memory", text));
}

Result<FsyncPolicy> parse_fsync(std::string_view text) {
  if (text == "group") return FsyncPolicy::kGroup;
  if (text == "each") return FsyncPolicy::kEach;
  if (text == "none") return FsyncPolicy::kNone;
  return invalid_argument(fmt::format("'{}' is not one of group, each, none", text));
}

std::string print_fsync(FsyncPolicy policy) {
  if (policy == FsyncPolicy::kEach) return "each";
  return policy == FsyncPolicy::kNone ? "none" : "group";
}

using ServiceAges = std::vector<std::pair<std::string, Duration>>;

// `cart=24h, checkout=720h`. A name may hold anything but a comma; the last = parts it.
Result<ServiceAges> parse_service_ages(std::string_view text) {
  ServiceAges ages;
  ASSIGN_OR_RETURN(const auto items, parse_list(text));
  for (const std::string& item : items) {
    const std::size_t equals = item.rfind('=');
    if (equals == std::string::npos) {
      return invalid_argument(fmt::format("'{}' is not a service and an age like cart=24h", item));
    }
    ASSIGN_OR_RETURN(const Duration age,
                     parse_positive_duration(std::string_view(item).substr(equals + 1)));
    ages.emplace_back(item.substr(0, equals), age);
  }
  return ages;
}

std::string print_service_ages(const ServiceAges& ages) {
  std::vector<std::string> items;
  for (const auto& [service, age] : ages) {
    items.push_back(fmt::format("{}={}", service, duration_text(age)));
  }
  return fmt::format("{}", fmt::join(items, ","));
}

void add_retention(std::vector<Setting>& table) {
  table.push_back(
      duration("storage.retention.max_age",
               "Spans that arrived longer ago are dropped, by whole hours; 0: none are.",
               [](auto& c) -> auto& { return c.columnar.retention.max_age; }));
  table.push_back(
      size("storage.retention.max_bytes",
           "Segments of a tenant above this total are dropped, oldest first; 0: no limit.",
           [](auto& c) -> auto& { return c.columnar.retention.max_bytes; }));
  Setting services = make(
      "storage.retention.services", "Shorter ages for some services, `cart=24h`.",
      [](auto& c) -> auto& { return c.columnar.retention.services; }, parse_service_ages,
      print_service_ages);
  services.is_list = true;
  table.push_back(std::move(services));
}

void add_columnar(std::vector<Setting>& table) {
  table.push_back(make(
      "storage.fsync",
      "When spans are acknowledged: group (synced together), each (one sync a request), none "
      "(written, not synced).",
      [](auto& c) -> auto& { return c.columnar.wal.fsync; }, parse_fsync, print_fsync));
  table.push_back(number<std::uint32_t>(
      "storage.shards", "Heads that take spans side by side; 0: one a core, at most 8.",
      [](auto& c) -> auto& { return c.columnar.shards; }));
  table.push_back(number<std::size_t>("storage.head_spans",
                                      "Spans of a shard that become a segment together.",
                                      [](auto& c) -> auto& { return c.columnar.head_rows; }));
  table.push_back(size("storage.max_head_bytes",
                       "Memory for spans that are not in segments yet; past it writes are refused.",
                       [](auto& c) -> auto& { return c.columnar.max_head_bytes; }));
  table.push_back(size("storage.cache_bytes", "Memory for pages of segments that were read lately.",
                       [](auto& c) -> auto& { return c.columnar.cache_bytes; }));
  table.push_back(size("storage.min_free_bytes",
                       "Free disk below which writes are refused; reads go on.",
                       [](auto& c) -> auto& { return c.columnar.min_free_bytes; }));
  table.push_back(number<std::uint32_t>(
      "storage.segment_spans", "Spans that compaction collects in one segment.",
      [](auto& c) -> auto& { return c.columnar.compaction.segment_rows; }));
}

}  // namespace

void add_storage(std::vector<Setting>& table) {
  table.push_back(make(
      "storage.engine", "What keeps the spans: columnar (durable, in `data`) or memory.",
      [](auto& c) -> auto& { return c.storage_engine; }, parse_engine,
      [](const std::string& value) { return value; }));
  add_columnar(table);
  add_retention(table);
  table.push_back(number<std::size_t>("storage.memory.max_spans",
                                      "Spans kept; past it whole oldest traces are dropped.",
                                      [](auto& c) -> auto& { return c.memory.max_spans; }));
  table.push_back(size("storage.memory.max_bytes",
                       "Memory kept; past it whole oldest traces are dropped.",
                       [](auto& c) -> auto& { return c.memory.max_bytes; }));
}

}  // namespace cairn::server
