// SPDX-License-Identifier: Apache-2.0
// libcairn-auto-start.so: what libcairn-auto.so loads when the program makes its first traced call.
#include <cairn/telemetry.h>

// Starts tracing from the file `config`, or from the OTEL_* variables when it is null or empty.
// Not 0 when spans are wanted. What is wrong has been said on stderr.
extern "C" CAIRN_API int cairn_auto_start(const char* config) {
  using cairn::telemetry::StartCode;
  try {
    const bool has_file = config != nullptr && *config != '\0';
    const auto result = has_file ? cairn::telemetry::start_from_file(config)
                                 : cairn::telemetry::start_from_environment();
    return result.code == StartCode::kStarted || result.code == StartCode::kAlreadyStarted ? 1 : 0;
  } catch (...) {  // no memory
    return 0;
  }
}
