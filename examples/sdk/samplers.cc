// SPDX-License-Identifier: Apache-2.0
// A sampler made by hand: rules, then a share, then a rate; and one of one's own.
#include <cstdio>

#include <cairn/testing.h>
#include <cairn/trace.h>

namespace {

// [snippet: compose]
cairn::trace::SamplerPtr make_sampler() {
  using namespace cairn::trace;
  SamplingRule health;
  health.name = "/healthz*";
  health.sampler = always_off();
  SamplingRule payments;
  payments.name = "/pay/*";
  payments.kind = SpanKind::kServer;
  payments.sampler = rate_limit(50);  // traces a second
  return parent_based(by_rules({health, payments}, trace_id_ratio(0.05)));
}
// [end]

// [snippet: own]
// Samples what carries a start attribute; shared by all threads, so it has no state that changes.
class HasAttribute final : public cairn::trace::Sampler {
 public:
  explicit HasAttribute(std::string key) : key_(std::move(key)) {}
  cairn::trace::SamplingResult should_sample(
      const cairn::trace::SamplingParameters& parameters) const noexcept override {
    cairn::trace::SamplingResult result;
    result.trace_state = parameters.parent.span_context().trace_state;
    for (const auto& attribute : parameters.attributes) {
      if (attribute.key.text() != key_) continue;
      result.decision = cairn::trace::SamplingDecision::kRecordAndSample;
    }
    return result;
  }
  std::string description() const override { return "HasAttribute{" + key_ + "}"; }

 private:
  std::string key_;
};
// [end]

std::size_t recorded_with(cairn::trace::SamplerPtr sampler) {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  options.sampler = std::move(sampler);
  cairn::trace::start(std::move(options));
  const auto tracer = cairn::trace::tracer("shop");
  tracer.start("/healthz/live", cairn::trace::SpanKind::kServer).end();
  tracer.start("/pay/card", cairn::trace::SpanKind::kServer, {{"order.id", "A-7"}}).end();
  cairn::trace::stop();
  return memory->spans().size();
}

}  // namespace

int main() {
  const bool good = recorded_with(make_sampler()) == 1 &&
                    recorded_with(std::make_shared<HasAttribute>("order.id")) == 1;
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
