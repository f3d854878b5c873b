// SPDX-License-Identifier: Apache-2.0
// A server and a client of one's own: cairn::http says what their spans look like.
#include <cstdio>
#include <map>
#include <string>

#include <cairn/adapters/http_client_span.h>
#include <cairn/adapters/http_server_span.h>
#include <cairn/testing.h>

namespace {

// [snippet: server]
using Headers = std::map<std::string, std::string>;

int answer(const std::string& method, const std::string& target, const Headers& headers,
           Headers& response_headers) {
  cairn::trace::ServerRequest request;
  request.method = method;
  request.target = target;
  request.route = "/user/:id";  // what your router matched
  request.host = "shop:8080";
  cairn::trace::ServerSpan span(request, cairn::trace::MapReader<Headers>(headers));
  int status = 200;
  {
    const auto scope = span.scope();
    // ... the handler
  }
  cairn::trace::MapWriter<Headers> writer(response_headers);
  span.inject(writer);
  span.finish(status);
  return status;
}
// [end]

// [snippet: client]
int fetch(const std::string& url) {
  cairn::trace::ClientRequest request;
  request.method = "GET";
  request.url = url;
  cairn::trace::ClientSpan span(request);
  Headers headers, response_headers;
  cairn::trace::MapWriter<Headers> writer(headers);
  span.inject(writer);
  const int status = answer("GET", "/user/7", headers, response_headers);  // goes over the wire
  span.finish(status);  // or span.fail("timeout", "no answer in 3 s")
  return status;
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  fetch("http://shop:8080/user/7");
  cairn::trace::stop();
  const bool good =
      memory->span("/user/:id").parent_span_id == memory->span("/user/7").context.span_id;
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
