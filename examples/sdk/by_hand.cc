// SPDX-License-Identifier: Apache-2.0
// Without a configuration file: options, exporter, stop, and what was counted.
#include <cstdio>
#include <string>

#include <cairn/export/exporters.h>
#include <cairn/trace.h>
#include <cairn/trace/provider.h>

namespace {

// [snippet: start]
bool start_tracing(std::string& error) {
  cairn::trace::RemoteOptions remote;
  remote.url = "http://localhost:4318/v1/traces";
  cairn::trace::Options options;
  options.resource = {{"service.name", "shop"}, {"deployment.environment", "staging"}};
  options.sampler = cairn::trace::parent_based(cairn::trace::trace_id_ratio(0.1));
  options.exporter = cairn::trace::otlp_http(remote, cairn::trace::OtlpEncoding::kProtobuf, error);
  if (options.exporter == nullptr) return false;
  return cairn::trace::start(std::move(options));
}
// [end]

// [snippet: stop]
void stop_tracing() {
  if (cairn::trace::stop(std::chrono::seconds(3)) == cairn::trace::FlushResult::kOk) return;
  const cairn::trace::Stats stats = cairn::trace::stats();
  std::fprintf(stderr, "%llu of %llu spans were not delivered\n",
               static_cast<unsigned long long>(stats.dropped()),
               static_cast<unsigned long long>(stats.started));
}
// [end]

// [snippet: file]
cairn::trace::SpanExporterPtr to_a_file(std::string& error) {
  cairn::trace::FileOptions file;
  file.path = "spans.jsonl";
  file.rotate_at = 64 * 1024 * 1024;
  return cairn::trace::otlp_file(file, error);
}
// [end]

// [snippet: suppress]
void upload_profile() {
  cairn::trace::SuppressTracing quiet;  // this thread's calls have no spans while it lives
  // ...
}
// [end]

}  // namespace

int main(int argc, char**) {
  std::string error;
  if (!start_tracing(error)) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  upload_profile();
  if (argc > 1 && to_a_file(error) == nullptr) return 1;
  cairn::trace::tracer("shop").start("unsampled, or not delivered").end();
  cairn::trace::stop(std::chrono::milliseconds(50));
  stop_tracing();
  const cairn::trace::Stats stats = cairn::trace::stats();
  return stats.started == stats.open + stats.buffered + stats.sent + stats.dropped() ? 0 : 1;
}
