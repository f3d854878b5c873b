// SPDX-License-Identifier: Apache-2.0
// cpp-httplib: a service that asks another one. Runs until it is stopped.
#include <cairn/adapters/httplib.h>
#include <cairn/telemetry.h>

// [snippet: server]
int main() {
  cairn::telemetry::start_from_file("etc/shop.yaml");
  cairn::trace::TracedClient stock("http://stock:8080");

  cairn::trace::TracedServer server;  // in place of httplib::Server
  server.Post("/order", [&](const httplib::Request&, httplib::Response& response) {
    const auto left = stock.Get("/stock/7");  // a child of the request's span
    response.status = left && left->status == 200 ? 201 : 503;
  });
  server.Get(R"(/order/(\d+))",
             cairn::trace::traced("/order/:id",  // the span's name, in place of the pattern
                                  [](const httplib::Request&, httplib::Response& response) {
                                    response.set_content("{}", "application/json");
                                  }));
  server.listen("0.0.0.0", 8888);
  cairn::telemetry::stop();
}
// [end]
