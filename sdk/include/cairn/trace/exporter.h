// SPDX-License-Identifier: Apache-2.0
//
// SpanExporter: takes finished spans away, in batches of bytes that are OTLP already.
//
// The recorder's own thread calls it, one batch at a time. A span lies in the batch as the bytes of
// `opentelemetry.proto.trace.v1.Span`; an OTLP exporter puts prefixes before them and sends, others
// read them with SpanView (cairn/trace/span_view.h).
// Source: OpenTelemetry Trace SDK, "Span Exporter".
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <cairn/trace/tracer.h>

namespace cairn::trace {

// Finished spans of one scope that lie together: repeated `ScopeSpans.spans` entries, each tag
// 0x12, a varint length and the Span message.
struct SpanBytes {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
};

// The instrumentation scope and its spans in a batch.
struct ScopeSpans {
  std::string_view name;
  std::string_view version;
  std::string_view schema_url;
  SpanBytes scope;  // the encoded InstrumentationScope message, without tag and length
  std::vector<SpanBytes> spans;
  std::size_t span_count = 0;
};

// Borrowed for the call. Holds at least one span; each span in exactly one batch, unless that batch
// is tried again.
struct SpanBatch {
  SpanBytes resource;  // the encoded Resource message, without tag and length
  std::string_view resource_schema_url;
  std::vector<ScopeSpans> scopes;
  std::size_t span_count = 0;
  std::size_t byte_count = 0;  // of all spans with their tags and lengths
};

struct ExportResult {
  enum class Code : std::uint8_t {
    kSent,   // taken, but for `rejected` spans (OTLP partial success: never tried again)
    kRetry,  // may be tried again, not before `retry_after`
    kFailed  // will never be taken: dropped
  };
  Code code = Code::kFailed;
  std::size_t rejected = 0;
  std::chrono::nanoseconds retry_after{0};  // 0: the receiver did not say
  std::string message;                      // for the log; empty when there is nothing to say
};

// When a call must be back. Another thread may move it nearer: then interrupt() is called as well.
class ExportDeadline {
 public:
  using Clock = std::chrono::steady_clock;
  explicit ExportDeadline(Clock::time_point at) noexcept : nanos_(at.time_since_epoch().count()) {}
  Clock::time_point at() const noexcept {
    return Clock::time_point(Clock::duration(nanos_.load(std::memory_order_relaxed)));
  }
  std::chrono::nanoseconds left() const noexcept { return at() - Clock::now(); }
  // Never moves it further away.
  void hasten(Clock::time_point to) noexcept {
    const auto nanos = to.time_since_epoch().count();
    auto old = nanos_.load(std::memory_order_relaxed);
    while (nanos < old && !nanos_.compare_exchange_weak(old, nanos)) {
    }
  }

 private:
  std::atomic<Clock::rep> nanos_;
};

class SpanExporter {
 public:
  virtual ~SpanExporter() = default;
  // Sends one batch; back by the deadline (then kRetry). Never throws. Called by one thread at a
  // time.
  virtual ExportResult export_batch(const SpanBatch& batch,
                                    const ExportDeadline& deadline) noexcept = 0;
  // Called from any thread while export_batch runs: look at the deadline again, soon.
  virtual void interrupt() noexcept {}
  // Called in the child after fork(), before any export there: leave the parent's connections
  // alone.
  virtual void after_fork_in_child() noexcept {}
  // For logs: `otlphttp http://collector:4318/v1/traces`.
  virtual std::string description() const = 0;
};

using SpanExporterPtr = std::shared_ptr<SpanExporter>;

}  // namespace cairn::trace
