// SPDX-License-Identifier: Apache-2.0
#include "sdk/auto/call.h"

namespace cairn::trace::zero_code {
namespace {

thread_local constinit const Library* innermost[kKinds] = {};
constinit std::atomic<const Library*> first[kKinds] = {};

std::size_t index_of(Kind kind) noexcept {
  return static_cast<std::size_t>(kind);
}

}  // namespace

const Library* current(Kind kind) noexcept {
  const Library* const library = innermost[index_of(kind)];
  return library != nullptr ? library : first[index_of(kind)].load(std::memory_order_acquire);
}

Within::Within(Kind kind, const Library* library) noexcept
    : kind_(kind), before_(innermost[index_of(kind)]) {
  innermost[index_of(kind)] = library;
  const Library* none = nullptr;
  if (first[index_of(kind)].load(std::memory_order_relaxed) == nullptr) {
    first[index_of(kind)].compare_exchange_strong(none, library);
  }
}

Within::~Within() {
  innermost[index_of(kind_)] = before_;
}

}  // namespace cairn::trace::zero_code
