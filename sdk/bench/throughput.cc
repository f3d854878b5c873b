// SPDX-License-Identifier: Apache-2.0
//
// Makes spans at a steady rate for some seconds and sends them to a receiver; prints as JSON what
// arrived and what it cost: throughput URL|sink SPANS_PER_SECOND SECONDS [THREADS] [http|grpc]
// `sink` is a receiver of its own that answers and forgets.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <cairn/export/exporters.h>
#include <cairn/trace.h>
#include <cairn/trace/provider.h>
#include <time.h>

#include "sdk/bench/http_sink.h"
#include "sdk/bench/usual_span.h"

namespace {

using namespace cairn::trace;
using Clock = std::chrono::steady_clock;

double cpu_seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// `rate` spans a second, in bursts of a millisecond, until `end`.
double make_spans(const Tracer& tracer, double rate, Clock::time_point end) {
  const double cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  const auto begin = Clock::now();
  double due = 0, made = 0;
  static const std::string path(cairn::bench::kName);
  for (auto now = begin; now < end; now = Clock::now()) {
    due = rate * std::chrono::duration<double>(now - begin).count();
    for (; made < due; ++made) {
      cairn::bench::start_usual(tracer, path).end();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s URL|sink SPANS_PER_SECOND SECONDS [THREADS] [http|grpc]\n",
                 argv[0]);
    return 2;
  }
  const double rate = std::atof(argv[2]), seconds = std::atof(argv[3]);
  const int threads = argc > 4 ? std::atoi(argv[4]) : 1;
  const bool grpc = argc > 5 && std::string_view(argv[5]) == "grpc";
  std::unique_ptr<cairn::bench::HttpSink> sink;
  RemoteOptions remote;
  remote.url = argv[1];
  if (remote.url == "sink") {
    if (grpc) {
      std::fprintf(stderr, "the sink speaks HTTP/1.1 only: name a receiver for grpc\n");
      return 2;
    }
    sink = std::make_unique<cairn::bench::HttpSink>();
    remote.url = sink->url();
  }
  std::string error;
  Options options;
  options.exporter =
      grpc ? otlp_grpc(remote, error) : otlp_http(remote, OtlpEncoding::kProtobuf, error);
  if (options.exporter == nullptr) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 2;
  }
  options.resource = {{"service.name", "throughput"}};
  start(options);
  const Tracer tracer = cairn::trace::tracer("throughput");
  const double process = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  std::vector<double> cpu(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds));
  for (auto& mine : cpu) {
    all.emplace_back([&] { mine = make_spans(tracer, rate / threads, end); });
  }
  for (auto& thread : all) thread.join();
  const bool flushed = flush(std::chrono::seconds(30)) == FlushResult::kOk;
  double makers = 0;
  for (const double mine : cpu) makers += mine;
  const double exporter = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - process - makers;
  const Stats now = stats();
  const auto spans = static_cast<double>(now.started);
  std::printf(
      "{\"protocol\": \"%s\", \"threads\": %d, \"started\": %llu, \"sent\": %llu, \"dropped\": "
      "%llu, "
      "\"flushed\": %s, \"spans_per_second\": %.0f, \"maker_cpu_ns_per_span\": %.1f, "
      "\"exporter_cpu_ns_per_span\": %.1f, \"batches\": %llu}\n",
      grpc ? "grpc" : "http", threads, static_cast<unsigned long long>(now.started),
      static_cast<unsigned long long>(now.sent), static_cast<unsigned long long>(now.dropped()),
      flushed ? "true" : "false", spans / seconds, makers / spans * 1e9, exporter / spans * 1e9,
      static_cast<unsigned long long>(now.batches));
  return now.dropped() == 0 && flushed ? 0 : 1;
}
