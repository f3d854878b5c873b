// SPDX-License-Identifier: Apache-2.0
//
// cairn-formats-bench: what a span costs in each format, beside OTLP protobuf in the same run.
// Prints JSON.
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "bench/micro/formats.h"
#include "bench/store/store_under_test.h"

namespace cairn::bench {
namespace {

struct Flags {
  StoreChoice store;
  WorkloadOptions workload;
  int rounds = 5;
  std::string only;  // formats whose name contains this; OTLP protobuf always
};

double per_span(Duration spent, const FormatCost& cost) {
  return static_cast<double>(spent.count()) / static_cast<double>(cost.spans);
}
double total(const FormatCost& cost) {
  return per_span(cost.whole.cpu(), cost);
}
double decode(const FormatCost& cost) {
  return per_span(cost.decode_cpu, cost);
}

// The cheapest round of each format: what disturbed the others is not its own. The formats take
// turns, each round into a store of its own, so that a slow minute meets all of them.
Result<std::vector<FormatCost>> measure_all(const std::vector<WireFormat>& formats,
                                            const Flags& flags) {
  std::vector<FormatCost> best(formats.size());
  for (int round = 0; round < flags.rounds; ++round) {
    for (std::size_t i = 0; i < formats.size(); ++i) {
      if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "{} …\n", formats[i].name);
      ASSIGN_OR_RETURN(const auto test, StoreUnderTest::make(flags.store));
      ASSIGN_OR_RETURN(const FormatCost cost,
                       measure_format(formats[i], test->store(), flags.workload));
      if (round == 0 || total(cost) < total(best[i])) best[i] = cost;
    }
  }
  return best;
}

std::string report(const std::vector<WireFormat>& formats, const std::vector<FormatCost>& costs) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const FormatCost& cost = costs[i];
    json.begin_object();
    json.member("name", formats[i].name);
    json.member("spans", cost.spans);
    json.member("bytes_per_span",
                static_cast<double>(cost.bytes) / static_cast<double>(cost.spans));
    json.member("decode_cpu_ns_per_span", decode(cost));
    json.member("append_cpu_ns_per_span", per_span(cost.append_cpu, cost));
    json.member("engine_threads_cpu_ns_per_span", per_span(cost.whole.cpu_of_others(), cost));
    json.member("cpu_ns_per_span", total(cost));
    json.member("ratio", total(cost) / total(costs.front()));
    json.member("decode_ratio", decode(cost) / decode(costs.front()));
    json.end_object();
  }
  json.end_array();
  return text;
}

int main_of(int argc, char** argv) {
  Flags flags;
  flags.store.head_bytes = 64_GiB;  // heads are sealed as ever, and wait: no flush in between
  flags.workload.spans = 200'000;
  CLI::App app("Decodes the shop workload in each format and writes it into a columnar store.");
  app.add_option("--spans", flags.workload.spans, "of each format and round, at least");
  app.add_option("--rounds", flags.rounds, "the cheapest counts")->check(CLI::Range(1, 1000));
  app.add_option("--only", flags.only, "formats whose name contains this, and OTLP protobuf");
  app.add_option("--directory", flags.store.directory, "holds the stores, which go again");
  CLI11_PARSE(app, argc, argv);
  std::vector<WireFormat> formats = all_formats();
  std::erase_if(formats, [&](const WireFormat& format) {
    return &format != formats.data() && format.name.find(flags.only) == std::string_view::npos;
  });
  const auto costs = measure_all(formats, flags);
  if (!costs) {
    fmt::print(stderr, "cairn-formats-bench: {}\n", costs.error().message);
    return 1;
  }
  fmt::print("{}\n", report(formats, *costs));
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
