// SPDX-License-Identifier: Apache-2.0
#include "server/config/settings.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "base/duration_text.h"
#include "base/size_text.h"

namespace cairn::server {
namespace {

using storage::columnar::FsyncPolicy;

// Each maker takes an accessor `[](auto& config) -> auto& { return config.member; }` and knows how
// one type is read and written.
template <typename Access, typename Parse, typename Print>
Setting make(std::string key, std::string help, Access access, Parse parse, Print print) {
  Setting setting;
  setting.key = std::move(key);
  setting.help = std::move(help);
  setting.set = [access, parse](Config& config, std::string_view text) -> Result<void> {
    ASSIGN_OR_RETURN(access(config), parse(text));
    return {};
  };
  setting.get = [access, print](const Config& config) { return print(access(config)); };
  return setting;
}

Result<std::string> parse_text(std::string_view text) {
  return std::string(text);
}

Result<bool> parse_flag(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return invalid_argument(fmt::format("'{}' is not true or false", text));
}

template <typename Number>
Result<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return invalid_argument(fmt::format("'{}' is not a whole number from 0 to {}", text,
                                        std::numeric_limits<Number>::max()));
  }
  return number;
}

Result<Duration> parse_positive_duration(std::string_view text) {
  const Result<Duration> duration = parse_duration(text);
  if (duration && *duration >= Duration(0)) return *duration;
  return invalid_argument(fmt::format("'{}' is not a duration like 300ms, 1.5s or 2h45m", text));
}

Result<std::vector<std::string>> parse_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return items;
}

// Threads are cheap, but not free: more than this is a slip of the keyboard.
Result<std::size_t> parse_threads(std::string_view text) {
  constexpr std::size_t kMostThreads = 1024;
  const Result<std::size_t> threads = parse_number<std::size_t>(text);
  if (threads && *threads <= kMostThreads) return *threads;
  return invalid_argument(
      fmt::format("'{}' is not a whole number from 0 to {}", text, kMostThreads));
}

// What may stand in a page's <base> and in routes as it is.
bool is_plain_path(std::string_view text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789._~-/") == std::string_view::npos &&
         text.find("//") == std::string_view::npos && text.find("/.") == std::string_view::npos;
}

Result<std::string> parse_base_path(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  if (!text.empty() && (!text.starts_with('/') || !is_plain_path(text))) {
    return invalid_argument(fmt::format(
        "'{}' is not a path like /jaeger: a slash, then letters, digits and . _ ~ -", text));
  }
  return std::string(text);
}

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

template <typename Access>
Setting text(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_text,
              [](const std::string& value) { return value; });
}
template <typename Access>
Setting flag(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_flag,
              [](bool value) { return std::string(value ? "true" : "false"); });
}
template <typename Number, typename Access>
Setting number(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_number<Number>,
              [](Number value) { return fmt::format("{}", value); });
}
template <typename Access>
Setting threads(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_threads,
              [](std::size_t value) { return fmt::format("{}", value); });
}
template <typename Access>
Setting size(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_size, size_text);
}
template <typename Access>
Setting duration(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_positive_duration, duration_text);
}
template <typename Access>
Setting list(std::string key, std::string help, Access access) {
  Setting made = make(std::move(key), std::move(help), access, parse_list,
                      [](const std::vector<std::string>& items) {
                        return fmt::format("{}", fmt::join(items, ","));
                      });
  made.is_list = true;
  return made;
}

// The three settings of one port.
template <typename Access>
void add_endpoint(std::vector<Setting>& table, const std::string& key, const std::string& what,
                  Access access) {
  table.push_back(flag(key + ".enabled", "Serve " + what + ".",
                       [access](auto& c) -> auto& { return access(c).enabled; }));
  table.push_back(text(key + ".listen", "Address for " + what + "; empty: `listen`.",
                       [access](auto& c) -> auto& { return access(c).listen; }));
  table.push_back(number<std::uint16_t>(key + ".port", "Port for " + what + "; 0: any free one.",
                                        [access](auto& c) -> auto& { return access(c).port; }));
}

template <typename Access>
void add_cors(std::vector<Setting>& table, const std::string& key, Access access) {
  table.push_back(
      list(key + ".allowed_origins",
           "Browser origins that may call, `https://*.example` and `*` included; empty: none.",
           [access](auto& c) -> auto& { return access(c).allowed_origins; }));
  table.push_back(list(key + ".allowed_headers",
                       "Request headers that browsers may send besides the safelisted ones.",
                       [access](auto& c) -> auto& { return access(c).allowed_headers; }));
  table.push_back(number<int>(key + ".max_age_seconds",
                              "How long browsers may keep the permission.",
                              [access](auto& c) -> auto& { return access(c).max_age_seconds; }));
}

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

