// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "model/rejection.h"
#include "model/span.h"
#include "wire/otlp/protobuf_decoding.h"

namespace cairn::wire::otlp {

// Reads one Span message into `span`, a new one; its `scope` is left alone. Nothing when the span
// is good; otherwise why it is not, and then unfinished lists may be left on the scratch.
std::optional<model::RejectionReason> decode_span(Decoding& decoding, std::string_view message,
                                                  model::Span& span);

}  // namespace cairn::wire::otlp
