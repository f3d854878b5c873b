// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/local/udp_sender.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace cairn::trace::local {
namespace {

// How long a hastened deadline may go unnoticed.
constexpr std::chrono::milliseconds kSlice{50};
// A host that moved to another address says nothing.
constexpr std::chrono::seconds kLookUpAgain{60};

}  // namespace

void UdpSender::disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

// The next call tries the next address, after the last all are looked up again.
UdpSender::Outcome UdpSender::fail(const char* what, int error_number, std::string& error) {
  error = std::string(what) + ": " + std::generic_category().message(error_number);
  disconnect();
  if (++current_ >= addresses_.size()) addresses_.clear();
  return Outcome::kFailed;
}

UdpSender::Outcome UdpSender::look_up(const ExportDeadline& deadline, std::string& error) {
  lookup_.start();
  if (!lookup_.wait(deadline)) return Outcome::kTimeUp;
  addresses_ = lookup_.take(error);
  current_ = 0;
  looked_up_at_ = ExportDeadline::Clock::now();
  return addresses_.empty() ? Outcome::kFailed : Outcome::kSent;
}

// Looks an old address up again, without waiting. False when the host has moved.
bool UdpSender::refresh() {
  const auto now = ExportDeadline::Clock::now();
  if (now - looked_up_at_ < kLookUpAgain || lookup_.is_running()) return true;
  lookup_.start();
  if (lookup_.is_running()) return true;
  looked_up_at_ = now;
  std::string unknown;
  const std::vector<Address> found = lookup_.take(unknown);
  return found.empty() ||
         std::find(found.begin(), found.end(), addresses_[current_]) != found.end();
}

UdpSender::Outcome UdpSender::connect(const ExportDeadline& deadline, std::string& error) {
  if (fd_ >= 0) {
    if (refresh()) return Outcome::kSent;
    disconnect();
    addresses_.clear();
  }
  if (addresses_.empty()) {
    const Outcome outcome = look_up(deadline, error);
    if (outcome != Outcome::kSent) return outcome;
  }
  const Address& address = addresses_[current_];
  fd_ = ::socket(address.bytes.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) return fail("cannot make a UDP socket", errno, error);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0) {
    return fail("cannot connect", errno, error);
  }
  return Outcome::kSent;
}

UdpSender::Outcome UdpSender::send_one(const std::string& datagram, const ExportDeadline& deadline,
                                       std::string& error) {
  for (;;) {
    if (::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0) return Outcome::kSent;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail("cannot send", errno, error);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.left());
    if (left.count() <= 0) return Outcome::kTimeUp;
    pollfd entry{fd_, POLLOUT, 0};
    ::poll(&entry, 1, static_cast<int>(std::min(left, kSlice).count()));
  }
}

UdpSender::Outcome UdpSender::send(const std::vector<std::string>& datagrams,
                                   const ExportDeadline& deadline, std::string& error) {
  const Outcome connected = connect(deadline, error);
  if (connected != Outcome::kSent) return connected;
  for (const std::string& datagram : datagrams) {
    const Outcome outcome = send_one(datagram, deadline, error);
    if (outcome != Outcome::kSent) return outcome;
  }
  // On this machine the answer "nobody listens" is there at once, from others with the next send.
  int refused = 0;
  socklen_t size = sizeof refused;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &refused, &size) == 0 && refused != 0) {
    return fail("cannot send", refused, error);
  }
  return Outcome::kSent;
}

}  // namespace cairn::trace::local
