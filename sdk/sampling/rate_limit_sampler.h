// SPDX-License-Identifier: Apache-2.0
//
// The rate limiting sampler with a clock of the caller's choice, for tests.
#pragma once

#include <cstdint>

#include <cairn/trace/sampler.h>

namespace cairn::trace {

// Nanoseconds of a monotonic clock. Any thread.
using MonotonicNanos = std::int64_t (*)() noexcept;

SamplerPtr rate_limit_by(double spans_per_second, MonotonicNanos clock);

}  // namespace cairn::trace
