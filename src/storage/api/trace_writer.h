// SPDX-License-Identifier: Apache-2.0
//
// The way in: spans of one request, made durable, then acknowledged.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "model/tenant.h"

namespace cairn::storage {

struct WriteOutcome {
  std::uint64_t accepted = 0;
  model::Rejections rejected;
};

// Called exactly once. An Error: kResourceExhausted "slow down and retry", kUnavailable "retry",
// since some of the batch may have been taken and some not (a retry doubles nothing), anything else
// "do not retry". But for kUnavailable nothing of the batch was taken.
using WriteDone = std::function<void(Result<WriteOutcome>)>;

class TraceWriter {
 public:
  virtual ~TraceWriter() = default;

  // Stores the spans and calls `done` once they are as durable as the engine's policy promises.
  // Never blocks on I/O: `done` may run inside the call or later, on another thread.
  // Visibility: a reader sees a request's spans of one trace together or not at all; all of them
  // no later than 10 ms after `done`.
  // Idempotent: a span seen before with equal content (resource and scope included) is accepted and
  // kept once. Different spans that share an id are all kept.
  // Ownership: the engine may keep `batch` alive as long as it likes; it never changes it.
  // REQUIRES: every span has a valid trace id and span id.
  virtual void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
                     WriteDone done) = 0;
};

}  // namespace cairn::storage
