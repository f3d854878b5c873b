// SPDX-License-Identifier: Apache-2.0
//
// One connection to the server under load, seen from the loop that drives it.
// Thread rule: all calls on the loop's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/load/endpoint.h"
#include "bench/load/request_pool.h"

namespace cairn::bench {

// What became of one request.
struct Reply {
  std::string error;  // empty when accepted; "http 503", "grpc 8"
  std::uint64_t spans = 0;
  std::uint64_t rejected_spans = 0;  // of an accepted request: OTLP partial success
  std::chrono::steady_clock::time_point started;
};

// Told by connections what happened.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  // The kernel has every byte: the request may change.
  virtual void on_sent(Request& request) = 0;
  virtual void on_reply(const Reply& reply) = 0;
};

class Connection {
 public:
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  virtual bool can_start() const = 0;
  // REQUIRES: can_start().
  virtual void start(Request& request) = 0;
  // Each may reply, and fails when the connection is of no more use.
  virtual Result<void> read() = 0;
  virtual Result<void> write() = 0;
  virtual bool wants_write() const = 0;
  virtual std::size_t in_flight() const = 0;

 protected:
  explicit Connection(int fd) : fd_(fd) {}

 private:
  const int fd_;
};

struct ConnectionOptions {
  Endpoint endpoint;
  Encoding encoding = Encoding::kIdentity;
  std::size_t in_flight = 1;
};

// Ownership: `sink` outlives the connection.
Result<std::unique_ptr<Connection>> open_http(const ConnectionOptions& options, ReplySink& sink);
Result<std::unique_ptr<Connection>> open_grpc(const ConnectionOptions& options, ReplySink& sink);

// The rejected_spans of an encoded ExportTraceServiceResponse; 0 when there are none.
std::uint64_t rejected_spans(std::string_view response);

}  // namespace cairn::bench
