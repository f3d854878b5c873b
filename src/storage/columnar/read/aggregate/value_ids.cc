// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/aggregate/value_ids.h"

#include <bit>

#include <xxhash.h>

#include "base/random_seed.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

enum Type : std::uint8_t { kBool, kInt, kDouble, kText };

// Values are chosen by peers: nobody may aim at collisions.
std::uint64_t hash_seed() {
  static const std::uint64_t seed = random_seed();
  return seed;
}

}  // namespace

std::size_t ValueIds::Hash::operator()(const Key& key) const {
  if (key.type == kText) return XXH3_64bits_withSeed(key.text.data(), key.text.size(), hash_seed());
  return XXH3_64bits_withSeed(&key.bits, sizeof(key.bits), hash_seed() + key.type);
}

ValueIds::Key ValueIds::key_of(const AnyValue& value, std::string& scratch) {
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      return {kBool, value.as_bool() ? 1u : 0u, {}};
    case AnyValue::Kind::kInt:
      return {kInt, static_cast<std::uint64_t>(value.as_int()), {}};
    case AnyValue::Kind::kDouble:
      return {kDouble, std::bit_cast<std::uint64_t>(value.as_double()), {}};
    case AnyValue::Kind::kString:
      return {kText, 0, value.as_string()};
    default:
      scratch = model::to_display_text(value);
      return {kText, 0, scratch};
  }
}

std::uint32_t ValueIds::id_of(const AnyValue& value) {
  Key key = key_of(value, scratch_);
  const auto found = ids_.find(key);
  if (found != ids_.end()) return found->second;
  if (values_.size() >= kMostValues || bytes_ + key.text.size() > kMostBytes) {
    full_ = true;
    return kFull;
  }
  bytes_ += key.text.size();
  key.text = arena_.copy(key.text);
  const auto id = static_cast<std::uint32_t>(values_.size());
  values_.push_back(key);
  ids_.emplace(key, id);
  return id;
}

Constant ValueIds::constant(std::uint32_t id) const {
  const Key& key = values_[id];
  switch (key.type) {
    case kBool:
      return key.bits != 0;
    case kInt:
      return static_cast<std::int64_t>(key.bits);
    case kDouble:
      return std::bit_cast<double>(key.bits);
    default:
      return std::string(key.text);
  }
}

}  // namespace cairn::storage::columnar
