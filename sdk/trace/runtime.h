// SPDX-License-Identifier: Apache-2.0
//
// Runtime: what start() was told, as the threads that make spans read it.
//
// Immutable once published; one pointer load finds it. Never freed: a span may end long after
// stop().
#pragma once

#include <atomic>

#include <cairn/trace/provider.h>

#include "sdk/trace/span_clock.h"

namespace cairn::trace::detail {

struct Runtime {
  SamplerPtr sampler;
  Sampler::Shortcut shortcut;
  SpanLimits limits;
  // How many attributes of a span may be written without asking `limits` again.
  std::size_t quick_attributes = 0;
  std::shared_ptr<const IdGenerator> ids;  // null: random
  std::vector<std::shared_ptr<SpanProcessor>> processors;
  bool exporting = false;  // finished spans go to the exporter
  bool recording = false;  // someone looks at spans: exporter or processors
  // Exporting, the sampler has a shortcut, no processors, random ids: what nearly everyone has.
  bool plain = false;
  std::size_t open_spans = 0;
  std::size_t chunk_size = 0;
  // Which start() or fork() this is: records, chunks and counters of another epoch do not count.
  std::atomic<std::uint32_t> epoch{0};
};

// Null while telemetry is off.
extern std::atomic<const Runtime*> runtime;
// The clock of all spans.
extern SpanClock span_clock;

}  // namespace cairn::trace::detail
