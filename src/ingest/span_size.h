// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "model/span.h"

namespace cairn::ingest {

// Bytes of text and values, keys included; numbers count eight. Recursion: bounded by
// model::kMaxValueDepth.
std::size_t size_of(std::span<const model::Attribute> attributes);
std::size_t size_of(const model::Span& span);

}  // namespace cairn::ingest
