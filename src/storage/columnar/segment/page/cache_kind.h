// SPDX-License-Identifier: Apache-2.0
//
// What the cache keeps of an open segment. Every key says what was decoded and which of its kind by
// a number of the reader's own, never by an offset alone: a forged file may lay pages of any kinds
// and sizes over one another, and what is found under a key is used without another look.
#pragma once

#include "storage/columnar/segment/page/page.h"

namespace cairn::storage::columnar {

enum class CacheKind : std::uint8_t {
  // Of the segment.
  kSchema = 1,
  kPreAggregates,
  kDictionaryPage,  // by number among the footer's pages
  kDictionary,      // by column, when it lies in several pages
  kTextPage,        // by offset: bytes, which every use decodes and tests again
  // Of a group: by the group's number in the upper 24 bits, below it that of a class or a page.
  kDirectory,
  kTopology,
  kRowLists,
  kStarts,
  kResources,
  kClassResources,
  kDurations,
  kShapes,
  kShapeArray,
  kHasExtra,
  kExtras,
  kColumn,
  kTraceIdPage,
  kTraceStarts,
  kTraceTable,
  kSpanIdPage,
  kSpanIds,
  kParentIds,
  kTraceOfRows,
  kExternals,
  kClassPages,
};

// `number` is below 2^56.
inline PageCache::Key cache_key(const PageReader& pages, CacheKind kind, std::uint64_t number = 0) {
  return {pages.segment(), static_cast<std::uint64_t>(kind) << 56 | number};
}

}  // namespace cairn::storage::columnar
