// SPDX-License-Identifier: Apache-2.0
//
// What a span costs the thread that makes it. Times depend on the machine and its neighbours: each
// run carries reference/copy_span, the copying of one span's 250 bytes and two readings of the
// clock, and ratios to it are what can be compared.
#include <cstring>
#include <map>
#include <string>

#include <benchmark/benchmark.h>
#include <cairn/trace.h>
#include <cairn/trace/provider.h>
#include <time.h>

#include "sdk/bench/usual_span.h"

namespace {

using namespace cairn::trace;
using namespace cairn::bench;

inline constexpr Key kClient{"client.address"};
inline constexpr Key kRequestSize{"http.request.body.size"};
inline constexpr Key kAgent{"user_agent.original"};
inline constexpr Key kResponseSize{"http.response.body.size"};
inline constexpr Key kRoute{"http.route"};

const std::string path_value(kName);
const std::string agent_value = "okhttp/4.12.0 (android 14)";

// Telemetry for one benchmark, with this share of traces sampled.
class Telemetry {
 public:
  explicit Telemetry(double ratio) {
    Options options;
    options.exporter = std::make_shared<Sink>();
    options.sampler = parent_based(trace_id_ratio(ratio));
    start(options);
  }
  ~Telemetry() { stop(); }
  Tracer tracer = cairn::trace::tracer("bench");
};

void copy_span(benchmark::State& state) {
  char from[250] = {}, to[250];
  timespec now;
  for (auto _ : state) {
    clock_gettime(CLOCK_REALTIME, &now);
    benchmark::DoNotOptimize(from);
    std::memcpy(to, from, sizeof to);
    benchmark::DoNotOptimize(to);
    clock_gettime(CLOCK_REALTIME, &now);
    benchmark::DoNotOptimize(now);
  }
}
BENCHMARK(copy_span)->Name("reference/copy_span");

void sampled_0(benchmark::State& state) {
  const Telemetry telemetry(1);
  for (auto _ : state) telemetry.tracer.start(kName, SpanKind::kServer).end();
}
BENCHMARK(sampled_0)->Name("sampled/0_attributes");

void sampled_5(benchmark::State& state) {
  const Telemetry telemetry(1);
  for (auto _ : state) start_usual(telemetry.tracer, path_value).end();
}
BENCHMARK(sampled_5)->Name("sampled/5_attributes");

void sampled_5_set(benchmark::State& state) {
  const Telemetry telemetry(1);
  for (auto _ : state) {
    const Span span = telemetry.tracer.start(kName, SpanKind::kServer);
    span.set(
        {{kMethod, "GET"}, {kStatus, 200}, {kPath, path_value}, {kPort, 8888}, {kProtocol, "1.1"}});
  }
}
BENCHMARK(sampled_5_set)->Name("sampled/5_attributes_set_at_once");

void sampled_5_each(benchmark::State& state) {
  const Telemetry telemetry(1);
  for (auto _ : state) {
    const Span span = telemetry.tracer.start(kName, SpanKind::kServer);
    span.set(kMethod, "GET");
    span.set(kStatus, 200);
    span.set(kPath, path_value);
    span.set(kPort, 8888);
    span.set(kProtocol, "1.1");
  }
}
BENCHMARK(sampled_5_each)->Name("sampled/5_attributes_set_one_by_one");

void sampled_5_text_keys(benchmark::State& state) {
  const Telemetry telemetry(1);
  for (auto _ : state) {
    telemetry.tracer
        .start(kName, SpanKind::kServer,
               {{"http.request.method", "GET"},
                {"http.response.status_code", 200},
                {"url.path", path_value},
                {"server.port", 8888},
                {"network.protocol.version", "1.1"}})
        .end();
  }
}
BENCHMARK(sampled_5_text_keys)->Name("sampled/5_attributes_text_keys");

void sampled_10(benchmark::State& state) {
  const Telemetry telemetry(1);
  for (auto _ : state) {
    telemetry.tracer
        .start(kName, SpanKind::kServer,
               {{kMethod, "GET"},
                {kStatus, 200},
                {kPath, path_value},
                {kPort, 8888},
                {kProtocol, "1.1"},
                {kClient, "10.24.13.77"},
                {kRequestSize, 1432},
                {kAgent, agent_value},
                {kResponseSize, 88123},
                {kRoute, "/usercenter/v1/user/:op"}})
        .end();
  }
}
BENCHMARK(sampled_10)->Name("sampled/10_attributes");

void child_scope_5(benchmark::State& state) {
  const Telemetry telemetry(1);
  const Span parent = telemetry.tracer.start("parent");
  const Scope outer(parent);
  for (auto _ : state) {
    const Span span = start_usual(telemetry.tracer, path_value);
    const Scope scope(span);
  }
}
BENCHMARK(child_scope_5)->Name("sampled/child_and_scope_5_attributes");

void unsampled(benchmark::State& state) {
  const Telemetry telemetry(0);
  for (auto _ : state) telemetry.tracer.start(kName, SpanKind::kServer).end();
}
BENCHMARK(unsampled)->Name("unsampled");

void unsampled_scope_5(benchmark::State& state) {
  const Telemetry telemetry(0);
  for (auto _ : state) {
    const Span span = start_usual(telemetry.tracer, path_value);
    const Scope scope(span);
  }
}
BENCHMARK(unsampled_scope_5)->Name("unsampled/scope_5_attributes");

void off(benchmark::State& state) {
  const Tracer tracer = cairn::trace::tracer("bench");
  for (auto _ : state) tracer.start(kName, SpanKind::kServer).end();
}
BENCHMARK(off)->Name("off");

// Headers in an array, as a server has them.
class Headers final : public TextMapReader, public TextMapWriter {
 public:
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (index != 0 || name != "traceparent") return false;
    value = std::string_view(value_, size_);
    return size_ != 0;
  }
  void set(std::string_view, std::string_view value) override {
    size_ = value.size() < sizeof value_ ? value.size() : sizeof value_;
    std::memcpy(value_, value.data(), size_);
  }

 private:
  char value_[64];
  std::size_t size_ = 0;
};

void inject_headers(benchmark::State& state) {
  const Telemetry telemetry(1);
  const Context context(telemetry.tracer.start("s"));
  Headers headers;
  for (auto _ : state) {
    propagator().inject(context, headers);
    benchmark::DoNotOptimize(headers);
  }
}
BENCHMARK(inject_headers)->Name("propagation/inject");

void extract_headers(benchmark::State& state) {
  Headers headers;
  headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  const Context none;
  for (auto _ : state) benchmark::DoNotOptimize(propagator().extract(headers, none));
}
BENCHMARK(extract_headers)->Name("propagation/extract");

// Started by the first thread's set-up, for all.
void on_threads(benchmark::State& state) {
  static Telemetry* telemetry = nullptr;
  if (state.thread_index() == 0) telemetry = new Telemetry(1);
  const Tracer tracer = cairn::trace::tracer("bench");
  for (auto _ : state) start_usual(tracer, path_value).end();
  if (state.thread_index() == 0) delete telemetry;
}
BENCHMARK(on_threads)->Name("sampled/5_attributes")->Threads(2)->Threads(4);

}  // namespace

BENCHMARK_MAIN();
