// SPDX-License-Identifier: Apache-2.0
// Starts from each of the YAML files of the pages: none of them may be wrong or worth a warning.
#include <cstdio>
#include <string>

#include <cairn/telemetry.h>

namespace {

bool fails(const std::string& path) {
  const cairn::telemetry::StartResult result = cairn::telemetry::start_from_file(path);
  // Nothing is recorded, so there is nothing to send and no need to wait.
  cairn::telemetry::stop(std::chrono::milliseconds(100));
  if (result.code == cairn::telemetry::StartCode::kStarted && result.warnings.empty()) return false;
  std::fprintf(stderr, "%s: %s\n", path.c_str(), result.error.c_str());
  return true;
}

// [snippet: check the start]
void start_tracing(const std::string& path) {
  const auto result = cairn::telemetry::start_from_file(path);
  if (!result) std::fprintf(stderr, "not traced: %s\n", result.error.c_str());
  for (const std::string& warning : result.warnings) std::fprintf(stderr, "%s\n", warning.c_str());
}
// [end]

}  // namespace

int main() {
  int failed = 0;
  for (const char* file : {"first", "shop", "file", "all"}) {
    failed += fails("etc/" + std::string(file) + ".yaml") ? 1 : 0;
  }
  start_tracing("etc/file.yaml");
  return failed;
}
