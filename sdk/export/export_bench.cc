// SPDX-License-Identifier: Apache-2.0
//
// What export_batch costs: CPU of the exporting thread for a span, batches of 512 KiB of spans of
// 250 bytes, to a sink in another thread over loopback.
//
//   sdk_export_bench [rounds] [gzip]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <cairn/export/exporters.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace cairn::trace;

constexpr std::size_t kSpanSize = 250, kBatchSize = 512 * 1024;

// Reads requests of any size with a Content-Length and answers each with 200.
void serve(int listener) {
  const int client = accept(listener, nullptr, nullptr);
  static char buffer[1 << 20];
  constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (;;) {
    std::string head;
    std::size_t end = std::string::npos;
    while ((end = head.find("\r\n\r\n")) == std::string::npos) {
      const ssize_t size = recv(client, buffer, sizeof buffer, 0);
      if (size <= 0) {
        close(client);
        return;
      }
      head.append(buffer, static_cast<std::size_t>(size));
    }
    const std::size_t size =
        std::strtoull(head.c_str() + head.find("Content-Length: ") + 16, nullptr, 10);
    for (std::size_t got = head.size() - end - 4; got < size;) {
      const ssize_t more = recv(client, buffer, std::min(sizeof buffer, size - got), 0);
      if (more <= 0) break;
      got += static_cast<std::size_t>(more);
    }
    if (send(client, kAnswer, sizeof kAnswer - 1, MSG_NOSIGNAL) <= 0) return;
  }
}

double cpu_nanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Spans that gzip finds neither empty nor random, in chunks of 64 KiB as the recorder has them.
std::string make_spans(std::size_t count) {
  std::string spans;
  for (std::size_t i = 0; i < count; ++i) {
    std::string span = "\x12\xf7\x01\x0a\x10";  // a span of 247 bytes, and its trace id
    for (std::size_t byte = 0; byte < 16; ++byte) span += static_cast<char>(i * 31 + byte * i * 7);
    span += "\x2a\xe3\x01";  // a name for the rest
    while (span.size() < kSpanSize)
      span += "http.request.method=GET url.path=/users/"[span.size() % 40];
    spans += span;
  }
  return spans;
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 2000;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, any, size) != 0 || listen(listener, 1) != 0 ||
      getsockname(listener, any, &size) != 0) {
    return 1;
  }
  std::thread sink(serve, listener);

  const std::string spans = make_spans(kBatchSize / kSpanSize);
  SpanBatch batch;
  ScopeSpans& scope = batch.scopes.emplace_back();
  constexpr std::size_t kChunk = 64 * 1024 / kSpanSize * kSpanSize;
  for (std::size_t at = 0; at < spans.size(); at += kChunk) {
    scope.spans.push_back({reinterpret_cast<const std::uint8_t*>(spans.data()) + at,
                           std::min(kChunk, spans.size() - at)});
  }
  batch.span_count = scope.span_count = spans.size() / kSpanSize;
  batch.byte_count = spans.size();

  RemoteOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/v1/traces";
  options.gzip = count > 2 && std::strcmp(arguments[2], "gzip") == 0;
  std::string error;
  SpanExporterPtr exporter = otlp_http(options, OtlpEncoding::kProtobuf, error);
  double total = 0, best = 1e18;
  for (int round = -10; round < rounds; ++round) {  // the first ones warm up
    const ExportDeadline deadline(ExportDeadline::Clock::now() + std::chrono::seconds(10));
    const double before = cpu_nanos();
    if (exporter->export_batch(batch, deadline).code != ExportResult::Code::kSent) return 1;
    const double spent = cpu_nanos() - before;
    if (round >= 0) total += spent;
    if (round >= 0) best = std::min(best, spent);
  }
  const double all = static_cast<double>(batch.span_count) * rounds;
  std::printf("%zu spans a batch: CPU of a span %.1f ns on average, %.1f ns in the best batch\n",
              batch.span_count, total / all, best / static_cast<double>(batch.span_count));
  exporter.reset();
  sink.join();
  close(listener);
  return 0;
}
