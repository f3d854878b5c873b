// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <utility>

#include <cairn/trace/instrumentation.h>

namespace cairn::trace {
namespace {

std::atomic<const InstrumentationSettings*> current{nullptr};

}  // namespace

const InstrumentationSettings& instrumentation() noexcept {
  // Leaked: adapters may look while static objects are being destroyed.
  static const InstrumentationSettings* const defaults = new InstrumentationSettings();
  const auto* settings = current.load(std::memory_order_acquire);
  return settings != nullptr ? *settings : *defaults;
}

void set_instrumentation(InstrumentationSettings settings) {
  current.store(new InstrumentationSettings(std::move(settings)), std::memory_order_release);
}

}  // namespace cairn::trace
