// SPDX-License-Identifier: Apache-2.0
//
// The file of sampling strategies: any bytes decode or are refused with a reason; what decodes can
// be told to clients, as JSON and as protobuf. The same bytes are tried as a client's request.
#include <cstdio>
#include <cstdlib>

#include "wire/sampling/strategy_file.h"
#include "wire/sampling/strategy_json.h"
#include "wire/sampling/strategy_protobuf.h"

using namespace cairn;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check(const model::SamplingStrategy& strategy) {
  require(strategy.probability >= 0 && strategy.probability <= 1, "a probability is one");
  require(strategy.max_traces_per_second >= 0, "a rate is not negative");
  if (strategy.per_operation) {
    for (const auto& operation : strategy.per_operation->operations) {
      require(!operation.operation.empty(), "operations have names");
      require(operation.probability >= 0 && operation.probability <= 1, "a probability is one");
    }
  }
  require(!wire::sampling::encode_strategy_json(strategy, wire::sampling::EnumForm::kName).empty(),
          "there is JSON");
  wire::sampling::encode_strategy(strategy);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes{reinterpret_cast<const std::byte*>(data), size};
  if (size > 64_KiB) return 0;
  (void)wire::sampling::decode_strategy_request(bytes);
  const auto file = wire::sampling::decode_strategy_file(bytes, 0.5);
  if (!file) {
    require(!file.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(file->default_strategy);
  for (const auto& [service, strategy] : file->services) {
    require(!service.empty(), "services have names");
    check(strategy);
  }
  return 0;
}
