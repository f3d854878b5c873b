// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage::columnar {

// Counts the calls to a FaultFileSystem and says which fail. Thread rule: its disk's lock.
class FaultPlan {
 public:
  struct Failure {
    Error error;
    bool halfway = false;  // the call may have done a part of its work
    bool stopped = false;  // nobody is there to see the error
  };

  // Counts this call and says whether it fails.
  std::optional<Failure> next(std::string_view call, const std::string& path,
                              const std::string& details);

  void add(Fault fault) { faults_.push_back({std::move(fault), 0}); }
  void stop_at(std::uint64_t n) { stop_at_ = count_ + n; }
  bool stopped() const { return stop_at_ && count_ >= *stop_at_; }
  void heal();
  void record() { recording_ = true; }
  std::uint64_t count() const { return count_; }
  const std::vector<std::string>& calls() const { return calls_; }

 private:
  struct Armed {
    Fault fault;
    std::uint64_t seen = 0;  // calls that the fault is about
  };

  std::vector<Armed> faults_;
  std::optional<std::uint64_t> stop_at_;
  std::uint64_t count_ = 0;
  bool recording_ = false;
  std::vector<std::string> calls_;
};

}  // namespace cairn::storage::columnar
