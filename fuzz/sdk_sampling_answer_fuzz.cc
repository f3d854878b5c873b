// SPDX-License-Identifier: Apache-2.0
//
// What a server of Jaeger's remote sampling answers to the SDK, one answer a line: each is refused
// with a reason, or can be decided by; operations and buckets are bounded.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "sdk/sampling/ratio.h"
#include "sdk/telemetry/remote_strategy.h"

using namespace cairn::telemetry;

namespace {

constexpr std::size_t kMostOperations = 20;
constexpr std::size_t kMostAnswers = 16;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check(const RemoteRule& rule) {
  require(rule.parameter >= 0, "a parameter is a number");
  require(rule.rejection_threshold <= cairn::trace::kRejectAll, "a threshold is one");
  if (rule.type == RemoteRule::Type::kRateLimiting) {
    require(rule.bucket != nullptr, "a limit has a bucket");
  } else {
    require(rule.parameter <= 1, "a ratio is at most 1");
    require(rule.rejection_threshold == cairn::trace::rejection_threshold(rule.parameter),
            "a ratio is what is decided by");
    require((rule.bucket != nullptr) == (rule.bucket_rate > 0), "a bound has a bucket");
  }
  // Time may stand still, and be late.
  if (rule.bucket != nullptr) {
    const bool first = rule.bucket->take(0);
    require(!first || rule.bucket_rate > 0, "nothing is owed at no rate");
    (void)rule.bucket->take(INT64_MAX / 4);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto before = std::make_unique<RemoteStrategy>(0.5);
  for (std::size_t i = 0; i < kMostAnswers && !text.empty(); ++i) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    std::string error;
    auto next = RemoteStrategy::parse(line, kMostOperations, before.get(), error);
    require((next == nullptr) == !error.empty(), "a refusal has a reason");
    if (next == nullptr) continue;
    require(next->operation_count() <= kMostOperations, "operations are bounded");
    check(next->rule_for("GET /"));
    check(next->rule_for("PUT /"));
    check(next->rule_for(line.substr(0, 8)));
    before = std::move(next);
  }
  return 0;
}
