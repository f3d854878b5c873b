// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_file.h"

namespace cairn::storage::columnar {
namespace {

// Records are gathered into pieces of this size; a payload of at least a quarter of it is not
// worth copying and is written from where it lies.
constexpr std::size_t kGatherBytes = 1_MiB;
constexpr std::size_t kDirectBytes = kGatherBytes / 4;

}  // namespace

Result<void> WalFile::prepare() {
  if (!file_) {
    ASSIGN_OR_RETURN(file_, fs_.create(directory_ + "/" + name_));
  }
  if (needs_truncation_) {
    RETURN_IF_ERROR(file_->truncate(durable_));
    needs_truncation_ = false;
  }
  return {};
}

Result<void> WalFile::write(std::span<const WalRecord> records, Bytes& buffer) {
  buffer.clear();
  if (durable_ == 0) encode_wal_header(header_, buffer);
  std::uint64_t at = durable_ + buffer.size();
  const auto hand_over = [&]() -> Result<void> {
    if (buffer.empty()) return {};
    RETURN_IF_ERROR(file_->append(buffer));
    buffer.clear();
    return {};
  };
  for (const WalRecord& record : records) {
    if (record.payload.empty()) continue;
    const auto frame = encode_wal_frame(header_.head, at, record.payload);
    at += frame.size() + record.payload.size();
    buffer.insert(buffer.end(), frame.begin(), frame.end());
    if (record.payload.size() >= kDirectBytes) {
      RETURN_IF_ERROR(hand_over());
      RETURN_IF_ERROR(file_->append(record.payload));
      continue;
    }
    buffer.insert(buffer.end(), record.payload.begin(), record.payload.end());
    if (buffer.size() >= kGatherBytes - kDirectBytes) RETURN_IF_ERROR(hand_over());
  }
  return hand_over();
}

Result<void> WalFile::make_durable(FsyncPolicy policy, Progress& progress) {
  if (policy == FsyncPolicy::kNone) return {};
  ++progress.syncs;
  RETURN_IF_ERROR(file_->sync());
  if (named_) return {};
  RETURN_IF_ERROR(fs_.sync_directory(directory_));
  named_ = true;
  progress.created = true;
  return {};
}

WalFile::Progress WalFile::commit(std::span<const WalRecord> records, FsyncPolicy policy,
                                  Bytes& buffer) {
  Progress progress;
  while (progress.records < records.size()) {
    const auto rest = records.subspan(progress.records);
    const auto now = policy == FsyncPolicy::kEach ? rest.first(1) : rest;
    const auto attempt = [&]() -> Result<void> {
      RETURN_IF_ERROR(prepare());
      RETURN_IF_ERROR(write(now, buffer));
      return make_durable(policy, progress);
    };
    progress.outcome = attempt();
    if (!progress.outcome) {
      needs_truncation_ = file_ != nullptr;
      return progress;
    }
    progress.bytes += file_->size() - durable_;
    progress.records += now.size();
    durable_ = file_->size();
  }
  return progress;
}

Result<void> WalFile::remove() {
  file_.reset();
  const Result<void> removed = fs_.remove(directory_ + "/" + name_);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  return {};
}

}  // namespace cairn::storage::columnar
