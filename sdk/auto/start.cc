// SPDX-License-Identifier: Apache-2.0
#include "sdk/auto/start.h"

#include <atomic>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

#include <cairn/trace/propagation.h>
#include <cairn/trace/provider.h>
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

namespace cairn::trace::zero_code {
namespace {

enum class State { kNot, kStarting, kOn, kOff };

// The longest that a call waits for another thread's start.
constexpr std::chrono::seconds kPatience(1);

std::atomic<State> state{State::kNot};
std::atomic<pid_t> starter{0};
thread_local bool starting_here = false;

// Leaked: calls may come while static objects are being destroyed.
struct Waiting {
  std::mutex mutex;
  std::condition_variable changed;
};
Waiting& waiting() {
  static auto* const one = new Waiting();
  return *one;
}

// A variable as a header: `traceparent` is TRACEPARENT, `x-b3-traceid` is X_B3_TRACEID.
class EnvironmentReader final : public TextMapReader {
 public:
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (index != 0) return false;
    std::string variable;
    for (const char c : name) {
      const auto byte = static_cast<unsigned char>(c);
      variable += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
    }
    // secure_getenv is not needed: set-uid programs are not preloaded.
    const char* const text = std::getenv(variable.c_str());
    if (text == nullptr || *text == '\0') return false;
    value = text;
    return true;
  }
};

const Context* process_parent = nullptr;

// The folder of this library, with its slash; empty when that is unknown.
std::string own_folder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&tracing), &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/') + 1);
}

using StartFunction = int(const char* config);

StartFunction* load_start() {
  const std::string name = "libcairn-auto-start.so.0";
  void* library = dlopen((own_folder() + name).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "cairn: error: %s; tracing stays off\n", dlerror());
    return nullptr;
  }
  return reinterpret_cast<StartFunction*>(dlsym(library, "cairn_auto_start"));
}

// Our threads inherit this: the program's signals are not for them.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// What is done meanwhile may wait or read files. A thread that is canceled there would take the
// program with it: nothing unwinds through functions that promise to throw nothing.
class NoCancellation {
 public:
  NoCancellation() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~NoCancellation() { pthread_setcancelstate(before_, nullptr); }
  NoCancellation(const NoCancellation&) = delete;
  NoCancellation& operator=(const NoCancellation&) = delete;

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

bool start_now() noexcept {
  const int error = errno;
  bool on = false;
  try {
    const BlockedSignals blocked;
    const SuppressTracing suppress;
    StartFunction* const function = load_start();
    on = function != nullptr && function(std::getenv("CAIRN_CONFIG")) != 0;
    if (on) process_parent = new Context(propagator().extract(EnvironmentReader(), Context()));
  } catch (...) {  // no memory
    on = false;
  }
  errno = error;
  return on;
}

void finish(State now) {
  Waiting& others = waiting();
  const std::lock_guard lock(others.mutex);
  state.store(now, std::memory_order_release);
  others.changed.notify_all();
}

bool wait_for_start() noexcept {
  // In a child that was forked in the middle of it nobody will finish.
  const pid_t process = starter.load(std::memory_order_relaxed);
  if (process != 0 && process != getpid()) return false;
  try {
    Waiting& others = waiting();
    std::unique_lock lock(others.mutex);
    others.changed.wait_for(lock, kPatience, [] { return state.load() != State::kStarting; });
  } catch (...) {
    return false;
  }
  return state.load(std::memory_order_acquire) == State::kOn;
}

}  // namespace

bool tracing() noexcept {
  const State now = state.load(std::memory_order_acquire);
  if (now == State::kOn) return !starting_here;
  if (now == State::kOff || starting_here) return false;
  const NoCancellation here;
  State expected = State::kNot;
  if (!state.compare_exchange_strong(expected, State::kStarting)) return wait_for_start();
  starter.store(getpid(), std::memory_order_relaxed);
  starting_here = true;
  const bool on = start_now();
  starting_here = false;
  finish(on ? State::kOn : State::kOff);
  return on;
}

ProcessParent::ProcessParent() noexcept {
  if (process_parent == nullptr || current_span_context().is_valid()) return;
  if (!process_parent->span_context().is_valid() && process_parent->baggage().empty()) return;
  if (!Context::current().baggage().empty()) return;
  scope_.emplace(*process_parent);
}

}  // namespace cairn::trace::zero_code
