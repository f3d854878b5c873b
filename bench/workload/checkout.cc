// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/checkout.h"

#include <string>

namespace cairn::bench {
namespace {

using model::SpanKind;

// What the steps of one order hand on to each other.
struct Order {
  TraceWriter& writer;
  Random& random;
  const Pod& pod;        // of checkout
  model::SpanId server;  // its PlaceOrder span
  std::string_view id;
  std::uint64_t items;

  RpcCall call(model::SpanId parent, Service callee, std::string_view service,
               std::string_view method) const {
    return {pod, Library::kGoGrpc, parent, callee, service, method};
  }
};

Duration prepare(const Order& order, Duration start) {
  const model::SpanId inner = order.writer.new_span_id();
  const Caller self{order.pod, Library::kGoGrpc, inner};
  Duration at = get_cart(order.writer, self, start + order.random.latency(30, 0.4));
  for (std::uint64_t i = 0; i < order.items; ++i) {
    at = get_product(order.writer, self, at + order.random.latency(30, 0.4));
    at = convert_currency(order.writer, self, at + order.random.latency(30, 0.4));
  }
  const auto quote = [&](Callee& callee) {
    const std::string zip = std::to_string(10'000 + order.random.below(4'000));
    callee.attributes = {integer("app.shipping.items.count", order.items),
                         text("app.shipping.zip_code", order.writer.keep(zip))};
    return callee.start + order.random.latency(500, 0.6);
  };
  at = order.writer.rpc(
      order.call(inner, Service::kShipping, "oteldemo.ShippingService", "GetQuote"), at, quote);
  const double cost = static_cast<double>(500 + order.random.below(9'000)) / 100;
  order.writer.add(
      {order.pod,
       Library::kCheckoutCode,
       inner,
       order.server,
       "prepareOrderItemsAndShippingQuoteFromCart",
       SpanKind::kInternal,
       start,
       at,
       {integer("app.cart.items.count", order.items), integer("app.order.items.count", order.items),
        real("app.shipping.amount", cost)}});
  return at;
}

Duration pay(const Order& order, Duration start, bool fails) {
  TraceWriter& writer = order.writer;
  Random& random = order.random;
  const auto body = [&](Callee& callee) {
    const Duration charged = callee.start + random.latency(1'500, 0.7);
    model::Status status;
    if (fails) status.code = model::StatusCode::kError;
    const std::string_view card = random.chance(0.5) ? "visa" : "mastercard";
    const std::string_view level = random.chance(0.5) ? "gold" : "silver";
    writer.add({callee.pod,
                Library::kPaymentCode,
                writer.new_span_id(),
                callee.span,
                "charge",
                SpanKind::kInternal,
                callee.start,
                charged,
                {text("app.payment.card_type", card), flag("app.payment.card_valid", true),
                 text("app.loyalty.level", level), flag("app.payment.charged", !fails),
                 text("app.transaction.id", writer.keep(random.uuid()))},
                status});
    const double amount = static_cast<double>(random.below(200'000)) / 100;
    callee.attributes = {real("app.payment.amount", amount)};
    return charged + random.latency(50, 0.4);
  };
  RpcCall charge = order.call(order.server, Service::kPayment, "oteldemo.PaymentService", "Charge");
  charge.fails = fails;
  return writer.rpc(charge, start, body);
}

Duration ship(const Order& order, Duration start, std::string_view tracking) {
  const auto body = [&](Callee& callee) {
    callee.attributes = {text("app.shipping.tracking.id", tracking)};
    return callee.start + order.random.latency(300, 0.6);
  };
  return order.writer.rpc(
      order.call(order.server, Service::kShipping, "oteldemo.ShippingService", "ShipOrder"), start,
      body);
}

Duration send_mail(const Order& order, Duration start) {
  TraceWriter& writer = order.writer;
  Random& random = order.random;
  const Pod& mailer = writer.shop().any_pod(Service::kEmail, random);
  const model::SpanId client = writer.new_span_id();
  const model::SpanId server = writer.new_span_id();
  const Duration received = start + random.latency(300, 0.4);
  const Duration answered = received + random.latency(4'000, 0.5);
  const Duration done = answered + random.latency(250, 0.4);
  writer.add(
      {order.pod,
       Library::kGoHttp,
       client,
       order.server,
       "HTTP POST",
       SpanKind::kClient,
       start,
       done,
       {text("http.request.method", "POST"),
        text("url.full", "http://email:6060/send_order_confirmation"),
        text("server.address", "email"), integer("server.port", 6060),
        integer("http.response.status_code", 200), text("network.protocol.version", "1.1")}});
  writer.add({mailer,
              Library::kRubySinatra,
              server,
              client,
              "POST /send_order_confirmation",
              SpanKind::kServer,
              received,
              answered,
              {text("http.request.method", "POST"), text("http.route", "/send_order_confirmation"),
               text("url.path", "/send_order_confirmation"), text("url.scheme", "http"),
               text("server.address", "email"), integer("server.port", 6060),
               integer("http.response.status_code", 200), text("app.order.id", order.id),
               text("user_agent.original", "Go-http-client/1.1")}});
  const std::string recipient = "user" + std::to_string(random.below(5'000)) + "@example.com";
  writer.add({mailer,
              Library::kEmailCode,
              writer.new_span_id(),
              server,
              "send_email",
              SpanKind::kInternal,
              received + random.latency(200, 0.3),
              answered - std::chrono::microseconds(100),
              {text("app.email.recipient", writer.keep(recipient))}});
  return done;
}

// The consumer's half of the order queue: written into the same trace, long after the visitor left.
void book(const Order& order, Duration start, model::SpanId producer, std::uint64_t partition,
          std::uint64_t offset) {
  TraceWriter& writer = order.writer;
  Random& random = order.random;
  const Pod& pod = writer.shop().any_pod(Service::kAccounting, random);
  const model::SpanId consumer = writer.new_span_id();
  Attributes none;
  Callee cursor{pod, consumer, start + random.latency(200, 0.4), none};
  cursor.start = writer.sql(cursor, Library::kDotnetSql, "INSERT", "order",
                            "INSERT INTO \"order\" (order_id) VALUES (@p0)") +
                 random.latency(50, 0.4);
  const std::uint64_t rows = 1 + random.below(2);
  for (std::uint64_t i = 0; i < rows; ++i) {
    cursor.start = writer.sql(cursor, Library::kDotnetSql, "INSERT", "orderitem",
                              "INSERT INTO orderitem (item_cost_currency_code, item_cost_nanos, "
                              "item_cost_units, order_id, product_id, quantity) VALUES "
                              "(@p0, @p1, @p2, @p3, @p4, @p5)") +
                   random.latency(50, 0.4);
  }
  writer.add({pod,
              Library::kDotnetKafka,
              consumer,
              producer,
              "orders receive",
              SpanKind::kConsumer,
              start,
              cursor.start,
              {text("messaging.system", "kafka"), text("messaging.destination.name", "orders"),
               text("messaging.operation.type", "receive"),
               text("messaging.consumer.group.name", "accounting"),
               integer("messaging.kafka.destination.partition", partition),
               integer("messaging.kafka.message.offset", offset),
               text("messaging.kafka.message.key", order.id)}});
}

Duration publish(const Order& order, Duration start) {
  TraceWriter& writer = order.writer;
  Random& random = order.random;
  const model::SpanId producer = writer.new_span_id();
  const std::uint64_t partition = random.below(6);
  const std::uint64_t offset = random.below(40'000'000);
  const Duration sent = start + random.latency(700, 0.5);
  writer.add(
      {order.pod,
       Library::kGoKafka,
       producer,
       order.server,
       "orders publish",
       SpanKind::kProducer,
       start,
       sent,
       {text("messaging.system", "kafka"), text("messaging.destination.name", "orders"),
        text("messaging.operation.type", "send"),
        integer("messaging.kafka.destination.partition", partition),
        integer("messaging.kafka.message.offset", offset), text("network.transport", "tcp"),
        text("messaging.client_id", "checkout"), flag("messaging.kafka.producer.success", true)}});
  book(order, sent + random.latency(4'000, 0.8), producer, partition, offset);
  return sent;
}

}  // namespace

Duration place_order(TraceWriter& writer, const Caller& caller, Duration start, bool fails) {
  Random& random = writer.random();
  const std::string_view order_id = writer.keep(random.uuid());
  const auto body = [&](Callee& callee) {
    const Order order{writer, random, callee.pod, callee.span, order_id, 1 + random.below(5)};
    callee.attributes = {text("app.user.id", writer.visitor().user),
                         text("app.user.currency", writer.visitor().currency),
                         text("app.order.id", order_id)};
    Duration at = pay(order, prepare(order, callee.start), fails);
    if (fails) return at;
    const std::string_view tracking = writer.keep(random.uuid());
    at = ship(order, at, tracking);
    const double amount = static_cast<double>(random.below(300'000)) / 100;
    callee.attributes.push_back(text("app.shipping.tracking.id", tracking));
    callee.attributes.push_back(real("app.order.amount", amount));
    callee.attributes.push_back(integer("app.order.items.count", order.items));
    return publish(order, send_mail(order, at)) + random.latency(60, 0.4);
  };
  const RpcCall call{
      caller.pod,   caller.library, caller.span, Service::kCheckout, "oteldemo.CheckoutService",
      "PlaceOrder", fails};
  return writer.rpc(call, start, body);
}

}  // namespace cairn::bench
