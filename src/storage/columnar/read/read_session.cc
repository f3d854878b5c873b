// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/read_session.h"

#include <algorithm>

namespace cairn::storage::columnar {

ReadSession::ReadSession(const SnapshotProvider& snapshots, const ReadContext& context)
    : snapshot_(snapshots.snapshot(context.tenant)), deadline_(context.deadline) {
  if (!snapshot_) snapshot_ = std::make_shared<const Snapshot>();
  lost_.resize(snapshot_->sources.size());
  for (const std::string& missing : snapshot_->missing) partial(missing);
}

std::vector<GroupPlace> ReadSession::newest_groups() const {
  std::vector<GroupPlace> places;
  for (std::uint32_t s = 0; s < snapshot_->sources.size(); ++s) {
    if (lost_[s]) continue;
    const auto groups = source(s).groups();
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      if (groups[g]->facts().rows > 0) places.push_back({s, g});
    }
  }
  std::ranges::stable_sort(places, [this](const GroupPlace& a, const GroupPlace& b) {
    return group(a).facts().max_start > group(b).facts().max_start;
  });
  return places;
}

bool ReadSession::late() {
  if (late_ || !deadline_.passed()) return late_;
  late_ = true;
  partial(deadline_.cancelled.stop_requested() ? "cancelled" : "deadline");
  return true;
}

void ReadSession::grant(Duration more) {
  if (!late_ || deadline_.cancelled.stop_requested()) return;
  late_ = false;
  deadline_.at = std::chrono::steady_clock::now() + more;
}

void ReadSession::lose(std::uint32_t source_index, const Error& error) {
  if (lost_[source_index]) return;
  lost_[source_index] = true;
  lost_any_ = true;
  const std::string& name = source(source_index).name();
  partial(error.message.find(name) == std::string::npos ? name + ": " + error.message
                                                        : error.message);
}

void ReadSession::partial(const std::string& why) {
  if (std::ranges::find(reasons_, why) == reasons_.end()) reasons_.push_back(why);
}

Completeness ReadSession::completeness() const {
  if (reasons_.empty()) return {};
  std::string why;
  for (const std::string& reason : reasons_) why += (why.empty() ? "" : "; ") + reason;
  return Completeness::partial(std::move(why));
}

}  // namespace cairn::storage::columnar
