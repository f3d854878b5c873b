// SPDX-License-Identifier: Apache-2.0
//
// Makes N spans of a kind, for callgrind to count: spans_loop five|unsampled N
#include <cstdlib>
#include <string>
#include <string_view>

#include <cairn/trace/provider.h>

#include "sdk/bench/usual_span.h"

using namespace cairn::trace;

// What is counted: this function and what it calls.
extern "C" __attribute__((noinline)) void one_span(const Tracer& tracer, const std::string& path) {
  const Span span = cairn::bench::start_usual(tracer, path);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  Options options;
  options.exporter = std::make_shared<cairn::bench::Sink>();
  // Under valgrind the cycle counter is believed or not as it happens: ask the kernel always.
  options.use_tsc = false;
  if (std::string_view(argv[1]) == "unsampled") options.sampler = parent_based(trace_id_ratio(0));
  start(options);
  const Tracer tracer = cairn::trace::tracer("loop");
  const std::string path(cairn::bench::kName);
  for (int i = std::atoi(argv[2]); i > 0; --i) one_span(tracer, path);
  stop();
}
