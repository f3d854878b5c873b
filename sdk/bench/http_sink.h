// SPDX-License-Identifier: Apache-2.0
//
// HttpSink: the least an OTLP/HTTP receiver can do, in a process of its own: reads requests,
// answers 200.
#pragma once

#include <string>

#include <sys/types.h>

namespace cairn::bench {

// Forks the sink: make it before any thread. It ends with this process.
class HttpSink {
 public:
  HttpSink();
  ~HttpSink();
  HttpSink(const HttpSink&) = delete;
  HttpSink& operator=(const HttpSink&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }

 private:
  int port_ = 0;
  pid_t child_ = -1;
};

}  // namespace cairn::bench
