// SPDX-License-Identifier: Apache-2.0
//
// Fresh ids for an encoded request, without encoding it again. Every trace and span id in it, the
// parents' and the links' too, has 8 bytes that are xor-ed with one mask: ids stay unique, children
// keep their parents, and a span costs a few nanoseconds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::bench {

// Offsets, in `request`, of the 8 bytes of each id that may change.
// Shape: in the order of the bytes, except that protobuf lets fields come in any. Errors:
// kInvalidArgument when `request` is not an ExportTraceServiceRequest, or an id in it is neither
// empty nor as long as OTLP wants. Source: opentelemetry-proto, trace/v1: Span fields 1, 2, 4
// and 13.
Result<std::vector<std::uint32_t>> find_ids(std::string_view request);

// Xors `mask` into the bytes at each of `ids`. Twice the same mask changes nothing.
void mask_ids(std::span<char> request, std::span<const std::uint32_t> ids, std::uint64_t mask);

}  // namespace cairn::bench
