// SPDX-License-Identifier: Apache-2.0
//
// What decoding a span of Jaeger's Thrift costs, beside the same span in OTLP protobuf. The input
// is the shop workload: 20 requests of 1,000 spans in turn; in Thrift a message a resource.
// Counters: s/span is CPU time on one core.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "bench/workload/workload.h"
#include "wire/jaeger/thrift.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

using wire::jaeger::ThriftProtocol;

// The messages of one request.
using Messages = std::vector<std::string>;

struct Requests {
  std::vector<Messages> otlp;
  std::vector<Messages> http;     // bare batches in the binary protocol
  std::vector<Messages> compact;  // datagrams
  std::vector<Messages> binary;
  std::vector<std::size_t> spans;
};

const Requests& requests() {
  static const Requests made = [] {
    Requests all;
    Workload workload({.spans = 22'000});
    model::Batch batch;
    while (all.spans.size() < 20 && workload.next(batch)) {
      wire::otlp::encode_traces(batch, all.otlp.emplace_back().emplace_back());
      all.http.push_back(wire::jaeger::encode_thrift_batches(ThriftProtocol::kBinary, batch));
      all.compact.push_back(wire::jaeger::encode_agent_messages(ThriftProtocol::kCompact, batch));
      all.binary.push_back(wire::jaeger::encode_agent_messages(ThriftProtocol::kBinary, batch));
      all.spans.push_back(batch.spans.size());
      batch = model::Batch();
    }
    return all;
  }();
  return made;
}

// Decodes one request after the other, each into the same batch.
template <typename Decode>
void decode_all(benchmark::State& state, const std::vector<Messages>& input, Decode decode) {
  model::Batch batch;
  std::size_t next = 0;
  double spans = 0;
  double bytes = 0;
  for (auto _ : state) {
    batch.clear();
    for (const std::string& message : input[next]) {
      CAIRN_CHECK(decode(as_bytes(message), batch).has_value());
      bytes += static_cast<double>(message.size());
    }
    CAIRN_CHECK(batch.spans.size() == requests().spans[next]);
    benchmark::DoNotOptimize(batch.spans.data());
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
void JaegerHttp(benchmark::State& state) {
  decode_all(state, requests().http, wire::jaeger::decode_thrift_batch);
}
void JaegerCompact(benchmark::State& state) {
  decode_all(state, requests().compact, wire::jaeger::decode_agent_message);
}
void JaegerBinary(benchmark::State& state) {
  decode_all(state, requests().binary, wire::jaeger::decode_agent_message);
}

BENCHMARK(OtlpProtobuf);
BENCHMARK(JaegerHttp);
BENCHMARK(JaegerCompact);
BENCHMARK(JaegerBinary);

}  // namespace
}  // namespace cairn::bench

BENCHMARK_MAIN();
