// SPDX-License-Identifier: Apache-2.0
//
// What decoding a span of Jaeger's protobuf costs, beside the same span in OTLP protobuf. The input
// is the shop workload: 20 requests of 1,000 spans in turn; in Jaeger's form each span brings its
// process. Counters: s/span is CPU time on one core.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "bench/workload/workload.h"
#include "wire/jaeger/protobuf.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

struct Requests {
  std::vector<std::string> otlp;
  std::vector<std::string> jaeger;
};

const Requests& requests() {
  static const Requests made = [] {
    Requests all;
    Workload workload({.spans = 22'000});
    model::Batch batch;
    while (all.otlp.size() < 20 && workload.next(batch)) {
      wire::otlp::encode_traces(batch, all.otlp.emplace_back());
      all.jaeger.push_back(wire::jaeger::encode_post_spans(batch));
      batch = model::Batch();
    }
    return all;
  }();
  return made;
}

// Decodes one request after the other, each into the same batch.
template <typename Decode>
void decode_all(benchmark::State& state, const std::vector<std::string>& input, Decode decode) {
  model::Batch batch;
  std::size_t next = 0;
  double spans = 0;
  double bytes = 0;
  for (auto _ : state) {
    batch.clear();
    CAIRN_CHECK(decode(as_bytes(input[next]), batch).has_value());
    benchmark::DoNotOptimize(batch.spans.data());
    bytes += static_cast<double>(input[next].size());
    spans += static_cast<double>(batch.spans.size());
    next = (next + 1) % input.size();
  }
  using benchmark::Counter;
  state.counters["s/span"] = Counter(spans, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes/span"] = bytes / spans;
}

void OtlpProtobuf(benchmark::State& state) {
  decode_all(state, requests().otlp, wire::otlp::decode_traces);
}
void JaegerPostSpans(benchmark::State& state) {
  decode_all(state, requests().jaeger, wire::jaeger::decode_post_spans);
}

BENCHMARK(OtlpProtobuf);
BENCHMARK(JaegerPostSpans);

}  // namespace
}  // namespace cairn::bench

BENCHMARK_MAIN();
