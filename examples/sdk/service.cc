// SPDX-License-Identifier: Apache-2.0
// The smallest traced service: what docs/sdk/README.md and the first screen of the project show.
#include <cstdio>

// [snippet: service]
#include <cairn/telemetry.h>
#include <cairn/trace.h>

static const auto tracer = cairn::trace::tracer("shop");

void checkout(const char* order) {
  auto span = tracer.start("checkout", cairn::trace::SpanKind::kServer, {{"order.id", order}});
  cairn::trace::Scope scope(span);  // what is started below is a child of it
  auto reserve = tracer.start("reserve stock");
  reserve.set("stock.left", 12);
}  // both end here

int main() {
  cairn::telemetry::start_from_file("etc/shop.yaml");
  checkout("A-7");
  cairn::telemetry::stop();  // sends what is left; waits at most 3 seconds
}
// [end]
