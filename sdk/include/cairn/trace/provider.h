// SPDX-License-Identifier: Apache-2.0
//
// start(), flush(), stop(), stats(): the life of tracing in a process.
//
// One provider a process, shared by all its libraries. Most programs start it from their
// configuration file (cairn/telemetry.h) instead of by hand. All functions: any thread.
// Source: OpenTelemetry Trace SDK, "Tracer Provider", "Batching processor", "Span Limits".
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cairn/trace/exporter.h>
#include <cairn/trace/processor.h>
#include <cairn/trace/sampler.h>

namespace cairn::trace {

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError };

// OpenTelemetry Trace SDK, "Span Limits". What is over a limit is dropped and counted on the span.
struct SpanLimits {
  std::uint32_t attributes = 128;
  std::uint32_t events = 128;
  std::uint32_t links = 128;
  std::uint32_t attributes_per_event = 128;
  std::uint32_t attributes_per_link = 128;
  // Bytes of a text value; longer ones are cut at a character. Unlimited by default as specified.
  std::uint32_t value_size = UINT32_MAX;
  // Encoded bytes of one span, at least 4 KiB; attributes, events and links past it are dropped and
  // counted.
  std::uint32_t span_size = 256 * 1024;
};

// Makes ids; for tests and for systems with ids of their own. Any thread. Must not return zeros.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  virtual TraceId new_trace_id() const noexcept = 0;
  virtual SpanId new_span_id() const noexcept = 0;
  // Whether the last 7 bytes of trace ids are random (W3C level 2, the random flag).
  virtual bool is_random() const noexcept { return false; }
};

// A resource attribute with its own memory.
struct ResourceAttribute {
  std::string key;
  std::string value;
};

struct Options {
  std::vector<ResourceAttribute> resource;  // service.name and what else describes the process
  std::string resource_schema_url;
  SamplerPtr sampler;  // null: parent_based(always_on())
  // Null: spans get ids, sampling and propagation, and nothing is recorded: log lines stay linked.
  SpanExporterPtr exporter;
  std::vector<std::shared_ptr<SpanProcessor>> processors;  // called besides the export, in order
  SpanLimits limits;
  std::shared_ptr<const IdGenerator> ids;  // null: random ids

  // Memory for finished spans that wait to be sent, in bytes, at least 256 KiB. When it is full the
  // oldest go first, and are counted.
  std::size_t buffer_size = 16 * 1024 * 1024;
  // Spans that may be open at once; more record nothing, and are counted.
  std::size_t open_spans = 65536;
  // Spans wait at most this long for a batch to fill.
  std::chrono::milliseconds delay{1000};
  // Bytes of a batch: it is sent as soon as this much waits.
  std::size_t batch_size = 512 * 1024;
  // One attempt to send a batch.
  std::chrono::milliseconds export_timeout{10000};
  // First and longest wait before a batch is tried again (each x1.5, jittered).
  std::chrono::milliseconds retry_initial{1000};
  std::chrono::milliseconds retry_longest{30000};
  // A batch that still fails after this is dropped. What is older than the buffer allows goes
  // first.
  std::chrono::milliseconds retry_give_up{300000};
  // At exit() without stop(): how long to try to send what is left. 0: do not.
  std::chrono::milliseconds exit_flush{2000};
  // Read time from the processor's counter where the kernel does; false asks the kernel each time.
  bool use_tsc = true;
  // Where warnings go, at most one of a kind in ten seconds. Null: stderr. Called on any thread.
  std::function<void(LogLevel, std::string_view)> log;
};

// Starts recording and exporting. False, and nothing changes, when it is started already.
CAIRN_API bool start(Options options);

enum class FlushResult : std::uint8_t {
  kOk,      // everything ended before the call has been taken by the receiver
  kFailed,  // some of it was refused, dropped, or could not be sent in time after an attempt failed
  kTimeout  // the time was up while nothing had failed yet
};
// Sends all that ended before the call; waits at most `timeout`. kOk when nothing is started.
CAIRN_API FlushResult flush(std::chrono::milliseconds timeout = std::chrono::seconds(10));
// Flushes, then stops: later spans record nothing. What could not be sent is dropped and counted.
// Back after `timeout` whatever the network does. start() may follow.
CAIRN_API FlushResult stop(std::chrono::milliseconds timeout = std::chrono::seconds(3));

// Since start() (in a child of fork(): since the fork). Counted over all threads:
// started == open + buffered + sent + dropped(), at any moment when no thread is inside the SDK.
struct Stats {
  std::uint64_t started = 0;              // sampled spans, if there is an exporter
  std::uint64_t open = 0;                 // started, not ended
  std::uint64_t buffered = 0;             // ended, waiting or under way
  std::uint64_t sent = 0;                 // taken by the receiver
  std::uint64_t dropped_open_limit = 0;   // more than Options::open_spans open at once
  std::uint64_t dropped_buffer_full = 0;  // the oldest, when the buffer was full
  std::uint64_t dropped_failed = 0;       // the receiver refused the batch, or time ran out
  std::uint64_t dropped_rejected = 0;     // partial success: refused span by span
  std::uint64_t dropped_stopped = 0;      // ended after stop(), or left when it gave up
  std::uint64_t dropped() const noexcept {
    return dropped_open_limit + dropped_buffer_full + dropped_failed + dropped_rejected +
           dropped_stopped;
  }
  std::uint64_t unsampled = 0;  // started but not recorded
  std::uint64_t dropped_attributes = 0;
  std::uint64_t dropped_events = 0;
  std::uint64_t dropped_links = 0;
  std::uint64_t batches = 0;  // attempts that the receiver answered with "taken"
  std::uint64_t retries = 0;
  std::uint64_t bytes_buffered = 0;  // memory held for finished spans
};
CAIRN_API Stats stats() noexcept;

// Spans started by this thread while it lives record nothing and are not counted: for exporters and
// other code that must not trace itself.
class SuppressTracing {
 public:
  CAIRN_API SuppressTracing() noexcept;
  CAIRN_API ~SuppressTracing();
  SuppressTracing(const SuppressTracing&) = delete;
  SuppressTracing& operator=(const SuppressTracing&) = delete;
};

}  // namespace cairn::trace
