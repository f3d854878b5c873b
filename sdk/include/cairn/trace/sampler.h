// SPDX-License-Identifier: Apache-2.0
//
// Sampler: decides when a span starts whether it is recorded and sent.
//
// Samplers are shared by all threads and never wait. Source: OpenTelemetry Trace SDK, "Sampling".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <cairn/trace/tracer.h>

namespace cairn::trace {

enum class SamplingDecision : std::uint8_t {
  kDrop,            // not recorded, sampled flag off
  kRecordOnly,      // seen by processors, not exported, sampled flag off
  kRecordAndSample  // recorded and exported
};

struct SamplingParameters {
  const Context& parent;  // the full parent context; its span may be invalid
  TraceId trace_id;
  std::string_view name;
  SpanKind kind;
  Attributes attributes;  // given at the start
  ListView<Link> links;
};

struct SamplingResult {
  SamplingDecision decision = SamplingDecision::kDrop;
  Attributes attributes;   // added to the span; valid until this thread asks it again
  TraceState trace_state;  // of the new span; return the parent's to leave it
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  virtual SamplingResult should_sample(const SamplingParameters& parameters) const noexcept = 0;
  // For logs: `ParentBased{root=TraceIdRatioBased{0.100000}}`.
  virtual std::string description() const = 0;

  // What the recorder may evaluate itself, without the call, when `usable`: sampled parents keep
  // their sampling (if parent_based), spans without a parent (without
  // parent_based: all) are sampled when the last 7 bytes of the trace id,
  // big-endian, are at least `rejection_threshold` (0: all; 2^56: none).
  struct Shortcut {
    bool usable = false;
    bool parent_based = false;
    std::uint64_t rejection_threshold = 0;
  };
  virtual Shortcut shortcut() const noexcept { return {}; }

  // Called by stop(): end threads, close connections. A late should_sample() may still come. One
  // that is made of others tells them.
  virtual void shutdown() const noexcept {}
};

using SamplerPtr = std::shared_ptr<const Sampler>;

CAIRN_API SamplerPtr always_on();
CAIRN_API SamplerPtr always_off();
// Samples the share `ratio` of trace ids. Below 0 is 0, above 1 (and NaN) is 1. Compares the last 7
// bytes of the id as W3C Trace Context level 2 defines randomness.
CAIRN_API SamplerPtr trace_id_ratio(double ratio);
// Follows the parent: `root` decides for spans without one, the others by where the parent was and
// whether it was sampled. Null means always_on for sampled parents, always_off for others.
struct ParentBasedOptions {
  SamplerPtr root;
  SamplerPtr remote_sampled;
  SamplerPtr remote_not_sampled;
  SamplerPtr local_sampled;
  SamplerPtr local_not_sampled;
};
CAIRN_API SamplerPtr parent_based(ParentBasedOptions options);
inline SamplerPtr parent_based(SamplerPtr root) {
  ParentBasedOptions options;
  options.root = static_cast<SamplerPtr&&>(root);
  return parent_based(options);
}
// At most `spans_per_second`, with a burst of one second (at least one span). A token bucket on the
// monotonic clock; never waits.
CAIRN_API SamplerPtr rate_limit(double spans_per_second);
// `first` and then `second`: both must sample. `first` is asked first and its refusal is final.
CAIRN_API SamplerPtr both(SamplerPtr first, SamplerPtr second);

// The first rule that fits decides; none: `otherwise`.
struct SamplingRule {
  std::string name;             // span name; `*` matches any run of characters; empty matches all
  SpanKind kind{};              // 0: any kind
  std::string attribute_key;    // empty: not asked; else a start attribute with this key ...
  std::string attribute_value;  // ... and this string value (`*` as above)
  SamplerPtr sampler;
};
CAIRN_API SamplerPtr by_rules(std::vector<SamplingRule> rules, SamplerPtr otherwise);

}  // namespace cairn::trace
