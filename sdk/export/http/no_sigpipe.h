// SPDX-License-Identifier: Apache-2.0
//
// NoSigpipe: while one lives, a write to a closed socket does not end the process.
//
// libcurl asks for no SIGPIPE where it writes itself, but TLS libraries write too. The disposition
// is the host's to set, so the signal is blocked in this thread, and eaten when it has come.
#pragma once

#include <csignal>
#include <ctime>

namespace cairn::trace::transport {

class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t waiting;
    sigpending(&waiting);
    was_pending_ = sigismember(&waiting, SIGPIPE) == 1;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    sigset_t waiting;
    sigpending(&waiting);
    if (!was_pending_ && sigismember(&waiting, SIGPIPE) == 1) {
      const timespec at_once{};
      sigtimedwait(&pipe_, nullptr, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_ = false;
};

}  // namespace cairn::trace::transport
