// SPDX-License-Identifier: Apache-2.0
//
// The state of adaptive sampling: any bytes decode or are refused, and what decodes is written back
// as something that decodes the same. The checksum is mended first, so that the fuzzer gets past
// it.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sampling/adaptive/adaptive_state.h"

using namespace cairn;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

std::string with_checksum(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : body) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  char head[64];
  std::snprintf(head, sizeof head, "cairn adaptive sampling 1 %016llx\n",
                static_cast<unsigned long long>(hash));
  return head + std::string(body);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64_KiB) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)sampling::decode_state(as_bytes(text));
  const auto state =
      sampling::decode_state(as_bytes(with_checksum(text.substr(text.find('\n') + 1))));
  if (!state) return 0;
  const auto again = sampling::decode_state(as_bytes(sampling::encode_state(*state)));
  require(again.has_value(), "what was written can be read");
  require(*again == *state, "and is the same");
  return 0;
}