void add_receivers(std::vector<Setting>& table) {
  add_endpoint(table, "receivers.otlp.grpc", "OTLP over gRPC",
               [](auto& c) -> auto& { return c.otlp_grpc; });
  add_endpoint(table, "receivers.otlp.http", "OTLP over HTTP",
               [](auto& c) -> auto& { return c.otlp_http; });
  add_cors(table, "receivers.otlp.http.cors", [](auto& c) -> auto& { return c.otlp_cors; });
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

void add_query(std::vector<Setting>& table) {
  add_endpoint(table, "query.http", "the web page and the query API",
               [](auto& c) -> auto& { return c.query.http; });
  table.push_back(make(
      "query.base_path", "Path prefix under which page and API are served, like /jaeger.",
      [](auto& c) -> auto& { return c.query.base_path; }, parse_base_path,
      [](const std::string& value) { return value; }));
  add_cors(table, "query.cors", [](auto& c) -> auto& { return c.query.cors; });
  table.push_back(threads("query.workers", "Threads that answer queries.",
                          [](auto& c) -> auto& { return c.query.workers; }));
  table.push_back(number<std::size_t>("query.queue", "Queries that may wait; more are refused.",
                                      [](auto& c) -> auto& { return c.query.queue; }));
  table.push_back(number<std::size_t>("query.max_limit", "Traces that one search may ask for.",
                                      [](auto& c) -> auto& { return c.query.service.max_limit; }));
  table.push_back(number<std::size_t>(
      "query.max_trace_spans", "Spans of one trace in an answer; the rest is said to be missing.",
      [](auto& c) -> auto& { return c.query.service.max_trace_spans; }));
  table.push_back(duration("query.default_lookback", "How far back a search without times looks.",
                           [](auto& c) -> auto& { return c.query.service.default_lookback; }));
  table.push_back(duration("query.max_clock_skew",
                           "How far spans of skewed clocks may be moved when shown; 0s: never.",
                           [](auto& c) -> auto& { return c.query.service.max_clock_skew; }));
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

void add_net(std::vector<Setting>& table) {
  const auto limit = [](auto member) {
    return [member](auto& c) -> auto& { return c.net.limits.*member; };
  };
  using Limits = net::ServerLimits;
  table.push_back(threads("net.io_threads", "Threads that serve sockets; 0: one a core.",
                          [](auto& c) -> auto& { return c.net.io_threads; }));
  table.push_back(
      size("net.header_bytes", "All headers of a request.", limit(&Limits::header_bytes)));
  table.push_back(
      size("net.body_bytes", "A request's body as received.", limit(&Limits::body_bytes)));
  table.push_back(size("net.decoded_body_bytes", "A request's body after decompression.",
                       limit(&Limits::decoded_body_bytes)));
  table.push_back(number<std::size_t>("net.connections", "Connections over all ports.",
                                      limit(&Limits::connections)));
  table.push_back(number<std::size_t>("net.streams", "Concurrent HTTP/2 streams of a connection.",
                                      limit(&Limits::streams)));
  table.push_back(size("net.buffered_bytes",
                       "Request bodies and unsent answers of all connections.",
                       limit(&Limits::buffered_bytes)));
  table.push_back(size("net.stream_buffer_bytes", "Unsent bytes of one streamed answer.",
                       limit(&Limits::stream_buffer_bytes)));
  table.push_back(number<std::uint32_t>("net.resets_per_second",
                                        "HTTP/2 stream resets of a connection; more closes it.",
                                        limit(&Limits::resets_per_second)));
  table.push_back(number<std::uint32_t>(
      "net.pings_per_second", "HTTP/2 pings and settings of a connection; more closes it.",
      limit(&Limits::pings_per_second)));
  table.push_back(duration("net.header_time", "For a request's headers to arrive.",
                           limit(&Limits::header_time)));
  table.push_back(
      duration("net.body_time", "For a request's body to arrive.", limit(&Limits::body_time)));
  table.push_back(duration("net.handle_time",
                           "For an answer, where the request brings no deadline.",
                           limit(&Limits::handle_time)));
  table.push_back(duration("net.write_time", "For a peer to take the next bytes of an answer.",
                           limit(&Limits::write_time)));
  table.push_back(duration("net.stream_time",
                           "A whole streamed answer over HTTP, however slow its reader.",
                           limit(&Limits::stream_time)));
  table.push_back(duration("net.idle_time", "A connection without requests stays open.",
                           limit(&Limits::idle_time)));
}

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
