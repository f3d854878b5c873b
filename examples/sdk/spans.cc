// SPDX-License-Identifier: Apache-2.0
// Spans of one's own: attributes, events, links, errors, and the span somebody else started.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <cairn/testing.h>
#include <cairn/trace.h>

namespace {

struct Order {
  std::string id;
  int items = 0;
};

// [snippet: keys]
// Encoded when the program is compiled; texts such as "order.id" are hashed when they are used.
inline constexpr cairn::trace::Key kOrderId{"order.id"};
inline constexpr cairn::trace::Key kItems{"order.items"};
// [end]

const auto tracer = cairn::trace::tracer("shop.checkout", "1.4.0");

// [snippet: span]
void price(const Order& order) {
  auto span = tracer.start("price", cairn::trace::SpanKind::kInternal,
                           {{kOrderId, order.id}, {kItems, order.items}});
  cairn::trace::Scope scope(span);
  span.set({{"price.currency", "EUR"}, {"price.total", 12.5}});
  span.add_event("discount applied", {{"percent", 10}});
}
// [end]

// [snippet: errors]
void charge(const Order& order) {
  auto span = tracer.start("charge", cairn::trace::SpanKind::kClient, {{kOrderId, order.id}});
  cairn::trace::Scope scope(span);
  try {
    if (order.items == 0) throw std::invalid_argument("the order is empty");
  } catch (const std::exception& error) {
    span.record_exception(error);  // the event `exception`, with type and message
    span.set_status(cairn::trace::StatusCode::kError, error.what());
    throw;
  }
}
// [end]

// [snippet: current span]
void apply_discount(int percent) {
  // The span of whoever called; does nothing when there is none.
  cairn::trace::current_span().set("discount.percent", percent);
}
// [end]

// [snippet: trace id]
std::string trace_id() {  // for an error page, or a system that knows nothing of traces
  char text[cairn::trace::TraceId::kHexSize];
  cairn::trace::Context::current().span_context().trace_id.to_hex(text);
  return std::string(text, sizeof(text));  // zeros outside of a span
}
// [end]

// [snippet: links]
void settle(const std::vector<cairn::trace::SpanContext>& orders) {
  // Attributes are views: what is not used in the same call needs a name to live by.
  const cairn::trace::Attribute reason[] = {{"link.reason", "settled"}};
  std::vector<cairn::trace::Link> links;
  for (const auto& order : orders) links.push_back({order, reason});
  cairn::trace::SpanOptions options;
  options.root = true;    // a trace of its own ...
  options.links = links;  // ... that points to the ones it came from
  auto span = tracer.start("settle", options);
}
// [end]

// [snippet: times]
void note_past_work(std::chrono::system_clock::time_point begun,
                    std::chrono::system_clock::time_point done) {
  cairn::trace::SpanOptions options;
  options.start = begun;
  auto span = tracer.start("import", options);
  span.end(done);
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  const Order empty{"A-7", 0};
  std::vector<cairn::trace::SpanContext> seen;
  std::string id;
  {
    auto span = tracer.start("checkout");
    cairn::trace::Scope scope(span);
    seen.push_back(span.context());
    id = trace_id();
    price(empty);
    apply_discount(10);
    try {
      charge(empty);
    } catch (const std::invalid_argument&) {
    }
  }
  settle(seen);
  note_past_work(std::chrono::system_clock::now() - std::chrono::seconds(1),
                 std::chrono::system_clock::now());
  cairn::trace::stop();
  const auto price_span = memory->span("price");
  char expected[cairn::trace::TraceId::kHexSize];
  price_span.context.trace_id.to_hex(expected);
  const bool good = memory->spans().size() == 5 && id == std::string(expected, sizeof(expected)) &&
                    price_span.attributes.at("order.id") == "A-7" &&
                    price_span.attributes.at("price.total") == "12.5" &&
                    memory->span("charge").events.at(0).name == "exception" &&
                    memory->span("checkout").attributes.at("discount.percent") == "10" &&
                    memory->span("settle").links.at(0).attributes.at("link.reason") == "settled";
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
