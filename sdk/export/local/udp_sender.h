// SPDX-License-Identifier: Apache-2.0
//
// UdpSender: datagrams to one host and port, which is looked up when it is needed and again now and
// then, as agents move. One thread at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sdk/export/local/host_lookup.h"

namespace cairn::trace::local {

class UdpSender {
 public:
  UdpSender(std::string host, std::string port) : lookup_(std::move(host), std::move(port)) {}
  ~UdpSender() { disconnect(); }
  UdpSender(const UdpSender&) = delete;
  UdpSender& operator=(const UdpSender&) = delete;

  enum class Outcome { kSent, kTimeUp, kFailed };
  // Sends them in order. kFailed, with the reason in `error`, also when a port said that nobody
  // listens there; the next call then tries the host's next address.
  Outcome send(const std::vector<std::string>& datagrams, const ExportDeadline& deadline,
               std::string& error);

 private:
  Outcome connect(const ExportDeadline& deadline, std::string& error);
  Outcome look_up(const ExportDeadline& deadline, std::string& error);
  bool refresh();
  Outcome send_one(const std::string& datagram, const ExportDeadline& deadline, std::string& error);
  Outcome fail(const char* what, int error_number, std::string& error);
  void disconnect();

  HostLookup lookup_;
  std::vector<Address> addresses_;  // empty: to be looked up
  std::size_t current_ = 0;         // of addresses_
  ExportDeadline::Clock::time_point looked_up_at_{};
  int fd_ = -1;
};

}  // namespace cairn::trace::local
