// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include <cairn/trace/propagation.h>

namespace cairn::trace {
namespace {

std::atomic<const Propagator*> current{nullptr};

const Propagator& default_propagator() noexcept {
  // Leaked: headers may be written while static objects are destroyed.
  static const Propagator& instance =
      *new CompositePropagator({&w3c_trace_context(), &w3c_baggage()});
  return instance;
}

}  // namespace

CompositePropagator::CompositePropagator(ListView<const Propagator*> parts) noexcept {
  for (const Propagator* part : parts) {
    if (part != nullptr && size_ < kMaxParts) parts_[size_++] = part;
  }
}

void CompositePropagator::inject(const Context& context, TextMapWriter& headers) const {
  for (std::size_t i = 0; i < size_; ++i) parts_[i]->inject(context, headers);
}

Context CompositePropagator::extract(const TextMapReader& headers, const Context& base) const {
  if (size_ == 0) return base;
  Context context = parts_[0]->extract(headers, base);
  for (std::size_t i = 1; i < size_; ++i) context = parts_[i]->extract(headers, context);
  return context;
}

void CompositePropagator::fields(void (*visit)(void* user, std::string_view name),
                                 void* user) const {
  for (std::size_t i = 0; i < size_; ++i) parts_[i]->fields(visit, user);
}

const Propagator& propagator() noexcept {
  const Propagator* const set = current.load(std::memory_order_acquire);
  return set != nullptr ? *set : default_propagator();
}

void set_propagator(const Propagator& propagator) noexcept {
  current.store(&propagator, std::memory_order_release);
}

}  // namespace cairn::trace
