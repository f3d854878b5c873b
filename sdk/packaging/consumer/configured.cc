// SPDX-License-Identifier: Apache-2.0
// Calls libcairn-telemetry.so alone, which must find libcairn-export.so by itself.
#include <cstdio>

#include <cairn/telemetry.h>

int main() {
  const auto result = cairn::telemetry::start_from_yaml("Telemetry:\n  Sampler: 1.0\n");
  std::puts(result.error.c_str());
  return result && cairn::telemetry::stop() == cairn::trace::FlushResult::kOk ? 0 : 1;
}
