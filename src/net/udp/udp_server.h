// SPDX-License-Identifier: Apache-2.0
//
// The datagram side: some UDP ports, each with a handler, served by one thread. A round reads what
// has arrived at a port, up to a fixed number of datagrams, and hands it over as one block.
// Memory: one receive area for all ports; a round's block is as large as its datagrams. What the
// kernel had to drop, because its buffer was full, is counted where it tells (SO_RXQ_OVFL).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/metrics.h"
#include "base/result.h"

namespace cairn::net {

// The datagrams of one round, in the order of arrival; each is a part of `block`.
// Runs on the UDP thread and must not block.
using DatagramHandler = std::function<void(PinnedBytes block, std::span<const ByteView> datagrams)>;

struct UdpListener {
  std::string name;     // "jaeger_compact": in logs, metrics and errors
  std::string setting;  // "receivers.jaeger.compact.port": which setting moves it
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  DatagramHandler handler;
};

struct UdpOptions {
  // Of each socket, in the kernel. What the system grants may be less (net.core.rmem_max); a
  // warning says so.
  std::size_t receive_buffer_bytes = 4_MiB;
};

// Metrics, by listener: cairn_udp_datagrams_total, cairn_udp_bytes_total,
// cairn_udp_datagrams_lost_total (by the kernel).
// Thread rule: the methods are called by the one thread that owns the server.
class UdpServer {
 public:
  // Binds every listener before any is served. Errors: as Server::start.
  // Ownership: `metrics` outlives the server.
  static Result<std::unique_ptr<UdpServer>> start(const UdpOptions& options,
                                                  std::vector<UdpListener> listeners,
                                                  MetricsRegistry& metrics);
  virtual ~UdpServer() = default;

  // The port that a listener got, by name. REQUIRES: it exists.
  virtual std::uint16_t port_of(const std::string& listener_name) const = 0;

  // Hands over what has arrived, then closes the ports and joins the thread. Idempotent.
  virtual void stop() = 0;
};

}  // namespace cairn::net
