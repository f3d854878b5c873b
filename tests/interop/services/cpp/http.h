// SPDX-License-Identifier: Apache-2.0
//
// HTTP: cpp-httplib as the server, cpp-httplib and libcurl as clients.
#pragma once

#include <string>
#include <thread>

#include <cairn/adapters/httplib.h>

#include "stop.h"

namespace interop {

// Serves GET and POST /hop/:way on a port of its own choice while it lives.
class HttpStop {
 public:
  explicit HttpStop(const Stop& stop);
  ~HttpStop();
  HttpStop(const HttpStop&) = delete;
  HttpStop& operator=(const HttpStop&) = delete;
  int port() const { return port_; }

 private:
  cairn::trace::TracedServer server_;
  int port_;
  std::thread thread_;
};

// `base` is "http://host:port".
Stop::Step get_by_httplib(const std::string& base);
Stop::Step get_by_curl(const std::string& base);

}  // namespace interop
