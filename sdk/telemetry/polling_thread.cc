// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/polling_thread.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <utility>
#include <vector>

#include <cairn/trace/provider.h>
#include <pthread.h>
#include <unistd.h>

namespace cairn::telemetry {
namespace {

// The threads to stop at exit(). Leaked: it is used while static objects are being destroyed.
struct Running {
  std::atomic<pid_t> process{0};  // whose threads they are
  std::mutex mutex;
  std::vector<PollingThread*> threads;
};
Running& running() {
  static auto* const all = new Running();
  return *all;
}

// Signals are for the program's own threads.
class BlockSignals {
 public:
  BlockSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockSignals(const BlockSignals&) = delete;
  BlockSignals& operator=(const BlockSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

void PollingThread::stop_all_at_exit() {
  // A child of fork() has none, and may have got the lock locked.
  if (running().process.load() != ::getpid()) return;
  const std::lock_guard lock(running().mutex);
  for (PollingThread* thread : running().threads) thread->end_thread();
}

bool PollingThread::start(std::function<void()> work, std::function<void()> cancel,
                          std::chrono::milliseconds interval) {
  cancel_ = std::move(cancel);
  owner_ = ::getpid();
  try {
    const BlockSignals blocked;
    thread_ = std::thread([this, work = std::move(work), interval] { run(work, interval); });
  } catch (const std::exception&) {
    return false;
  }
  running().process.store(owner_);
  static const int registered = std::atexit([] { stop_all_at_exit(); });
  (void)registered;
  const std::lock_guard lock(running().mutex);
  running().threads.push_back(this);
  return true;
}

void PollingThread::run(const std::function<void()>& work, std::chrono::milliseconds interval) {
  pthread_setname_np(pthread_self(), "cairn-sampling");
  const trace::SuppressTracing suppressed;
  std::unique_lock lock(signal_->mutex);
  while (!signal_->stopping) {
    lock.unlock();
    try {
      work();
    } catch (const std::exception&) {
      // No memory, or a log that throws: the program goes on, and the next time may be better.
    }
    lock.lock();
    signal_->wake.wait_for(lock, interval, [this] { return signal_->stopping; });
  }
}

void PollingThread::stop() noexcept {
  if (owner_ == 0) return;  // never started
  if (owner_ != ::getpid()) {
    // Its locks may be held by threads that were not copied.
    (void)signal_.release();
    if (thread_.joinable()) thread_.detach();
    return;
  }
  {
    // From here on exit() does not know it; and if exit() is stopping it now, that is waited for.
    const std::lock_guard lock(running().mutex);
    auto& threads = running().threads;
    threads.erase(std::remove(threads.begin(), threads.end(), this), threads.end());
  }
  end_thread();
}

void PollingThread::end_thread() noexcept {
  {
    const std::lock_guard lock(signal_->mutex);
    signal_->stopping = true;
  }
  signal_->wake.notify_all();
  if (!thread_.joinable()) return;
  cancel_();
  thread_.join();
}

}  // namespace cairn::telemetry
