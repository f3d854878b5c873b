// SPDX-License-Identifier: Apache-2.0
//
// A fixed set of named threads that run jobs from one bounded queue.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"

namespace cairn {

// Thread rule: submit() and stop() may be called from any thread; jobs run on the pool's threads.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  // `name` is numbered per thread: "query/0", "query/1".
  WorkerPool(std::string_view name, std::size_t threads, std::size_t queue_capacity);
  // Runs what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool has stopped; the job is then not run.
  [[nodiscard]] bool submit(Job job);

  // Refuses new jobs, finishes the queued ones and joins. Idempotent.
  void stop();

  std::size_t queued() const { return queue_.size(); }

 private:
  BoundedQueue<Job> queue_;
  std::vector<std::jthread> threads_;
};

}  // namespace cairn
