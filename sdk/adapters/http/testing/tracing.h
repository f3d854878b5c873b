// SPDX-License-Identifier: Apache-2.0
//
// Tracing: telemetry into memory for one test, and its spans as a tree of text.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <cairn/testing.h>
#include <cairn/trace/instrumentation.h>

namespace cairn::trace::testing {

// Starts tracing with these settings; stops it and resets them when it goes.
class Tracing {
 public:
  explicit Tracing(InstrumentationSettings settings = {}, SamplerPtr sampler = nullptr);
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  // All spans in the order they started, once no span is open any more (servers end theirs after
  // their client has the answer). Fails the test when that takes 20 seconds.
  std::vector<FinishedSpan> spans() const;
  // The only span; fails the test when there are more or fewer.
  FinishedSpan only_span() const;
  // Names, kinds, parents, attributes, events and statuses: one line for each of them, children
  // indented below their parent. Numbers in `ports` are shown as the name they stand for.
  std::string tree(const std::map<int, std::string>& ports = {}) const;

 private:
  std::shared_ptr<MemoryExporter> memory_ = std::make_shared<MemoryExporter>();
};

InstrumentationSettings stable();
InstrumentationSettings go_zero();

// How often this thread called operator new.
std::uint64_t allocations_of_this_thread() noexcept;

}  // namespace cairn::trace::testing
