// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/bit_unpackers.h"

#include <vector>

namespace cairn::storage::columnar {

std::span<const BitUnpacker> bit_unpackers() {
  static const std::vector<BitUnpacker> kAll = [] {
    std::vector<BitUnpacker> all = {portable_unpacker()};
    if (has_avx2()) all.push_back(avx2_unpacker(all.front()));
    return all;
  }();
  return kAll;
}

}  // namespace cairn::storage::columnar
