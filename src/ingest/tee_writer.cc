// SPDX-License-Identifier: Apache-2.0
#include "ingest/tee_writer.h"

#include <optional>

#include "base/mutex.h"

namespace cairn::ingest {
namespace {

using Outcome = Result<storage::WriteOutcome>;

Outcome verdict_of(Outcome first, Outcome second) {
  if (first && second) return first;
  if (!first && !second) return first;
  Error error = first ? std::move(second).error() : std::move(first).error();
  // "Retry" may say that some of the batch was taken; "slow down" may not.
  if (error.code == ErrorCode::kResourceExhausted) error.code = ErrorCode::kUnavailable;
  return error;
}

// Waits for both answers; whoever brings the second one passes on the verdict.
class Both {
 public:
  explicit Both(storage::WriteDone done) : done_(std::move(done)) {}

  void answer(bool is_first, Outcome outcome) {
    std::optional<Outcome> verdict;
    {
      MutexLock lock(mutex_);
      (is_first ? first_ : second_) = std::move(outcome);
      if (!first_ || !second_) return;
      verdict = verdict_of(std::move(*first_), std::move(*second_));
    }
    done_(std::move(*verdict));
  }

 private:
  storage::WriteDone done_;
  Mutex mutex_;
  std::optional<Outcome> first_ GUARDED_BY(mutex_);
  std::optional<Outcome> second_ GUARDED_BY(mutex_);
};

}  // namespace

void TeeWriter::write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
                      storage::WriteDone done) {
  const auto both = std::make_shared<Both>(std::move(done));
  first_.write(tenant, batch, [both](Outcome outcome) { both->answer(true, std::move(outcome)); });
  second_.write(tenant, std::move(batch),
                [both](Outcome outcome) { both->answer(false, std::move(outcome)); });
}

}  // namespace cairn::ingest
