// SPDX-License-Identifier: Apache-2.0
//
// What decoding a span costs in each of Zipkin's formats, beside OTLP protobuf of the same spans in
// the same run. The input is the shop workload as Zipkin can say it: 20 requests of 1,000 spans in
// turn. Counters: s/span is CPU time on one core; allocations/span count operator new.
// `--benchmark_format=json` gives the figures to other programs.
#include <atomic>
#include <cstdlib>
#include <new>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "bench/workload/workload.h"
#include "wire/otlp/protobuf.h"
#include "wire/zipkin/zipkin.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

// Not inlined: g++ 12 takes the pair of an inlined malloc and free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace cairn::bench {
namespace {

using wire::zipkin::Format;

struct Request {
  std::string otlp;
  std::string zipkin[4];
  std::size_t spans = 0;
};

const std::vector<Request>& requests() {
  static const std::vector<Request> made = [] {
    std::vector<Request> all;
    Workload workload({.spans = 22'000});
    model::Batch batch;
    while (all.size() < 20 && workload.next(batch)) {
      const std::string said = wire::zipkin::encode(Format::kJsonV2, batch);
      model::Batch same;
      CAIRN_CHECK(wire::zipkin::decode(Format::kJsonV2, as_bytes(said), same).has_value());
      Request& request = all.emplace_back();
      request.spans = same.spans.size();
      wire::otlp::encode_traces(same, request.otlp);
      for (const Format format :
           {Format::kJsonV2, Format::kProtobuf, Format::kJsonV1, Format::kThrift}) {
        request.zipkin[static_cast<std::size_t>(format)] = wire::zipkin::encode(format, same);
      }
      batch = model::Batch();
    }
    return all;
  }();
  return made;
}

// Runs `work(request)`, which returns the bytes it handled, over all requests in turn.
template <typename Work>
void over_requests(benchmark::State& state, Work work) {
  for (const Request& request : requests()) work(request);  // memory grows to its steady size
  double spans = 0;
  double bytes = 0;
  std::size_t next = 0;
  const std::uint64_t allocations_before = allocations;
  for (auto _ : state) {
    const Request& request = requests()[next];
    bytes += static_cast<double>(work(request));
    spans += static_cast<double>(request.spans);
    next = (next + 1) % requests().size();
  }
  const auto allocated = static_cast<double>(allocations - allocations_before);
  using benchmark::Counter;
  state.counters["s/span"] = Counter(spans, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes/span"] = bytes / spans;
  state.counters["allocations/span"] = allocated / spans;
}

void DecodeOtlpProtobuf(benchmark::State& state) {
  model::Batch batch;
  over_requests(state, [&batch](const Request& request) {
    batch.clear();
    CAIRN_CHECK(wire::otlp::decode_traces(as_bytes(request.otlp), batch).has_value());
    benchmark::DoNotOptimize(batch.spans.data());
    return request.otlp.size();
  });
}

void DecodeZipkin(benchmark::State& state, Format format) {
  model::Batch batch;
  over_requests(state, [&batch, format](const Request& request) {
    const std::string& body = request.zipkin[static_cast<std::size_t>(format)];
    batch.clear();
    CAIRN_CHECK(wire::zipkin::decode(format, as_bytes(body), batch).has_value());
    benchmark::DoNotOptimize(batch.spans.data());
    return body.size();
  });
}

BENCHMARK(DecodeOtlpProtobuf);
BENCHMARK_CAPTURE(DecodeZipkin, json_v2, Format::kJsonV2);
BENCHMARK_CAPTURE(DecodeZipkin, protobuf, Format::kProtobuf);
BENCHMARK_CAPTURE(DecodeZipkin, json_v1, Format::kJsonV1);
BENCHMARK_CAPTURE(DecodeZipkin, thrift, Format::kThrift);

}  // namespace
}  // namespace cairn::bench

BENCHMARK_MAIN();
