// SPDX-License-Identifier: Apache-2.0
#include "server/listeners.h"

namespace cairn::server {

const std::string& ListenerTable::host_of(const EndpointOptions& endpoint) const {
  return endpoint.listen.empty() ? default_host_ : endpoint.listen;
}

void ListenerTable::add(const std::string& name, const std::string& setting,
                        const EndpointOptions& endpoint, const net::Router& routes,
                        const net::CorsOptions& cors) {
  if (!endpoint.enabled) return;
  const std::string& host = host_of(endpoint);
  for (net::Listener& other : listeners_) {
    if (endpoint.port == 0 || other.port != endpoint.port || other.host != host) continue;
    other.router.add_all(routes);
    if (!other.cors && !cors.allowed_origins.empty()) other.cors = cors;
    listener_of_[name] = other.name;
    return;
  }
  net::Listener listener;
  listener.name = name;
  listener.setting = setting + ".port";
  listener.host = host;
  listener.port = endpoint.port;
  listener.router = routes;
  if (!cors.allowed_origins.empty()) listener.cors = cors;
  listeners_.push_back(std::move(listener));
  listener_of_[name] = name;
}

void ListenerTable::add_udp(const std::string& name, const std::string& setting,
                            const EndpointOptions& endpoint, net::DatagramHandler handler) {
  if (!endpoint.enabled) return;
  udp_listeners_.push_back(
      {name, setting + ".port", host_of(endpoint), endpoint.port, std::move(handler)});
}

std::map<std::string, std::uint16_t> ListenerTable::ports(const net::Server& server,
                                                          const net::UdpServer& udp) const {
  std::map<std::string, std::uint16_t> ports;
  for (const auto& [endpoint, listener] : listener_of_) ports[endpoint] = server.port_of(listener);
  for (const net::UdpListener& listener : udp_listeners_) {
    ports[listener.name] = udp.port_of(listener.name);
  }
  return ports;
}

}  // namespace cairn::server
