// SPDX-License-Identifier: Apache-2.0
#include "server/admin_routes.h"

#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/duration_text.h"
#include "base/json_writer.h"
#include "server/version.h"

namespace cairn::server {
namespace {

std::string iso_time(std::uint64_t unix_nanos) {
  const auto seconds = static_cast<std::time_t>(unix_nanos / 1'000'000'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     unix_nanos % 1'000'000'000);
}

struct Words {
  std::string_view available;
  std::string_view not_available;
  std::string_view up_since;
};
constexpr Words kJaegerV1{"Server available", "Server not available", "upSince"};
constexpr Words kJaegerV2{"StatusOK", "StatusRecoverableError", "start_time"};

net::Response health_answer(const Words& words, const Result<void>& health, std::uint64_t since,
                            std::uint64_t now) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("status", health ? words.available : words.not_available);
  if (!health) json.member("error", std::string_view(health.error().message));
  json.member(words.up_since, std::string_view(iso_time(since)));
  const auto up = static_cast<std::int64_t>((now - since) / 1'000'000 * 1'000'000);
  json.member("uptime", std::string_view(duration_text(Duration(up))));
  json.end_object();
  net::Response response = net::Response::json(std::move(body));
  response.status = health ? 200 : 503;
  return response;
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void add_admin_routes(net::Router& router, HealthCheck check, const MetricsRegistry& metrics,
                      const Clock& clock) {
  const std::uint64_t since = clock.unix_nanos();
  const auto health = [check = std::move(check), &clock, since](const Words& words) {
    return [check, &clock, since, words](const net::Request&, net::Responder responder) {
      responder.send(health_answer(words, check(), since, clock.unix_nanos()));
    };
  };
  const auto get = [&router](std::string pattern, net::Handler handler) {
    router.add({.kind = net::RouteKind::kHttp,
                .method = "GET",
                .pattern = std::move(pattern),
                .handler = std::move(handler),
                .body_limit = {},
                .even_when_busy = true});
  };
  get("/", health(kJaegerV1));
  get("/status", health(kJaegerV2));
  get("/metrics", [&metrics](const net::Request&, net::Responder responder) {
    responder.send(net::Response::of(200, "text/plain; version=0.0.4; charset=utf-8",
                                     metrics.render_prometheus()));
  });
}

void add_process_metrics(MetricsRegistry& metrics, const Clock& clock) {
  const double started = static_cast<double>(clock.unix_nanos()) / 1e9;
  metrics
      .gauge("cairn_build_info", "1, with the version as label.",
             {{"version", std::string(version())}})
      .set(1);
  metrics.gauge_from("process_resident_memory_bytes", "Resident memory.", {}, resident_bytes);
  metrics.gauge_from("process_cpu_seconds_total", "User and system CPU time.", {}, cpu_seconds);
  metrics.gauge_from("process_start_time_seconds", "Start of the process since 1970.", {},
                     [started] { return started; });
}

}  // namespace cairn::server
