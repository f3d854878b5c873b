// SPDX-License-Identifier: Apache-2.0
//
// The listening side: some ports, each with its table of routes, served by a few I/O threads.
// HTTP/1.1, HTTP/2 cleartext and gRPC share each port, told apart by a connection's first bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/http/cors.h"
#include "net/http/router.h"

namespace cairn::net {

// What a peer may cost us. Every value is a setting (docs/operations/configuration.md).
struct ServerLimits {
  std::size_t header_bytes = 64_KiB;        // all headers of a request
  std::size_t body_bytes = 20_MiB;          // as received
  std::size_t decoded_body_bytes = 20_MiB;  // after decompression; routes may say less or more
  std::size_t connections = 10'000;         // over all listeners; more are closed at once
  std::size_t streams = 256;                // concurrent HTTP/2 streams of a connection
  std::size_t buffered_bytes = 256_MiB;     // request bodies and unsent answers of all connections
  std::size_t stream_buffer_bytes = 1_MiB;  // unsent bytes of one streamed answer
  std::uint32_t resets_per_second = 100;    // RST_STREAM from one connection; more closes it
  std::uint32_t pings_per_second = 20;      // PING and SETTINGS likewise
  Duration header_time = std::chrono::seconds(
      10);  // from connect or previous answer's end to headers' end, once bytes came
  Duration body_time = std::chrono::seconds(30);
  Duration handle_time = std::chrono::seconds(60);  // deadline of a request that brings none
  Duration write_time = std::chrono::seconds(30);   // for a reader to take 64 KiB, or all there is
  Duration stream_time = std::chrono::minutes(2);   // a whole streamed answer, however fast its
                                                    // reader; gRPC streams have none
  Duration idle_time = std::chrono::seconds(120);   // keep-alive, nothing under way
};

struct Listener {
  std::string name;     // "otlp_grpc": in logs, metrics and errors
  std::string setting;  // "receivers.otlp.grpc.port": which setting moves it
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  Router router;
  std::optional<CorsOptions> cors;
};

struct ServerOptions {
  std::size_t io_threads = 0;  // 0: one a core
  ServerLimits limits;
};

// Thread rule: the methods are called by the one thread that owns the server.
class Server {
 public:
  // Binds every listener before any is served. Errors name the port, the listener and the setting
  // that moves it: kUnavailable when taken, kPermissionDenied when not allowed.
  // Ownership: `metrics` outlives the server.
  static Result<std::unique_ptr<Server>> start(ServerOptions options,
                                               std::vector<Listener> listeners,
                                               MetricsRegistry& metrics);
  virtual ~Server() = default;

  // The port that a listener got, by name. REQUIRES: it exists.
  virtual std::uint16_t port_of(const std::string& listener_name) const = 0;

  // Stops accepting, sends GOAWAY and `connection: close`, lets requests under way finish for at
  // most `patience`, then closes what is left and joins the I/O threads.
  virtual void drain(Duration patience) = 0;
};

}  // namespace cairn::net
