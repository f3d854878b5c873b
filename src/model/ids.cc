// SPDX-License-Identifier: Apache-2.0
#include "model/ids.h"

#include <fmt/format.h>
#include <xxhash.h>

#include "base/hex.h"
#include "base/random_seed.h"

namespace cairn::model {
namespace {

// Left-pads `hex` with zeros to the width of Id.
template <typename Id>
Result<Id> id_from_hex(std::string_view hex, std::string_view what) {
  constexpr std::size_t kDigits = 2 * sizeof(Id);
  if (hex.empty() || hex.size() > kDigits) {
    return invalid_argument(
        fmt::format("{} must have 1 to {} hex digits, not {}", what, kDigits, hex.size()));
  }
  std::array<char, kDigits> padded;
  padded.fill('0');
  hex.copy(padded.data() + kDigits - hex.size(), hex.size());
  Id id;
  if (!cairn::from_hex({padded.data(), kDigits}, id.bytes)) {
    return invalid_argument(fmt::format("{} has a character that is not a hex digit", what));
  }
  return id;
}

template <typename Id>
bool assign_id(Id& id, ByteView from) {
  if (from.size() != sizeof(Id)) return false;
  std::memcpy(id.bytes.data(), from.data(), sizeof(Id));
  return true;
}

std::uint64_t hash_seed() {
  static const std::uint64_t seed = random_seed();
  return seed;
}

}  // namespace

Result<TraceId> TraceId::from_hex(std::string_view hex) {
  return id_from_hex<TraceId>(hex, "trace id");
}
bool TraceId::assign(ByteView from) {
  return assign_id(*this, from);
}
std::string TraceId::to_hex() const {
  return cairn::to_hex(bytes);
}

Result<SpanId> SpanId::from_hex(std::string_view hex) {
  return id_from_hex<SpanId>(hex, "span id");
}
bool SpanId::assign(ByteView from) {
  return assign_id(*this, from);
}
std::string SpanId::to_hex() const {
  return cairn::to_hex(bytes);
}

}  // namespace cairn::model

std::size_t std::hash<cairn::model::TraceId>::operator()(
    const cairn::model::TraceId& id) const noexcept {
  return XXH3_64bits_withSeed(id.bytes.data(), id.bytes.size(), cairn::model::hash_seed());
}

std::size_t std::hash<cairn::model::SpanId>::operator()(
    const cairn::model::SpanId& id) const noexcept {
  return XXH3_64bits_withSeed(id.bytes.data(), id.bytes.size(), cairn::model::hash_seed());
}
