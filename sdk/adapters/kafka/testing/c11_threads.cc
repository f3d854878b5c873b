// SPDX-License-Identifier: Apache-2.0
//
// librdkafka makes its threads by C11's thrd_create(), of which g++ 12's ThreadSanitizer knows
// nothing: our interceptors, called on such a thread, crash in it. Here they are pthreads.
#if defined(__SANITIZE_THREAD__)
#include <cstdint>
#include <memory>

#include <pthread.h>
#include <threads.h>

namespace {

struct Start {
  thrd_start_t function;
  void* argument;
};

void* run(void* start) {
  const std::unique_ptr<Start> own(static_cast<Start*>(start));
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(own->function(own->argument)));
}

}  // namespace

extern "C" int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto start = std::make_unique<Start>(Start{function, argument});
  if (pthread_create(thread, nullptr, run, start.get()) != 0) return thrd_error;
  start.release();
  return thrd_success;
}

extern "C" int thrd_join(thrd_t thread, int* result) {
  void* value = nullptr;
  if (pthread_join(thread, &value) != 0) return thrd_error;
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return thrd_success;
}
#endif
