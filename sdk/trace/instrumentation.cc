// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <utility>

#include <cairn/trace/instrumentation.h>

namespace cairn::trace {
namespace {

// What was set stays: an adapter may hold a reference. The list keeps it reachable.
struct Version {
  InstrumentationSettings settings;
  const Version* before;
};
std::atomic<const Version*> current{nullptr};

}  // namespace

const InstrumentationSettings& instrumentation() noexcept {
  // Leaked: adapters may look while static objects are being destroyed.
  static const InstrumentationSettings* const defaults = new InstrumentationSettings();
  const Version* const version = current.load(std::memory_order_acquire);
  return version != nullptr ? version->settings : *defaults;
}

void set_instrumentation(InstrumentationSettings settings) {
  auto* const version = new Version{std::move(settings), current.load(std::memory_order_acquire)};
  while (!current.compare_exchange_weak(version->before, version)) {
  }
}

}  // namespace cairn::trace
