// SPDX-License-Identifier: Apache-2.0
//
// What decoding and encoding a span costs. The input is the shop workload: 20 requests of 1,000
// spans in turn, about 9 MB of protobuf, more than the second-level cache holds.
// Counters: s/span and bytes/s are CPU time on one core; allocations/span count operator new.
// `Memcpy` copies the same protobuf, as the measure of the machine.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "bench/workload/workload.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

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

struct Requests {
  std::vector<std::string> protobuf;
  std::vector<std::string> json;
  std::vector<model::Batch> batches;
};

const Requests& requests() {
  static const Requests made = [] {
    Requests all;
    Workload workload({.spans = 22'000});
    model::Batch batch;
    while (all.batches.size() < 20 && workload.next(batch)) {
      wire::otlp::encode_traces(batch, all.protobuf.emplace_back());
      wire::otlp::encode_traces_json(batch, all.json.emplace_back());
      all.batches.push_back(std::move(batch));
      batch = model::Batch();
    }
    return all;
  }();
  return made;
}

// Runs `work(i)`, which handles request i and returns its size in bytes, over all requests in turn.
template <typename Work>
void over_requests(benchmark::State& state, Work work) {
  const std::size_t count = requests().batches.size();
  for (std::size_t i = 0; i < count; ++i) work(i);  // memory grows to its steady size
  std::uint64_t spans = 0;
  std::uint64_t bytes = 0;
  std::size_t next = 0;
  const std::uint64_t allocations_before = allocations;
  for (auto _ : state) {
    bytes += work(next);
    spans += requests().batches[next].spans.size();
    next = (next + 1) % count;
  }
  const auto per_span = static_cast<double>(spans);
  using benchmark::Counter;
  state.counters["s/span"] = Counter(per_span, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes/s"] = Counter(static_cast<double>(bytes), Counter::kIsRate);
  state.counters["bytes/span"] = static_cast<double>(bytes) / per_span;
  state.counters["allocations/span"] =
      static_cast<double>(allocations - allocations_before) / per_span;
}

void Memcpy(benchmark::State& state) {
  std::string to;
  over_requests(state, [&to](std::size_t i) {
    to.resize(std::max(to.size(), requests().protobuf[i].size()));
    std::memcpy(to.data(), requests().protobuf[i].data(), requests().protobuf[i].size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
    return requests().protobuf[i].size();
  });
}

void DecodeProtobuf(benchmark::State& state) {
  model::Batch batch;
  over_requests(state, [&batch](std::size_t i) {
    batch.clear();
    CAIRN_CHECK(wire::otlp::decode_traces(as_bytes(requests().protobuf[i]), batch).has_value());
    benchmark::DoNotOptimize(batch.spans.data());
    return requests().protobuf[i].size();
  });
}

void EncodeProtobuf(benchmark::State& state) {
  std::string out;
  over_requests(state, [&out](std::size_t i) {
    out.clear();
    wire::otlp::encode_traces(requests().batches[i], out);
    benchmark::DoNotOptimize(out.data());
    return out.size();
  });
}

void DecodeJson(benchmark::State& state) {
  model::Batch batch;
  over_requests(state, [&batch](std::size_t i) {
    batch.clear();
    CAIRN_CHECK(wire::otlp::decode_traces_json(as_bytes(requests().json[i]), batch).has_value());
    benchmark::DoNotOptimize(batch.spans.data());
    return requests().json[i].size();
  });
}

void EncodeJson(benchmark::State& state) {
  std::string out;
  over_requests(state, [&out](std::size_t i) {
    out.clear();
    wire::otlp::encode_traces_json(requests().batches[i], out);
    benchmark::DoNotOptimize(out.data());
    return out.size();
  });
}

BENCHMARK(Memcpy);
BENCHMARK(DecodeProtobuf);
BENCHMARK(EncodeProtobuf);
BENCHMARK(DecodeJson);
BENCHMARK(EncodeJson);

}  // namespace
}  // namespace cairn::bench

BENCHMARK_MAIN();
