// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ingest/ingest.h"

namespace cairn::ingest {

// Removes the spans that exceed a limit, keeping the order of the rest, and counts them by reason.
model::Rejections enforce_limits(const IngestOptions& options, const LimitsByResource& limits,
                                 model::Batch& batch);

}  // namespace cairn::ingest
