// SPDX-License-Identifier: Apache-2.0
//
// cairn-load: how many spans per second a server takes, and what they cost it.
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "bench/load/loader.h"
#include "bench/load/process_usage.h"

namespace cairn::bench {
namespace {

struct Flags {
  std::string endpoint = "grpc://127.0.0.1:4317";
  std::string encoding = "identity";
  std::size_t connections = 2;
  std::size_t in_flight = 4;
  double seconds = 5;
  std::uint64_t spans = 0;
  double spans_per_second = 0;
  std::size_t spans_per_request = 1'000;
  std::uint64_t prepared_spans = 100'000;
  std::uint64_t seed = 42;
  bool high_cardinality = false;
  std::optional<int> pid;
};

Duration own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double per_span(Duration spent, std::uint64_t spans) {
  return spans == 0 ? 0 : static_cast<double>(spent.count()) / static_cast<double>(spans);
}

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

WorkloadOptions workload_options(const Flags& flags) {
  WorkloadOptions workload;
  workload.seed = flags.seed;
  // Enough that no request is still being written when its next round comes.
  const std::uint64_t least = 2 * flags.connections * flags.in_flight * flags.spans_per_request;
  workload.spans = std::max(flags.prepared_spans, least);
  workload.spans_per_request = flags.spans_per_request;
  workload.epoch = {SystemClock().unix_nanos()};
  workload.high_cardinality = flags.high_cardinality;
  return workload;
}

struct Measured {
  LoadResult load;
  Duration preparation_cpu{};  // making, encoding and compressing the requests
  Duration loader_cpu{};
  Duration server_cpu{};
  std::optional<ProcessUsage> server;  // at the end; only with --pid
};

Result<Measured> measure(const Flags& flags, const LoadOptions& options, RequestPool& pool) {
  const auto progress = [](const LoadResult& so_far) {
    if (::isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "{:6.1f} s  {} spans  {} errors\n", so_far.elapsed.count(),
               so_far.sent_spans, so_far.errors.size());
  };
  Measured measured;
  ProcessUsage before;
  if (flags.pid) {
    ASSIGN_OR_RETURN(before, usage_of(*flags.pid));
  }
  const Duration own_before = own_cpu();
  ASSIGN_OR_RETURN(measured.load, run(options, pool, progress));
  measured.loader_cpu = own_cpu() - own_before;
  if (flags.pid) {
    ASSIGN_OR_RETURN(measured.server, usage_of(*flags.pid));
    measured.server_cpu = measured.server->cpu - before.cpu;
  }
  return measured;
}

std::string report(const Flags& flags, const RequestPool& pool, const Measured& measured) {
  const LoadResult& load = measured.load;
  const double seconds = std::max(load.elapsed.count(), 1e-9);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("endpoint", std::string_view(flags.endpoint));
  json.member("encoding", std::string_view(flags.encoding));
  json.member("connections", std::uint64_t{flags.connections});
  json.member("in_flight", std::uint64_t{flags.in_flight});
  json.member("spans_per_request", std::uint64_t{flags.spans_per_request});
  json.member("high_cardinality", flags.high_cardinality);
  json.member("bytes_per_span",
              static_cast<double>(pool.bytes()) / static_cast<double>(pool.spans()));
  json.member("ids_repeat", pool.ids_repeat());
  json.member("seconds", load.elapsed.count());
  json.member("requests", load.requests);
  json.member("spans_sent", load.sent_spans);
  json.member("spans_accepted", load.accepted_spans);
  json.member("spans_rejected", load.rejected_spans);
  json.member("spans_per_second", static_cast<double>(load.accepted_spans) / seconds);
  json.member("megabytes_per_second", static_cast<double>(load.sent_bytes) / seconds / 1e6);
  json.member("latency_p50_ms", milliseconds(quantile(load.latencies, 0.50)));
  json.member("latency_p99_ms", milliseconds(quantile(load.latencies, 0.99)));
  json.member("preparation_cpu_ns_per_span", per_span(measured.preparation_cpu, pool.spans()));
  json.member("loader_cpu_ns_per_span", per_span(measured.loader_cpu, load.sent_spans));
  if (measured.server) {
    json.member("server_cpu_ns_per_span", per_span(measured.server_cpu, load.sent_spans));
    json.member("server_rss_bytes", measured.server->rss_bytes);
    json.member("server_peak_bytes", measured.server->peak_bytes);
  }
  json.key("errors");
  json.begin_object();
  for (const auto& [kind, count] : load.errors) json.member(kind, count);
  json.end_object();
  json.end_object();
  return out;
}

Result<std::string> load(const Flags& flags) {
  LoadOptions options;
  ASSIGN_OR_RETURN(options.connection.endpoint, parse_endpoint(flags.endpoint));
  ASSIGN_OR_RETURN(options.connection.encoding, parse_encoding(flags.encoding));
  options.connection.in_flight = flags.in_flight;
  options.connections = flags.connections;
  options.longest = std::chrono::duration<double>(flags.seconds);
  options.most_spans = flags.spans;
  options.spans_per_second = flags.spans_per_second;
  ASSIGN_OR_RETURN(RequestPool pool,
                   RequestPool::prepare(workload_options(flags), options.connection.encoding));
  const Duration preparation = own_cpu();
  ASSIGN_OR_RETURN(Measured measured, measure(flags, options, pool));
  measured.preparation_cpu = preparation;
  return report(flags, pool, measured);
}

int main_of(int argc, char** argv) {
  Flags flags;
  CLI::App app(
      "Sends the shop workload to a server on this machine and prints what it cost, as JSON.");
  app.add_option("--endpoint", flags.endpoint,
                 "grpc://HOST:PORT or http://HOST:PORT, loopback only");
  app.add_option("--connections", flags.connections, "TCP connections")->check(CLI::Range(1, 256));
  app.add_option("--in-flight", flags.in_flight,
                 "requests at once on each connection; over HTTP/1.1 that many connections more")
      ->check(CLI::Range(1, 256));
  app.add_option("--seconds", flags.seconds, "how long to send")->check(CLI::PositiveNumber);
  app.add_option("--spans", flags.spans, "stop after that many; 0: no limit");
  app.add_option("--spans-per-second", flags.spans_per_second,
                 "not faster than that; 0: as fast as it goes")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--spans-per-request", flags.spans_per_request)->check(CLI::Range(1, 100'000));
  app.add_option("--prepared-spans", flags.prepared_spans,
                 "distinct spans kept in memory; they are sent again with other ids");
  app.add_option("--encoding", flags.encoding, "identity, gzip or zstd");
  app.add_option("--seed", flags.seed, "of the workload");
  app.add_flag("--high-cardinality", flags.high_cardinality,
               "the workload that dislikes dictionaries");
  app.add_option("--pid", flags.pid, "the server's process, to report its CPU and memory");
  CLI11_PARSE(app, argc, argv);
  const Result<std::string> result = load(flags);
  if (!result) {
    fmt::print(stderr, "cairn-load: {}\n", result.error().message);
    return 1;
  }
  fmt::print("{}\n", *result);
  return 0;
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  try {
    return cairn::bench::main_of(argc, argv);
  } catch (const std::exception& failure) {  // CLI11's and fmt's
    std::fputs(failure.what(), stderr);
    return 1;
  }
}
