// SPDX-License-Identifier: Apache-2.0
//
// jaeger.api_v2.SamplingManager: the request and the answer of GetSamplingStrategy.
// Source: proto/jaeger.md, "Services"; proto/jaeger/api_v2/sampling.proto.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/sampling_strategy.h"

namespace cairn::wire::sampling {

// The service that a SamplingStrategyParameters asks for; empty when it names none.
// Ownership: a view into `request`. Errors: kInvalidArgument when it is not such a message.
Result<std::string_view> decode_strategy_request(ByteView request);

// A SamplingStrategyResponse.
std::string encode_strategy(const model::SamplingStrategy& strategy);

}  // namespace cairn::wire::sampling
