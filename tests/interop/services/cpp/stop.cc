// SPDX-License-Identifier: Apache-2.0
#include "stop.h"

#include <string_view>

#include <cairn/trace.h>

namespace interop {
namespace {

// A span of the service's own, with what the caller's baggage says.
void arrive() {
  const auto span = cairn::trace::tracer("interop").start("arrived");
  cairn::trace::Context::current().baggage().for_each(
      [&](std::string_view name, const std::string& value, std::string_view) {
        span.set("baggage." + std::string(name), value);
      });
}

}  // namespace

bool Stop::next(const std::string& way) const {
  const std::size_t dot = way.find('.');
  const std::string step = way.substr(0, dot);
  if (step == "end") {
    arrive();
    return true;
  }
  const auto found = steps_.find(step);
  if (found == steps_.end() || dot == std::string::npos) return false;
  return found->second(way.substr(dot + 1));
}

}  // namespace interop
