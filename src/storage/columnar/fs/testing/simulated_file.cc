// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/testing/simulated_file.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::storage::columnar {
namespace {

std::ptrdiff_t at(std::size_t offset) {
  return static_cast<std::ptrdiff_t>(offset);
}

}  // namespace

void SimulatedFile::append(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void SimulatedFile::truncate(std::size_t size) {
  CAIRN_CHECK(size <= bytes_.size());
  if (size < same_) {
    durable_rest_.insert(durable_rest_.begin(), bytes_.begin() + at(size),
                         bytes_.begin() + at(same_));
    same_ = size;
  }
  if (lost_from_ && size <= *lost_from_) lost_from_.reset();
  bytes_.resize(size);
}

void SimulatedFile::sync() {
  same_ = lost_from_ ? std::min(*lost_from_, bytes_.size()) : bytes_.size();
  durable_rest_.clear();
}

void SimulatedFile::fail_sync() {
  if (same_ < bytes_.size() && !lost_from_) lost_from_ = same_;
}

void SimulatedFile::settle() {
  lost_from_.reset();
  sync();
}

void SimulatedFile::flip_bit(std::uint64_t bit) {
  CAIRN_CHECK(bit / 8 < bytes_.size());
  bytes_[static_cast<std::size_t>(bit / 8)] ^= static_cast<std::byte>(1U << (bit % 8));
}

void SimulatedFile::cut_power(const Random* random) {
  std::size_t kept = 0;
  if (random != nullptr && !lost_from_) {
    kept = static_cast<std::size_t>(pick_up_to(unsynced_bytes(), *random));
  }
  // A truncation that was not synced may have happened on the disk or not.
  const bool truncated = random != nullptr && (*random)() % 2 == 0;
  bytes_.resize(same_ + kept);
  if (!durable_rest_.empty() && !truncated) {
    bytes_.resize(same_);
    append(durable_rest_);
  }
  settle();
}

}  // namespace cairn::storage::columnar
