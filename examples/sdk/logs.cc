// SPDX-License-Identifier: Apache-2.0
// spdlog lines that name their trace and span.
#include <cstdio>
#include <sstream>

#include <cairn/adapters/spdlog.h>
#include <cairn/testing.h>
#include <spdlog/async.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace {

// [snippet: text]
void set_up_log() {
  cairn::trace::set_traced_pattern(*spdlog::default_logger());
  // [2026-11-21 18:00:00.000] [shop] [info] trace=4bf9… span=00f0… order taken
}
// [end]

// [snippet: json]
void set_up_json_log() {
  // go-zero's: {"@timestamp":…,"level":"info","content":"order
  // taken","trace":"4bf9…","span":"00f0…"}
  cairn::trace::set_traced_pattern(*spdlog::default_logger(), cairn::trace::kTracedJsonPattern);
}
// [end]

// [snippet: async]
std::shared_ptr<spdlog::logger> make_async_log() {
  auto inner = spdlog::create_async<spdlog::sinks::stdout_sink_mt>("shop.async");
  auto log = cairn::trace::traced_async(inner);  // log through this one
  cairn::trace::set_traced_pattern(*log);
  return log;
}
// [end]

}  // namespace

int main() {
  std::ostringstream lines;
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "shop", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  // No exporter: spans have ids, and nothing is recorded.
  cairn::trace::start({});
  auto span = cairn::trace::tracer("shop").start("order");
  cairn::trace::Scope scope(span);
  set_up_log();
  spdlog::info("order taken");
  set_up_json_log();
  spdlog::info("order taken");
  make_async_log()->info("order taken");
  spdlog::shutdown();
  char id[cairn::trace::TraceId::kHexSize];
  span.context().trace_id.to_hex(id);
  const std::string text = lines.str();
  const std::string trace(id, sizeof id);
  const bool good = text.find(" trace=" + trace) != std::string::npos &&
                    text.find(R"("trace":")" + trace) != std::string::npos;
  std::fputs(text.c_str(), stdout);
  return good ? 0 : 1;
}
