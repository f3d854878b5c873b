// SPDX-License-Identifier: Apache-2.0
#include "base/worker_pool.h"

#include <fmt/format.h>

#include "base/thread.h"

namespace cairn {

WorkerPool::WorkerPool(std::string_view name, std::size_t threads, std::size_t queue_capacity)
    : queue_(queue_capacity) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.push_back(start_thread(fmt::format("{}/{}", name, i), [this](const std::stop_token&) {
      while (auto job = queue_.pop()) (*job)();
    }));
  }
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::submit(Job job) {
  return queue_.try_push(job);
}

void WorkerPool::stop() {
  queue_.close();
  threads_.clear();  // joins
}

}  // namespace cairn
