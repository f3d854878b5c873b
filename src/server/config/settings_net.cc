// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_net(std::vector<Setting>& table) {
  const auto limit = [](auto member) {
    return [member](auto& c) -> auto& { return c.net.limits.*member; };
  };
  using Limits = net::ServerLimits;
  table.push_back(threads("net.io_threads", "Threads that serve sockets; 0: one a core.",
                          [](auto& c) -> auto& { return c.net.io_threads; }));
  table.push_back(
      size("net.header_bytes", "All headers of a request.", limit(&Limits::header_bytes)));
  table.push_back(
      size("net.body_bytes", "A request's body as received.", limit(&Limits::body_bytes)));
  table.push_back(size("net.decoded_body_bytes", "A request's body after decompression.",
                       limit(&Limits::decoded_body_bytes)));
  table.push_back(number<std::size_t>("net.connections", "Connections over all ports.",
                                      limit(&Limits::connections)));
  table.push_back(number<std::size_t>("net.streams", "Concurrent HTTP/2 streams of a connection.",
                                      limit(&Limits::streams)));
  table.push_back(size("net.buffered_bytes",
                       "Request bodies and unsent answers of all connections.",
                       limit(&Limits::buffered_bytes)));
  table.push_back(size("net.stream_buffer_bytes", "Unsent bytes of one streamed answer.",
                       limit(&Limits::stream_buffer_bytes)));
  table.push_back(number<std::uint32_t>("net.resets_per_second",
                                        "HTTP/2 stream resets of a connection; more closes it.",
                                        limit(&Limits::resets_per_second)));
  table.push_back(number<std::uint32_t>(
      "net.pings_per_second", "HTTP/2 pings and settings of a connection; more closes it.",
      limit(&Limits::pings_per_second)));
  table.push_back(duration("net.header_time", "For a request's headers to arrive.",
                           limit(&Limits::header_time)));
  table.push_back(
      duration("net.body_time", "For a request's body to arrive.", limit(&Limits::body_time)));
  table.push_back(duration("net.handle_time",
                           "For an answer, where the request brings no deadline.",
                           limit(&Limits::handle_time)));
  table.push_back(duration("net.write_time", "For a peer to take the next bytes of an answer.",
                           limit(&Limits::write_time)));
  table.push_back(duration("net.stream_time",
                           "A whole streamed answer over HTTP, however slow its reader.",
                           limit(&Limits::stream_time)));
  table.push_back(duration("net.idle_time", "A connection without requests stays open.",
                           limit(&Limits::idle_time)));
}

}  // namespace cairn::server
