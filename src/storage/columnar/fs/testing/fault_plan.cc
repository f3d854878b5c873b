// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/testing/fault_plan.h"

#include <fmt/format.h>

namespace cairn::storage::columnar {

std::optional<FaultPlan::Failure> FaultPlan::next(std::string_view call, const std::string& path,
                                                  const std::string& details) {
  ++count_;
  if (recording_) {
    calls_.push_back(fmt::format("{} {}{}{}", call, path, details.empty() ? "" : " ", details));
  }
  if (stopped()) {
    return Failure{unavailable(fmt::format("{} {}: the process was stopped", call, path)),
                   count_ == *stop_at_, true};
  }
  std::optional<Failure> failure;
  for (Armed& armed : faults_) {
    const Fault& fault = armed.fault;
    if (!fault.call.empty() && fault.call != call) continue;
    if (path.find(fault.path) == std::string::npos) continue;
    ++armed.seen;
    if (armed.seen != fault.at && !(fault.forever && armed.seen > fault.at)) continue;
    if (!failure) {
      failure = {annotate(fault.error, fmt::format("{} {}", call, path)), armed.seen == fault.at,
                 false};
    }
  }
  return failure;
}

void FaultPlan::heal() {
  faults_.clear();
  stop_at_.reset();
}

}  // namespace cairn::storage::columnar
