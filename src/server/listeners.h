// SPDX-License-Identifier: Apache-2.0
//
// From configured endpoints to net's listeners. Endpoints that name the same address and port share
// one listener with the routes of both.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/server.h"
#include "net/udp/udp_server.h"
#include "server/config/config.h"

namespace cairn::server {

// Thread rule: one thread. Usage: add() each endpoint, then listeners(), then ports().
class ListenerTable {
 public:
  // `default_host` is for endpoints without their own `listen`.
  explicit ListenerTable(std::string default_host) : default_host_(std::move(default_host)) {}

  // `setting` is the endpoint's prefix: "query.http". Disabled endpoints are left out.
  void add(const std::string& name, const std::string& setting, const EndpointOptions& endpoint,
           const net::Router& routes, const net::CorsOptions& cors = {});

  // A UDP port; these share none.
  void add_udp(const std::string& name, const std::string& setting, const EndpointOptions& endpoint,
               net::DatagramHandler handler);

  std::vector<net::Listener> listeners() const { return listeners_; }
  std::vector<net::UdpListener> udp_listeners() const { return udp_listeners_; }

  // The port of each enabled endpoint, by its name.
  std::map<std::string, std::uint16_t> ports(const net::Server& server,
                                             const net::UdpServer& udp) const;

 private:
  std::string default_host_;
  const std::string& host_of(const EndpointOptions& endpoint) const;

  std::vector<net::Listener> listeners_;
  std::vector<net::UdpListener> udp_listeners_;
  std::map<std::string, std::string> listener_of_;  // endpoint name → listener name
};

}  // namespace cairn::server
