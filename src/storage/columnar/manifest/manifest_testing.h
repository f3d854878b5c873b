// SPDX-License-Identifier: Apache-2.0
//
// Edits for tests.
#pragma once

#include "storage/columnar/manifest/manifest.h"

namespace cairn::storage::columnar {

inline SegmentInfo segment_info(std::uint64_t id, std::string tenant = "") {
  return {.id = id,
          .tenant = std::move(tenant),
          .partition = 490'123,
          .level = 1,
          .bytes = 1'400'000,
          .rows = 65'536,
          .traces = 4'300,
          .min_start = {1'764'442'800'000'000'000},
          .max_start = {1'764'446'399'999'999'999}};
}

inline ManifestEdit add_segment(std::uint64_t id) {
  return {.add_segments = {segment_info(id)},
          .remove_segments = {},
          .finished_heads = {},
          .forgotten_heads = {},
          .next_id = 0};
}

inline ManifestEdit remove_segment(std::uint64_t id) {
  return {.add_segments = {},
          .remove_segments = {id},
          .finished_heads = {},
          .forgotten_heads = {},
          .next_id = 0};
}

}  // namespace cairn::storage::columnar
