// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/local/host_lookup.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>

namespace cairn::trace::local {
namespace {

// How long a hastened deadline may go unnoticed.
constexpr std::chrono::milliseconds kSlice{50};

struct Found {
  int code = 0;  // getaddrinfo's
  std::vector<Address> addresses;
};

Found ask(const std::string& host, const std::string& port, int flags) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  wanted.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  Found found;
  found.code = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
  if (found.code != 0) return found;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_storage)) continue;
    Address& address = found.addresses.emplace_back();
    std::memcpy(&address.bytes, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
  }
  ::freeaddrinfo(list);
  // Agents listen on 0.0.0.0 more often than on [::], and `localhost` is both.
  std::stable_partition(found.addresses.begin(), found.addresses.end(),
                        [](const Address& a) { return a.bytes.ss_family == AF_INET; });
  return found;
}

// Signals are the host's: none of its handlers runs on the thread that is started meanwhile.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

struct HostLookup::Answer {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_done = false;
  Found found;

  void set(Found result) {
    const std::lock_guard lock(mutex);
    found = std::move(result);
    is_done = true;
    changed.notify_all();
  }
};

HostLookup::HostLookup(std::string host, std::string port)
    : host_(std::move(host)), port_(std::move(port)) {
}

void HostLookup::start() {
  if (answer_ != nullptr) return;
  answer_ = std::make_shared<Answer>();
  Found at_once = ask(host_, port_, AI_NUMERICHOST);
  if (at_once.code == 0) return answer_->set(std::move(at_once));
  try {
    const NoSignals no_signals;
    std::thread([answer = answer_, host = host_, port = port_] {
      answer->set(ask(host, port, 0));
    }).detach();
  } catch (const std::system_error&) {
    answer_->set({EAI_AGAIN, {}});  // no more threads
  }
}

bool HostLookup::is_running() const {
  if (answer_ == nullptr) return false;
  const std::lock_guard lock(answer_->mutex);
  return !answer_->is_done;
}

bool HostLookup::wait(const ExportDeadline& deadline) const {
  if (answer_ == nullptr) return false;
  std::unique_lock lock(answer_->mutex);
  while (!answer_->is_done) {
    const auto left = deadline.left();
    if (left.count() <= 0) return false;
    answer_->changed.wait_for(lock, std::min<std::chrono::nanoseconds>(left, kSlice));
  }
  return true;
}

std::vector<Address> HostLookup::take(std::string& error) {
  const std::shared_ptr<Answer> answer = std::move(answer_);
  answer_ = nullptr;
  const std::lock_guard lock(answer->mutex);
  if (answer->found.addresses.empty()) {
    error = "cannot find the host " + host_ + ": " +
            (answer->found.code != 0 ? ::gai_strerror(answer->found.code) : "no address");
  }
  return std::move(answer->found.addresses);
}

}  // namespace cairn::trace::local
