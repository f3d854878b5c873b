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

struct NewIds {
  TraceId trace_id;
  TraceFlags flags;  // the random bit
};

NewIds trace_ids(const Runtime& rt, ThreadState& state, const SpanContext* parent) noexcept {
  if (parent != nullptr) {
    return {parent->trace_id,
            {static_cast<std::uint8_t>(parent->flags.bits & TraceFlags::kRandom)}};
  }
  if (__builtin_expect(rt.ids != nullptr, 0)) {
    return {rt.ids->new_trace_id(), {rt.ids->is_random() ? TraceFlags::kRandom : std::uint8_t{0}}};
  }
  return {state.ids.new_trace_id(), {TraceFlags::kRandom}};
}

// The last 7 bytes of the id as a big-endian number (W3C Trace Context level 2, "random-trace-id").
std::uint64_t randomness_of(const TraceId& id) noexcept {
  std::uint64_t half;
  std::memcpy(&half, id.bytes + 8, 8);
  return __builtin_bswap64(half) & ((std::uint64_t{1} << 56) - 1);
}

SamplingResult sample(const Runtime& rt, const Context& parent, bool has_parent, const NewIds& ids,
                      std::string_view name, const SpanOptions& options) noexcept {
  const Context none;
  const SamplingParameters parameters{has_parent ? parent : none, ids.trace_id, name, options.kind,
                                      options.attributes,         options.links};
  return rt.sampler->should_sample(parameters);
}

// Encodes what is known at the start: nobody else has the record yet.
inline void fill(Record& record, const Runtime& rt, const SpanContext& context,
                 const SpanContext* parent, std::string_view name, const SpanOptions& options,
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
  if (!options.attributes.empty()) write_attributes(record, options.attributes);
  for (const Link& link : options.links) write_link(record, link);
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
  const detail::NewIds ids = detail::trace_ids(*rt, *state, parent_span);
  bool recorded = false, sampled = false;
  Attributes sampler_attributes;
  SpanContext& context = span.context_;
  if (__builtin_expect(rt->shortcut.usable, 1)) {
    sampled = parent_span != nullptr && rt->shortcut.parent_based
                  ? parent_span->is_sampled()
                  : detail::randomness_of(ids.trace_id) >= rt->shortcut.rejection_threshold;
    recorded = sampled;
    if (parent_span != nullptr && __builtin_expect(!parent_span->trace_state.empty(), 0)) {
      context.trace_state = parent_span->trace_state;
    }
  } else {
    SamplingResult result = detail::sample(*rt, parent, parent_span != nullptr, ids, name, options);
    sampled = result.decision == SamplingDecision::kRecordAndSample;
    recorded = result.decision != SamplingDecision::kDrop;
    sampler_attributes = result.attributes;
    context.trace_state = std::move(result.trace_state);
  }
  context.trace_id = ids.trace_id;
  context.span_id =
      __builtin_expect(rt->ids != nullptr, 0) ? rt->ids->new_span_id() : state->ids.new_span_id();
  context.flags.bits =
      static_cast<std::uint8_t>(ids.flags.bits | (sampled ? TraceFlags::kSampled : 0));
  context.debug = parent_span != nullptr && parent_span->debug;

  if (!recorded || __builtin_expect(!rt->recording, 0)) {
    state->counters.unsampled.add();
    return span;
  }
  if (sampled) state->counters.started.add();
  detail::Record* const record = detail::new_record(*state, rt->open_spans);
  if (__builtin_expect(record == nullptr, 0)) {
    if (sampled) state->counters.dropped_open_limit.add();
    return span;
  }
  record->scope = scope_->index;
  record->sampled = sampled;
  detail::fill(*record, *rt, context, parent_span, name, options, epoch);
  if (__builtin_expect(!sampler_attributes.empty(), 0)) {
    detail::write_attributes(*record, sampler_attributes);
  }
  span.ref_ = SpanRef({record, record->generation.load(std::memory_order_relaxed)});
  if (__builtin_expect(!rt->processors.empty(), 0)) {
    for (const auto& processor : rt->processors) {
      processor->on_start(span.ref(), span.context(), parent);
    }
  }
  return span;
}

}  // namespace cairn::trace
