// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/bytes.h"

namespace cairn::storage::columnar {

// Gives the next of a series of numbers.
using Random = std::function<std::uint64_t()>;

// 0 … `most`, both ends much more often than what is between.
inline std::uint64_t pick_up_to(std::uint64_t most, const Random& random) {
  const std::uint64_t kind = random() % 4;
  if (kind == 0) return 0;
  if (kind == 1) return most;
  return most == UINT64_MAX ? random() : random() % (most + 1);
}

// A file as processes see it and as it lies on the disk. Thread rule: its disk's lock.
class SimulatedFile {
 public:
  const Bytes& bytes() const { return bytes_; }
  std::uint64_t unsynced_bytes() const { return bytes_.size() - same_; }

  void append(ByteView bytes);
  void truncate(std::size_t size);
  void sync();
  // What is not on the disk by now never gets there, until it is truncated away.
  void fail_sync();
  // All that is seen is on the disk.
  void settle();
  void flip_bit(std::uint64_t bit);
  // The power was cut. Without `random` what was not synced is gone; with it a part may be there.
  void cut_power(const Random* random);

 private:
  Bytes bytes_;
  std::size_t same_ = 0;  // so many bytes lie on the disk as they are seen …
  Bytes durable_rest_;    // … followed by these, which a truncation took from sight
  std::optional<std::size_t> lost_from_;
};

}  // namespace cairn::storage::columnar
