// SPDX-License-Identifier: Apache-2.0
//
// Telemetry: tracing from the service's configuration file.
//
//   # etc/shop.yaml                          int main() {
//   Name: shop                                 cairn::telemetry::start_from_file("etc/shop.yaml");
//   Telemetry:                                 ...
//     Endpoint: localhost:4317                 cairn::telemetry::stop();
//     Sampler: 1.0                           }
//     Batcher: otlpgrpc
//
// The block is go-zero's, read unchanged; what it leaves out the OTEL_* variables say, then the
// defaults. Once a process: the first start wins (as in go-zero), later ones report
// kAlreadyStarted. A start that cannot work is logged and leaves tracing off; it never stops the
// program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <cairn/trace/export_macro.h>
#include <cairn/trace/provider.h>

namespace cairn::telemetry {

enum class StartCode {
  kStarted,
  kDisabled,  // by `Disabled: true` or OTEL_SDK_DISABLED: contexts are still passed on
  kAlreadyStarted,
  kInvalid  // see StartResult::error; tracing stays off, contexts are still passed on
};

struct StartResult {
  StartCode code = StartCode::kInvalid;
  std::string error;                  // kInvalid: `etc/shop.yaml:4: Batcher: ...`
  std::vector<std::string> warnings;  // deprecated and unknown keys, corrected values; also logged
  explicit operator bool() const noexcept {
    return code == StartCode::kStarted || code == StartCode::kDisabled;
  }
};

// Reads the `Telemetry` block (and the service's `Name`) of a YAML file. A file without the block
// starts what the OTEL_* variables say, if any of them names an exporter or endpoint; else nothing.
// Where nothing will be sent for want of a block or an endpoint, a line on stderr says so.
CAIRN_API StartResult start_from_file(const std::string& path);
// The same, from the text of the file; `origin` is what errors call it.
CAIRN_API StartResult start_from_yaml(std::string_view text, std::string_view origin = "telemetry");
// From the OTEL_* variables alone.
CAIRN_API StartResult start_from_environment();

// cairn::trace::flush and stop, by the names people look for here.
inline trace::FlushResult flush(std::chrono::milliseconds timeout = std::chrono::seconds(10)) {
  return trace::flush(timeout);
}
inline trace::FlushResult stop(std::chrono::milliseconds timeout = std::chrono::seconds(3)) {
  return trace::stop(timeout);
}

}  // namespace cairn::telemetry
