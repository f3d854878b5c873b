// SPDX-License-Identifier: Apache-2.0
#include "net/http1/response_head.h"

#include "net/http/fields.h"
#include "net/http1/request_parser.h"

namespace cairn::net {
std::string render_head(const Response& response, const HeadOptions& options) {
  std::string out;
  out.reserve(256);
  out += options.http10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\ndate: ";
  out += http_date();
  for (const auto& [name, value] : response.headers) {
    if (is_connection_header(name)) continue;
    out += "\r\n";
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
  }
  if (options.content_length) {
    out += "\r\ncontent-length: " + std::to_string(*options.content_length);
  }
  if (options.chunked) out += "\r\ntransfer-encoding: chunked";
  if (options.close) {
    out += "\r\nconnection: close";
  } else if (options.http10) {
    out += "\r\nconnection: keep-alive";
  }
  out += "\r\n\r\n";
  return out;
}

}  // namespace cairn::net
