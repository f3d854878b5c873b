// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/visits.h"

#include <algorithm>
#include <functional>
#include <string>

#include "bench/workload/calls.h"
#include "bench/workload/checkout.h"

namespace cairn::bench {
namespace {

using model::SpanKind;

struct Page {
  std::string_view method;
  std::string_view route;
  std::string path;
  std::uint64_t status = 200;
};

// The four spans that every page has: proxy in, proxy out, node server, page handler.
struct PageSpans {
  const Pod& proxy;
  const Pod& frontend;
  model::SpanId ingress;
  model::SpanId egress;
  model::SpanId server;
  model::SpanId handler;
};

model::Status status_of(const Page& page) {
  model::Status status;
  if (page.status >= 500) status.code = model::StatusCode::kError;
  return status;
}

void add_ingress(TraceWriter& writer, const PageSpans& spans, const Page& page, Duration start,
                 Duration end) {
  Random& random = writer.random();
  const Visitor& visitor = writer.visitor();
  const std::uint64_t sent = random.chance(0.33) ? random.below(900) : 0;
  const std::int64_t received = random.latency(2.5, 0.9).count();  // bytes, log-normal like times
  writer.add(
      {spans.proxy,
       Library::kEnvoy,
       spans.ingress,
       {},
       "ingress",
       SpanKind::kServer,
       start,
       end,
       {text("component", "proxy"), text("node_id", spans.proxy.name), text("zone", "eu-west-1b"),
        text("guid:x-request-id", writer.keep(random.uuid())),
        text("http.url", writer.keep("http://shop.example.com" + page.path)),
        text("http.method", page.method), text("downstream_cluster", "-"),
        text("user_agent", visitor.user_agent), text("http.protocol", "HTTP/1.1"),
        text("peer.address", visitor.ip), text("request_size", writer.keep(std::to_string(sent))),
        text("response_size", writer.keep(std::to_string(received))),
        text("http.status_code", writer.keep(std::to_string(page.status))),
        text("response_flags", "-"), text("upstream_cluster.name", "frontend")},
       status_of(page)});
}

void add_egress(TraceWriter& writer, const PageSpans& spans, const Page& page, Duration start,
                Duration end) {
  const std::string_view upstream = writer.keep(spans.frontend.ip + ":8080");
  writer.add({spans.proxy,
              Library::kEnvoy,
              spans.egress,
              spans.ingress,
              "router frontend egress",
              SpanKind::kClient,
              start,
              end,
              {text("component", "proxy"), text("upstream_cluster", "frontend"),
               text("upstream_cluster.name", "frontend"), text("http.protocol", "HTTP/1.1"),
               text("upstream_address", upstream), text("peer.address", upstream),
               text("http.status_code", writer.keep(std::to_string(page.status))),
               text("response_flags", "-")},
              status_of(page)});
}

void add_server(TraceWriter& writer, const PageSpans& spans, const Page& page, Duration start,
                Duration end) {
  const Visitor& visitor = writer.visitor();
  const std::string name = std::string(page.method) + ' ' + std::string(page.route);
  writer.add(
      {spans.frontend,
       Library::kNodeHttp,
       spans.server,
       spans.egress,
       writer.keep(name),
       SpanKind::kServer,
       start,
       end,
       {text("http.request.method", page.method), text("http.route", page.route),
        text("url.path", writer.keep(page.path)), text("url.scheme", "http"),
        text("server.address", "shop.example.com"), integer("server.port", 8080),
        text("client.address", visitor.ip),
        integer("network.peer.port", 32'768 + writer.random().below(28'000)),
        text("network.peer.address", spans.proxy.ip), text("network.protocol.version", "1.1"),
        text("user_agent.original", visitor.user_agent), text("session.id", visitor.session),
        integer("http.response.status_code", page.status)},
       status_of(page)});
}

void add_handler(TraceWriter& writer, const PageSpans& spans, const Page& page, Duration start,
                 Duration end) {
  const std::string_view name =
      writer.keep("executing api route (pages) " + std::string(page.route));
  writer.add({spans.frontend,
              Library::kNext,
              spans.handler,
              spans.server,
              name,
              SpanKind::kInternal,
              start,
              end,
              {text("next.span_name", name), text("next.span_type", "Node.runHandler"),
               text("next.route", page.route), text("session.id", writer.visitor().session),
               text("app.currency", writer.visitor().currency)}});
}

using Handler = std::function<Duration(const Caller&, Duration)>;

void serve_page(TraceWriter& writer, const Page& page, Duration start, const Handler& handler) {
  Random& random = writer.random();
  const PageSpans spans{writer.shop().any_pod(Service::kFrontendProxy, random),
                        writer.shop().any_pod(Service::kFrontend, random),
                        writer.new_span_id(),
                        writer.new_span_id(),
                        writer.new_span_id(),
                        writer.new_span_id()};
  const Duration forwarded = start + random.latency(120, 0.4);
  const Duration received = forwarded + random.latency(300, 0.4);
  const Duration routed = received + random.latency(200, 0.5);
  const Caller caller{spans.frontend, Library::kNodeGrpc, spans.handler};
  const Duration handled =
      handler(caller, routed + random.latency(100, 0.5)) + random.latency(90, 0.4);
  const Duration answered = handled + random.latency(150, 0.5);
  const Duration returned = answered + random.latency(300, 0.4);
  add_ingress(writer, spans, page, start, returned + random.latency(80, 0.4));
  add_egress(writer, spans, page, forwarded, returned);
  add_server(writer, spans, page, received, answered);
  add_handler(writer, spans, page, routed, handled);
}

void view_product(TraceWriter& writer, Duration start) {
  Page page{"GET", "/api/products/[productId]/index", "/api/products/"};
  page.path += writer.shop().popular_product(writer.random()).id + "?currencyCode=";
  page.path += writer.visitor().currency;
  serve_page(writer, page, start, [&](const Caller& caller, Duration at) {
    const Duration found = get_product(writer, caller, at);
    return convert_currency(writer, caller, found + writer.random().latency(60, 0.4));
  });
}

void view_recommendations(TraceWriter& writer, Duration start) {
  Page page{"GET", "/api/recommendations", "/api/recommendations?productIds=&sessionId="};
  page.path += writer.visitor().session;
  page.path += "&currencyCode=";
  page.path += writer.visitor().currency;
  serve_page(writer, page, start, [&](const Caller& caller, Duration at) {
    const Duration chosen = recommend(writer, caller, at);
    Duration last = chosen;
    for (int i = 0; i < 4; ++i) {
      last = std::max(last, get_product(writer, caller, chosen + writer.random().latency(50, 0.4)));
    }
    return last;
  });
}

void view_ads(TraceWriter& writer, Duration start) {
  const Page page{"GET", "/api/data", "/api/data?contextKeys=telescopes"};
  serve_page(writer, page, start,
             [&](const Caller& caller, Duration at) { return get_ads(writer, caller, at); });
}

void view_cart(TraceWriter& writer, Duration start) {
  Page page{"GET", "/api/cart", "/api/cart?sessionId="};
  page.path += writer.visitor().session;
  page.path += "&currencyCode=";
  page.path += writer.visitor().currency;
  serve_page(writer, page, start, [&](const Caller& caller, Duration at) {
    Random& random = writer.random();
    const Duration read = get_cart(writer, caller, at);
    Duration last = read;
    const std::uint64_t items = random.below(4);
    for (std::uint64_t i = 0; i < items; ++i) {
      const Duration found = get_product(writer, caller, read + random.latency(60, 0.4));
      last = std::max(last, convert_currency(writer, caller, found + random.latency(40, 0.4)));
    }
    return last;
  });
}

void add_to_cart(TraceWriter& writer, Duration start) {
  const Page page{"POST", "/api/cart", "/api/cart"};
  serve_page(writer, page, start, [&](const Caller& caller, Duration at) {
    const Duration added = add_item(writer, caller, get_product(writer, caller, at));
    return get_cart(writer, caller, added);
  });
}

void check_out(TraceWriter& writer, Duration start) {
  const bool fails = writer.random().chance(0.06);
  Page page{"POST", "/api/checkout", "/api/checkout?currencyCode=", fails ? 500U : 200U};
  page.path += writer.visitor().currency;
  serve_page(writer, page, start, [&](const Caller& caller, Duration at) {
    return place_order(writer, caller, at, fails);
  });
}

}  // namespace

void write_visit(TraceWriter& writer, Duration start) {
  const double lot = writer.random().unit();
  if (lot < 0.30) return view_product(writer, start);
  if (lot < 0.48) return view_recommendations(writer, start);
  if (lot < 0.62) return view_ads(writer, start);
  if (lot < 0.80) return view_cart(writer, start);
  if (lot < 0.92) return add_to_cart(writer, start);
  check_out(writer, start);
}

}  // namespace cairn::bench
