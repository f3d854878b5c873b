// SPDX-License-Identifier: Apache-2.0
//
// cairn-workload: writes the shop workload to a file.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/workload/workload.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

struct Flags {
  WorkloadOptions workload;
  std::string format = "protobuf";
  std::string output;
};

// One request: four bytes of length, little-endian, and the message; or one line of JSON.
void append_request(const Flags& flags, const model::Batch& batch, std::string& out) {
  if (flags.format == "json") {
    wire::otlp::encode_traces_json(batch, out);
    out += '\n';
    return;
  }
  std::string message;
  wire::otlp::encode_traces(batch, message);
  for (const int shift : {0, 8, 16, 24}) out += static_cast<char>(message.size() >> shift);
  out += message;
}

int write(const Flags& flags) {
  std::ofstream file(flags.output, std::ios::binary | std::ios::trunc);
  Workload workload(flags.workload);
  model::Batch batch;
  std::uint64_t spans = 0;
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
  for (std::string out; workload.next(batch); out.clear()) {
    append_request(flags, batch, out);
    file.write(out.data(), static_cast<std::streamsize>(out.size()));
    spans += batch.spans.size();
    bytes += out.size();
    ++requests;
  }
  file.close();
  if (!file) {
    fmt::print(stderr, "cairn-workload: cannot write {}\n", flags.output);
    return 1;
  }
  fmt::print("{{\"spans\":{},\"requests\":{},\"bytes\":{}}}\n", spans, requests, bytes);
  return 0;
}

int main_of(int argc, char** argv) {
  Flags flags;
  CLI::App app("Writes the shop workload as OTLP export requests.");
  app.add_option("output", flags.output, "the file to write")->required();
  app.add_option(
         "--format", flags.format,
         "protobuf: each request after its length in 4 little-endian bytes; json: a line each")
      ->check(CLI::IsMember({"protobuf", "json"}));
  app.add_option("--spans", flags.workload.spans, "at least that many");
  app.add_option("--spans-per-request", flags.workload.spans_per_request)
      ->check(CLI::Range(1, 100'000));
  app.add_option("--seed", flags.workload.seed, "equal seeds make equal files");
  app.add_option("--epoch-nanos", flags.workload.epoch.unix_nanos,
                 "when the story begins, unix time");
  app.add_flag("--high-cardinality", flags.workload.high_cardinality,
               "the workload that dislikes dictionaries");
  CLI11_PARSE(app, argc, argv);
  return write(flags);
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
