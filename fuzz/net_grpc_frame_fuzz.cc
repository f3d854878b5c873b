// SPDX-License-Identifier: Apache-2.0
//
// The frame of a gRPC message: the same outcome however the bytes were cut, and never more memory
// than bytes that came.
// Shape: one byte that says how long the cuts are, then the DATA of a call.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "net/grpc/message_reader.h"

using namespace cairn;

namespace {

constexpr std::size_t kLimit = 1_MiB;

// The message, or nullopt when refused.
std::optional<std::string> read(std::string_view input, std::size_t cut) {
  const auto budget = std::make_shared<net::ByteBudget>(input.size());
  net::MessageReader reader(kLimit, budget);
  for (std::size_t at = 0; at < input.size(); at += cut) {
    if (!reader.feed(as_bytes(input.substr(at, cut)))) return std::nullopt;
    if (budget->used() > input.size()) std::abort();
  }
  if (!reader.finish()) return std::nullopt;
  return std::string(reader.take().text());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(input, size);
  if (whole != read(input, 1 + data[0] % 9U)) std::abort();
  if (whole && whole->size() + 5 != input.size()) std::abort();
  return 0;
}
