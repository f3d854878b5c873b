// SPDX-License-Identifier: Apache-2.0
//
// Makes N spans of a kind, for callgrind to count: spans_loop five|unsampled N
#include <cstdlib>
#include <string>
#include <string_view>

#include <cairn/trace.h>
#include <cairn/trace/provider.h>

namespace {

using namespace cairn::trace;

inline constexpr Key kMethod{"http.request.method"};
inline constexpr Key kStatus{"http.response.status_code"};
inline constexpr Key kPath{"url.path"};
inline constexpr Key kPort{"server.port"};
inline constexpr Key kProtocol{"network.protocol.version"};

class Sink : public SpanExporter {
 public:
  ExportResult export_batch(const SpanBatch&, const ExportDeadline&) noexcept override {
    ExportResult result;
    result.code = ExportResult::Code::kSent;
    return result;
  }
  std::string description() const override { return "sink"; }
};

}  // namespace

// What is counted: this function and what it calls.
extern "C" __attribute__((noinline)) void one_span(const Tracer& tracer, const std::string& path) {
  const Span span = tracer.start(
      "/usercenter/v1/user/detail", SpanKind::kServer,
      {{kMethod, "GET"}, {kStatus, 200}, {kPath, path}, {kPort, 8888}, {kProtocol, "1.1"}});
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  Options options;
  options.exporter = std::make_shared<Sink>();
  // Under valgrind the cycle counter is believed or not as it happens: ask the kernel always.
  options.use_tsc = false;
  if (std::string_view(argv[1]) == "unsampled") options.sampler = parent_based(trace_id_ratio(0));
  start(options);
  const Tracer tracer = cairn::trace::tracer("loop");
  const std::string path = "/usercenter/v1/user/detail";
  for (int i = std::atoi(argv[2]); i > 0; --i) one_span(tracer, path);
  stop();
}
