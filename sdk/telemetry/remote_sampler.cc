// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <cairn/telemetry/remote_sampler.h>

#include "sdk/sampling/ratio.h"
#include "sdk/telemetry/endpoint.h"
#include "sdk/telemetry/http_get.h"
#include "sdk/telemetry/polling_thread.h"
#include "sdk/telemetry/remote_strategy.h"
#include "sdk/telemetry/snapshots.h"

namespace cairn::telemetry {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kShortestInterval{100};
// As good as never, and no clock runs over.
constexpr std::chrono::milliseconds kLongestInterval = std::chrono::hours(24 * 366);

std::int64_t steady_nanos() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The attributes of a decision. They are read before the next decision of the same thread; kept for
// longer they would have to be kept for each ratio that was ever told.
trace::Attributes explain(std::string_view type, double parameter) noexcept {
  static thread_local constinit trace::Attribute kept[2] = {{"sampler.type", std::string_view()},
                                                            {"sampler.param", 0.0}};
  kept[0].value = trace::Value(type);
  kept[1].value = trace::Value(parameter);
  return {kept, 2};
}

class RemoteSampler final : public trace::Sampler {
 public:
  explicit RemoteSampler(RemoteSamplerOptions options)
      : options_(std::move(options)),
        url_(options_.endpoint + (options_.endpoint.find('?') == std::string::npos ? '?' : '&') +
             "service=" + url_escaped(options_.service)),
        strategies_(std::make_unique<const RemoteStrategy>(options_.initial_ratio)),
        http_(kMaxAnswer) {}

  bool start() {
    return thread_.start([this] { ask(); }, [this] { http_.cancel(); },
                         std::clamp(options_.interval, kShortestInterval, kLongestInterval));
  }

  trace::SamplingResult should_sample(
      const trace::SamplingParameters& parameters) const noexcept override {
    trace::SamplingResult result;
    result.trace_state = parameters.parent.span_context().trace_state;
    const Snapshots<RemoteStrategy>::Reader strategy(strategies_);
    const RemoteRule& rule = strategy->rule_for(parameters.name);
    if (rule.type == RemoteRule::Type::kRateLimiting) {
      if (!rule.bucket->take(steady_nanos())) return result;
      result.attributes = explain("ratelimiting", rule.parameter);
    } else {
      const bool is_drawn = trace::randomness(parameters.trace_id) >= rule.rejection_threshold;
      // What is drawn counts for the lower bound as well.
      const bool is_owed = rule.bucket != nullptr && rule.bucket->take(steady_nanos());
      if (!is_drawn && !is_owed) return result;
      result.attributes = is_drawn ? explain("probabilistic", rule.parameter)
                                   : explain("lowerbound", rule.bucket_rate);
    }
    result.decision = trace::SamplingDecision::kRecordAndSample;
    return result;
  }

  std::string description() const override {
    return "JaegerRemoteSampler{endpoint:" + without_user(options_.endpoint) +
           ",service:" + options_.service + "}";
  }
  void shutdown() const noexcept override { thread_.stop(); }

 private:
  // One question, on the thread.
  void ask() {
    const HttpAnswer answer = http_.get(url_, options_.timeout);
    strategies_.free_old();
    std::string error = answer.error;
    if (error.empty() && answer.status != 200) error = "HTTP " + std::to_string(answer.status);
    if (error.empty() && answer.body != last_body_) {
      auto next =
          RemoteStrategy::parse(answer.body, options_.max_operations, &strategies_.newest(), error);
      if (next != nullptr) {
        strategies_.replace(std::move(next));
        last_body_ = answer.body;
      }
    }
    tell(error);
  }

  // Says when it begins to fail and when it works again, not each time.
  void tell(const std::string& error) {
    const bool failed = !error.empty();
    if (failed == is_failing_ || error == "cancelled") return;
    is_failing_ = failed;
    if (!options_.log) return;
    const std::string who = "remote sampling: " + without_user(options_.endpoint);
    options_.log(failed ? who + ": " + error + "; keeping what was known" : who + " answers again");
  }

  const RemoteSamplerOptions options_;
  const std::string url_;
  Snapshots<RemoteStrategy> strategies_;
  HttpGet http_;
  std::string last_body_;         // the thread's
  bool is_failing_ = false;       // the thread's
  mutable PollingThread thread_;  // last: it is stopped before what it uses goes
};

}  // namespace

trace::SamplerPtr jaeger_remote(RemoteSamplerOptions options) {
  auto sampler = std::make_shared<RemoteSampler>(std::move(options));
  if (!sampler->start()) return nullptr;
  return sampler;
}

}  // namespace cairn::telemetry
