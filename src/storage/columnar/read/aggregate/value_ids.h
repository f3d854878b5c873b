// SPDX-License-Identifier: Apache-2.0
//
// ValueIds: small numbers for the different values that a question meets, in order of first
// meeting. Two values are the same when compare() of condition.h says so: type and value, doubles
// by bits; bytes, arrays, lists and empty values are their display text.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/arena.h"
#include "storage/api/condition.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Memory: bounded; values beyond are kFull.
class ValueIds {
 public:
  static constexpr std::uint32_t kFull = 0xffff'ffff;
  static constexpr std::size_t kMostValues = 500'000;
  static constexpr std::size_t kMostBytes = 64_MiB;  // of text

  std::uint32_t id_of(const model::AnyValue& value);
  std::size_t size() const { return values_.size(); }
  // The value as a reader sees it. REQUIRES: id < size().
  Constant constant(std::uint32_t id) const;
  bool full() const { return full_; }

 private:
  struct Key {
    std::uint8_t type = 0;
    std::uint64_t bits = 0;  // of numbers
    std::string_view text;   // of strings

    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  static Key key_of(const model::AnyValue& value, std::string& scratch);

  Arena arena_;
  std::size_t bytes_ = 0;
  bool full_ = false;
  std::string scratch_;
  std::vector<Key> values_;
  std::unordered_map<Key, std::uint32_t, Hash> ids_;
};

}  // namespace cairn::storage::columnar
