// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/calls.h"

#include <array>

namespace cairn::bench {
namespace {

using model::SpanKind;

constexpr std::string_view kProductColumns =
    "SELECT p.id, p.name, p.description, p.picture, p.price_currency_code, p.price_units, "
    "p.price_nanos, p.categories FROM catalog.products p ";

RpcCall call(const Caller& from, Service callee, std::string_view service,
             std::string_view method) {
  return {from.pod, from.library, from.span, callee, service, method};
}

std::string three_products(const Shop& shop, Random& random) {
  std::string list = "[";
  for (int i = 0; i < 3; ++i) {
    if (i > 0) list += ',';
    list += shop.popular_product(random).id;
  }
  return list + ']';
}

}  // namespace

Duration get_product(TraceWriter& writer, const Caller& caller, Duration start) {
  const Product& product = writer.shop().popular_product(writer.random());
  const auto body = [&](Callee& callee) {
    callee.attributes = {text("app.product.id", product.id),
                         text("app.product.name", product.name)};
    const std::string query = std::string(kProductColumns) + "WHERE p.id = $1";
    return writer.sql(callee, Library::kGoSql, "SELECT", "catalog.products", query) +
           writer.random().latency(60, 0.5);
  };
  return writer.rpc(
      call(caller, Service::kProductCatalog, "oteldemo.ProductCatalogService", "GetProduct"), start,
      body);
}

Duration list_products(TraceWriter& writer, const Caller& caller, Duration start) {
  const auto body = [&](Callee& callee) {
    callee.attributes = {integer("app.products.count", writer.shop().product_count())};
    const std::string query = std::string(kProductColumns) + "ORDER BY p.id LIMIT $1 OFFSET $2";
    return writer.sql(callee, Library::kGoSql, "SELECT", "catalog.products", query) +
           writer.random().latency(300, 0.5);
  };
  return writer.rpc(
      call(caller, Service::kProductCatalog, "oteldemo.ProductCatalogService", "ListProducts"),
      start, body);
}

Duration convert_currency(TraceWriter& writer, const Caller& caller, Duration start) {
  const auto body = [&](Callee& callee) {
    callee.attributes = {text("app.currency.conversion.from", "USD"),
                         text("app.currency.conversion.to", writer.visitor().currency)};
    return callee.start + writer.random().latency(80, 0.4);
  };
  return writer.rpc(call(caller, Service::kCurrency, "oteldemo.CurrencyService", "Convert"), start,
                    body);
}

Duration get_cart(TraceWriter& writer, const Caller& caller, Duration start) {
  const auto body = [&](Callee& callee) {
    callee.attributes = {text("app.user.id", writer.visitor().user),
                         integer("app.cart.items.count", writer.random().below(6))};
    return writer.redis(callee, "HGET") + writer.random().latency(50, 0.5);
  };
  return writer.rpc(call(caller, Service::kCart, "oteldemo.CartService", "GetCart"), start, body);
}

Duration add_item(TraceWriter& writer, const Caller& caller, Duration start) {
  Random& random = writer.random();
  const Product& product = writer.shop().popular_product(random);
  const auto body = [&](Callee& callee) {
    callee.attributes = {text("app.user.id", writer.visitor().user),
                         text("app.product.id", product.id),
                         integer("app.product.quantity", 1 + random.below(10))};
    Callee cursor = callee;
    for (const std::string_view command : {"HGET", "HMSET", "EXPIRE"}) {
      cursor.start = writer.redis(cursor, command) + random.latency(30, 0.4);
    }
    return cursor.start;
  };
  return writer.rpc(call(caller, Service::kCart, "oteldemo.CartService", "AddItem"), start, body);
}

Duration get_ads(TraceWriter& writer, const Caller& caller, Duration start) {
  static constexpr std::array<std::string_view, 6> kCategories = {
      "binoculars", "telescopes", "accessories", "assembly", "travel", "books"};
  Random& random = writer.random();
  const std::string_view category = kCategories[random.below(kCategories.size())];
  const auto body = [&](Callee& callee) {
    callee.attributes = {
        text("app.ads.contextKeys", writer.keep('[' + std::string(category) + ']')),
        integer("app.ads.contextKeys.count", 1),
        text("app.ads.ad_request_type", "TARGETED"),
        text("app.ads.ad_response_type", "TARGETED"),
        integer("app.ads.count", 1 + random.below(2)),
        text("session.id", writer.visitor().session)};
    const Duration found = callee.start + random.latency(700, 0.6);
    const std::uint64_t thread = random.below(60);
    const std::string thread_name = "grpc-default-executor-" + std::to_string(thread);
    writer.add({callee.pod,
                Library::kAdCode,
                writer.new_span_id(),
                callee.span,
                "getAdsByCategory",
                SpanKind::kInternal,
                callee.start,
                found,
                {text("app.ads.category", category), integer("app.ads.count", 1),
                 integer("thread.id", 20 + thread), text("thread.name", writer.keep(thread_name)),
                 text("code.function", "getAdsByCategory"),
                 text("code.namespace", "oteldemo.AdService")}});
    return found + random.latency(40, 0.5);
  };
  RpcCall ads = call(caller, Service::kAd, "oteldemo.AdService", "GetAds");
  ads.fails = random.chance(0.01);
  return writer.rpc(ads, start, body);
}

Duration recommend(TraceWriter& writer, const Caller& caller, Duration start) {
  Random& random = writer.random();
  const auto body = [&](Callee& callee) {
    callee.attributes = {integer("app.products_recommended.count", 5)};
    const model::SpanId inner = writer.new_span_id();
    const Caller self{callee.pod, Library::kPythonGrpc, inner};
    const Duration listed = list_products(writer, self, callee.start + random.latency(80, 0.4)) +
                            random.latency(400, 0.5);
    writer.add(
        {callee.pod,
         Library::kRecommendationCode,
         inner,
         callee.span,
         "get_product_list",
         SpanKind::kInternal,
         callee.start,
         listed,
         {integer("app.products.count", writer.shop().product_count()),
          flag("app.recommendation.cache_enabled", false),
          integer("app.filtered_products.count", 10),
          text("app.filtered_products.list", writer.keep(three_products(writer.shop(), random)))}});
    return listed + random.latency(60, 0.4);
  };
  return writer.rpc(call(caller, Service::kRecommendation, "oteldemo.RecommendationService",
                         "ListRecommendations"),
                    start, body);
}

}  // namespace cairn::bench
