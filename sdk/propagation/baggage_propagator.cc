// SPDX-License-Identifier: Apache-2.0
//
// W3C Baggage: the header `baggage`.
#include <cairn/trace/propagation.h>

#include "sdk/propagation/header_text.h"

namespace cairn::trace {
namespace {

constexpr std::string_view kBaggage = "baggage";

// Not inlined: the buffer would cost every extraction its stack.
[[gnu::noinline]] Baggage join_baggage(const TextMapReader& headers) {
  detail::HeaderBuffer joined;
  std::string_view value;
  for (std::size_t i = 0; headers.get(kBaggage, i, value); ++i) {
    const std::size_t before = joined.size();
    if ((before == 0 || joined.append(',')) && joined.append(value)) continue;
    // What is past the limit is left out entry by entry.
    joined.cut(before);
    while (!value.empty()) {
      const std::size_t fits = joined.size();
      if ((fits != 0 && !joined.append(',')) || !joined.append(detail::take_member(value))) {
        joined.cut(fits);
        return Baggage::from_header(joined.view());
      }
    }
  }
  return Baggage::from_header(joined.view());
}

class BaggagePropagator final : public Propagator {
 public:
  void inject(const Context& context, TextMapWriter& headers) const override {
    if (!context.baggage().empty()) headers.set(kBaggage, context.baggage().header());
  }

  Context extract(const TextMapReader& headers, const Context& base) const override {
    Baggage baggage = read(headers);
    return baggage.empty() ? base : base.with(static_cast<Baggage&&>(baggage));
  }

  void fields(void (*visit)(void* user, std::string_view name), void* user) const override {
    visit(user, kBaggage);
  }

 private:
  static Baggage read(const TextMapReader& headers) {
    std::string_view value;
    if (!headers.get(kBaggage, 0, value)) return Baggage();
    std::string_view second;
    if (headers.get(kBaggage, 1, second)) return join_baggage(headers);
    // Asking for the second ended the life of the first.
    return headers.get(kBaggage, 0, value) ? Baggage::from_header(value) : Baggage();
  }
};

}  // namespace

const Propagator& w3c_baggage() noexcept {
  static const Propagator& instance = *new BaggagePropagator();
  return instance;
}

}  // namespace cairn::trace
