// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/testing/resolver_trap.h"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include <dlfcn.h>
#include <netdb.h>

namespace cairn::trace::transport::testing {
namespace {

// Never destroyed: a thread of libcurl may leave late.
struct State {
  std::mutex mutex;
  std::condition_variable changed;
  bool set = false;
  int inside = 0;
  bool entered = false;
};

State& state() {
  static State& state = *new State;
  return state;
}

void wait_inside() {
  State& s = state();
  std::unique_lock lock(s.mutex);
  s.entered = true;
  ++s.inside;
  s.changed.notify_all();
  s.changed.wait_for(lock, std::chrono::seconds(20), [&] { return !s.set; });
  --s.inside;
  s.changed.notify_all();
}

}  // namespace

ResolverTrap::ResolverTrap() {
  const std::lock_guard lock(state().mutex);
  state().set = true;
  state().entered = false;
}

ResolverTrap::~ResolverTrap() {
  std::unique_lock lock(state().mutex);
  state().set = false;
  state().changed.notify_all();
  state().changed.wait_for(lock, std::chrono::seconds(10), [] { return state().inside == 0; });
}

bool ResolverTrap::wait_until_entered() const {
  std::unique_lock lock(state().mutex);
  return state().changed.wait_for(lock, std::chrono::seconds(10), [] { return state().entered; });
}

}  // namespace cairn::trace::transport::testing

// In place of the C library's, for every library of this program.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using cairn::trace::transport::testing::ResolverTrap;
  if (host != nullptr && std::strcmp(host, ResolverTrap::kHost) == 0) {
    cairn::trace::transport::testing::wait_inside();
    return EAI_AGAIN;
  }
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(host, service, hints, found);
}
