// SPDX-License-Identifier: Apache-2.0
//
// The start of a span: ids, the sampler's decision, and a record if it is to be one.
// Source: OpenTelemetry Trace SDK, "SDK Span creation": trace id, then sampler, then span id.
#include <cairn/trace/provider.h>
#include <cairn/trace/tracer.h>

#include "sdk/trace/encode_attributes.h"
#include "sdk/trace/finish.h"
#include "sdk/trace/record_head.h"
#include "sdk/trace/runtime.h"
#include "sdk/trace/scope_entry.h"
#include "sdk/trace/thread_state.h"

namespace cairn::trace {
namespace detail {

std::atomic<const Runtime*> runtime{nullptr};
SpanClock span_clock;

namespace {

// OTLP has no place for B3's debug flag: exporters to Zipkin and Jaeger, and Cairn, look for this.
__attribute__((noinline)) void mark_debugged(Record& record) noexcept {
  static constexpr Key kDebugged{"cairn.wire.zipkin.debug"};
  write_attributes(record, {{kDebugged, true}});
}

// The last 7 bytes of the id as a big-endian number (W3C Trace Context level 2, "random-trace-id").
std::uint64_t randomness_of(const TraceId& id) noexcept {
  std::uint64_t half;
  std::memcpy(&half, id.bytes + 8, 8);
  return __builtin_bswap64(half) & ((std::uint64_t{1} << 56) - 1);
}

__attribute__((noinline)) void write_links(Record& record, ListView<Link> links) noexcept {
  for (const Link& link : links) write_link(record, link);
}

// Encodes what is known at the start: nobody else has the record yet.
__attribute__((always_inline)) inline void fill(Record& record, const Runtime& rt,
                                                const SpanContext& context,
                                                const SpanContext* parent, std::string_view name,
                                                const SpanOptions& options,
                                                std::uint32_t epoch) noexcept {
  record.runtime = &rt;
  record.epoch.store(epoch, std::memory_order_relaxed);
  if (__builtin_expect(!context.trace_state.empty(), 0)) {
    record.trace_state = context.trace_state;
    record.has_extras = true;
  }
  record.start_given = options.start.unix_nanos != 0;
  if (__builtin_expect(record.start_given, 0)) {
    record.start = {options.start.unix_nanos, 0, false};
  } else {
    record.start = span_clock.now();
  }
  const Head head{context.trace_id,
                  context.span_id,
                  parent != nullptr ? &parent->span_id : nullptr,
                  otlp_flags(context.flags, parent != nullptr && parent->is_remote),
                  options.kind,
                  record.start.unix_nanos};
  write_head_and_name(record, head, name);
  if (__builtin_expect(context.debug, 0)) mark_debugged(record);
  if (!options.attributes.empty()) {
    const std::size_t left = write_first_attributes(record, options.attributes);
    if (__builtin_expect(left != 0, 0)) {
      write_attributes(record, {options.attributes.end() - left, left});
    }
  }
  if (__builtin_expect(!options.links.empty(), 0)) {
    write_links(record, options.links);
  }
}

__attribute__((always_inline)) inline void record_span(
    Span& span, SpanRef& ref, const Runtime& rt, ThreadState& state, const SpanContext* parent,
    std::string_view name, const SpanOptions& options, const ScopeEntry& scope, std::uint32_t epoch,
    bool exported) noexcept {
  Record* const record = new_record(state, rt.open_spans);
  if (exported) state.counters.started.add();
  if (__builtin_expect(record == nullptr, 0)) {
    if (exported) state.counters.dropped_open_limit.add();
    return;
  }
  record->scope = scope.index;
  record->exported = exported;
  fill(*record, rt, span.context(), parent, name, options, epoch);
  ref = SpanRef({record, record->generation.load(std::memory_order_relaxed)});
}

}  // namespace
}  // namespace detail

using detail::Runtime;
using detail::ThreadState;

bool Tracer::enabled() const noexcept {
  return detail::runtime.load(std::memory_order_acquire) != nullptr;
}

Span Tracer::start(std::string_view name, const SpanOptions& options) const noexcept {
  Span span;  // the only one that is returned: it is made where the caller wants it
  ThreadState* const state = detail::thread_state();
  if (__builtin_expect(state == nullptr, 0)) return span;
  const Context& parent = options.parent != nullptr ? *options.parent : detail::context_of(*state);
  const Runtime* const rt = detail::runtime.load(std::memory_order_acquire);
  if (__builtin_expect(rt == nullptr || state->suppressed != 0, 0)) {
    if (!options.root) span.context_ = parent.span_context();
    return span;
  }
  const std::uint32_t epoch = rt->epoch.load(std::memory_order_relaxed);
  if (__builtin_expect(state->epoch.load(std::memory_order_relaxed) != epoch, 0)) {
    detail::enter_epoch(*state, epoch);
  }
  const SpanContext* const parent_span =
      !options.root && parent.span_context().is_valid() ? &parent.span_context() : nullptr;
  SpanContext& context = span.context_;
  if (parent_span != nullptr) {
    context.trace_id = parent_span->trace_id;
    context.flags.bits = parent_span->flags.bits & TraceFlags::kRandom;
    context.debug = parent_span->debug;
    if (__builtin_expect(!parent_span->trace_state.empty(), 0)) {
      context.trace_state = parent_span->trace_state;
    }
  }
  if (__builtin_expect(!rt->plain, 0)) {
    start_specially(span, *rt, *state, parent, parent_span, name, options, epoch);
    return span;
  }
  if (parent_span == nullptr) {
    state->ids.new_ids(context.trace_id, context.span_id);
    context.flags.bits = TraceFlags::kRandom;
  } else {
    context.span_id = state->ids.new_span_id();
  }
  const bool sampled =
      parent_span != nullptr && rt->shortcut.parent_based
          ? parent_span->is_sampled()
          : detail::randomness_of(context.trace_id) >= rt->shortcut.rejection_threshold;
  if (!sampled) {
    state->counters.unsampled.add();
    return span;
  }
  context.flags.bits |= TraceFlags::kSampled;
  detail::record_span(span, span.ref_, *rt, *state, parent_span, name, options, *scope_, epoch,
                      true);
  return span;
}

// With a sampler to be asked, processors, other ids or no exporter.
__attribute__((noinline)) void Tracer::start_specially(Span& span, const Runtime& rt,
                                                       ThreadState& state, const Context& parent,
                                                       const SpanContext* parent_span,
                                                       std::string_view name,
                                                       const SpanOptions& options,
                                                       std::uint32_t epoch) const noexcept {
  SpanContext& context = span.context_;
  if (parent_span == nullptr) {
    const bool random = rt.ids == nullptr || rt.ids->is_random();
    context.trace_id = rt.ids == nullptr ? state.ids.new_trace_id() : rt.ids->new_trace_id();
    context.flags.bits = random ? TraceFlags::kRandom : std::uint8_t{0};
  }
  const Context none;
  SamplingResult result =
      rt.sampler->should_sample({parent_span != nullptr ? parent : none, context.trace_id, name,
                                 options.kind, options.attributes, options.links});
  context.span_id = rt.ids == nullptr ? state.ids.new_span_id() : rt.ids->new_span_id();
  context.trace_state = std::move(result.trace_state);
  if (result.decision == SamplingDecision::kRecordAndSample) {
    context.flags.bits |= TraceFlags::kSampled;
  }
  if (result.decision == SamplingDecision::kDrop || !rt.recording) {
    state.counters.unsampled.add();
    return;
  }
  detail::record_span(span, span.ref_, rt, state, parent_span, name, options, *scope_, epoch,
                      context.is_sampled() && rt.exporting);
  detail::Record* const record = span.ref_.record().record;
  if (record == nullptr) return;
  detail::write_attributes(*record, result.attributes);
  for (const auto& processor : rt.processors) {
    processor->on_start(span.ref(), context, parent);
  }
}

}  // namespace cairn::trace
