// SPDX-License-Identifier: Apache-2.0
#include "api/jaeger/envelope.h"

#include "base/json_writer.h"
#include "net/error_status.h"
#include "wire/jaeger/json.h"

namespace cairn::api::jaeger {
namespace {

net::Response plain_text(int status, std::string body) {
  net::Response response = net::Response::of(status, "text/plain; charset=utf-8", std::move(body));
  response.headers.add("x-content-type-options", "nosniff");
  return response;
}

void write_error(JsonWriter& json, const EnvelopeError& error) {
  json.begin_object();
  if (error.code) json.member("code", *error.code);
  json.member("msg", std::string_view(error.message));
  if (error.trace_id) {
    json.member("traceID", std::string_view(wire::jaeger::trace_id_text(*error.trace_id)));
  }
  json.end_object();
}

}  // namespace

void append_envelope_tail(std::string& out, std::size_t total,
                          const std::vector<EnvelopeError>& errors) {
  out += R"(,"total":)" + std::to_string(total) + R"(,"limit":0,"offset":0,"errors":)";
  JsonWriter json(out);
  if (errors.empty()) {
    json.null();
  } else {
    json.begin_array();
    for (const EnvelopeError& error : errors) write_error(json, error);
    json.end_array();
  }
  out += '}';
}

net::Response failure(const Error& error) {
  const int status = net::http_status(error.code);
  std::string body(kEnvelopeHead);
  body += "null";
  append_envelope_tail(body, 0, {{.code = status, .message = error.message, .trace_id = {}}});
  body += '\n';
  return plain_text(status, std::move(body));
}

net::Response page_not_found() {
  return plain_text(404, "404 page not found\n");
}

}  // namespace cairn::api::jaeger
