// SPDX-License-Identifier: Apache-2.0
//
// A service as small as can be, for tests: shop CONFIG [spans N | shapes N | forever | fork]
//   (nothing)  one trace with everything a span can have
//   spans N    N spans, as fast as they can be made
//   shapes N   N spans of every shape or somewhat more, from four threads
//   forever    numbered spans until SIGTERM, then stop()
//   fork       one span in the parent, one in a forked child
// Prints one JSON object: the trace id, what stop() said, the counters.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <cairn/telemetry.h>
#include <cairn/trace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sdk/shapes.h"

namespace {

using namespace cairn::trace;

std::atomic<bool> stopping{false};

std::string hex(const TraceId& id) {
  char text[TraceId::kHexSize];
  id.to_hex(text);
  return std::string(text, sizeof text);
}

SpanContext another_trace() {
  SpanContext context;
  TraceId::from_hex("0af7651916cd43dd8448eb211c80319c", context.trace_id);
  SpanId::from_hex("b7ad6b7169203331", context.span_id);
  context.flags.bits = TraceFlags::kSampled;
  return context;
}

std::string one_trace(const Tracer& tracer) {
  const Span order =
      tracer.start("POST /orders", SpanKind::kServer,
                   {{"http.method", "POST"}, {"http.status_code", 503}, {"retry", true}});
  const Scope scope(order);
  {
    const Span pay =
        tracer.start("pay", SpanKind::kClient, {{"amount", 12.5}, {"card", "caf\xc3\xa9"}});
    pay.set("amount", 13.5);
    pay.add_event("declined", {{"reason", "funds"}});
    pay.record_exception(std::runtime_error("card declined"));
    pay.set_status(StatusCode::kError, "declined");
    pay.add_link({another_trace(), {{"why", "test"}}});
  }
  order.set_status(StatusCode::kOk);
  return hex(order.context().trace_id);
}

void make_spans(const Tracer& tracer, int count, int first = 0) {
  for (int i = first; i < first + count; ++i) {
    tracer.start("span", SpanKind::kInternal, {{"number", i}}).end();
  }
}

void until_told(const Tracer& tracer) {
  make_spans(tracer, 10);  // whoever waits for the line below may stop us at once
  std::puts("ready");
  std::fflush(stdout);
  for (int made = 10; !stopping; made += 10) {
    make_spans(tracer, 10, made);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::string in_a_child(const Tracer& tracer) {
  const Span parent = tracer.start("of the parent");
  const Scope scope(parent);
  const pid_t child = fork();
  if (child == 0) {
    tracer.start("of the child").end();
    std::exit(0);  // as programs do: nothing flushes but the exit handler
  }
  int status = 0;
  waitpid(child, &status, 0);
  return hex(parent.context().trace_id);
}

const char* text_of(FlushResult result) {
  return result == FlushResult::kOk ? "ok" : result == FlushResult::kFailed ? "failed" : "timeout";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string_view what = argc > 2 ? argv[2] : "";
  std::signal(SIGTERM, [](int) { stopping = true; });
  const auto started = cairn::telemetry::start_from_file(argv[1]);
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error.c_str());
    return 1;
  }
  const Tracer tracer = cairn::trace::tracer("shop.test", "1.0");
  std::string trace_id;
  if (what == "spans") {
    make_spans(tracer, argc > 3 ? std::atoi(argv[3]) : 1);
  } else if (what == "shapes") {
    make_shapes(4, argc > 3 ? std::atoi(argv[3]) : 1000);
  } else if (what == "forever") {
    until_told(tracer);
  } else if (what == "fork") {
    trace_id = in_a_child(tracer);
  } else {
    trace_id = one_trace(tracer);
  }
  const FlushResult flushed = cairn::telemetry::flush(std::chrono::milliseconds(
      std::getenv("FLUSH_MS") != nullptr ? std::atoi(std::getenv("FLUSH_MS")) : 10000));
  const auto begin = std::chrono::steady_clock::now();
  const FlushResult stopped = cairn::telemetry::stop();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const Stats now = stats();
  std::printf(
      "{\"trace\": \"%s\", \"flush\": \"%s\", \"stop\": \"%s\", \"stop_seconds\": %.3f, "
      "\"started\": %llu, "
      "\"open\": %llu, \"buffered\": %llu, \"sent\": %llu, \"dropped\": %llu, \"bytes\": %llu}\n",
      trace_id.c_str(), text_of(flushed), text_of(stopped), seconds,
      static_cast<unsigned long long>(now.started), static_cast<unsigned long long>(now.open),
      static_cast<unsigned long long>(now.buffered), static_cast<unsigned long long>(now.sent),
      static_cast<unsigned long long>(now.dropped()),
      static_cast<unsigned long long>(now.bytes_buffered));
}
