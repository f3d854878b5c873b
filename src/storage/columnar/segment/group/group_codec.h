// SPDX-License-Identifier: Apache-2.0
//
// One row group of a segment: from the rows of a SpanTable to pages, and back as a RowGroup.
//
// Order of rows: traces by id; in a trace depth first, roots by start, children by start (then span
// id), so that parents come first and a subtree is one range.
// Per trace:  id, first start, duration, number of spans, number of errors.
// Per row:    class; distance to the parent's row (0: no parent in the group, then the parent's id
//             is kept aside unless it is none); span id; shape, resource.
// Per class:  start as distance from the end of the previous sibling, else from the parent's start,
//             else from the trace's first start; duration; each column; extras.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "storage/columnar/head/span_table.h"
#include "storage/columnar/segment/page/page.h"

namespace cairn::storage::columnar {

// How the values of a text column are stored in a segment.
enum class TextForm : std::uint8_t { kDictionary, kPlain };

struct GroupEncoding {
  std::span<const TextForm> text_forms;  // by ColumnId
  int zstd_level = 1;
};

// Encodes `rows` of `table` (whole traces, any order) as a row group. Codes are the table's. Text
// columns that are kDictionary hold no cell that is kElsewhere.
// Returns the group's directory as bytes: everything decode_group() needs besides the pages.
Result<Bytes> encode_group(const SpanTable& table, std::span<const RowIndex> rows,
                           const GroupEncoding& encoding, PageWriter& pages);

// What a group of a segment needs from the segment it lies in. Thread rule: any thread.
class SegmentVocabulary {
 public:
  virtual ~SegmentVocabulary() = default;
  virtual Result<std::shared_ptr<const Schema>> schema() const = 0;
  virtual Result<Pinned<std::string_view>> dictionary(ColumnId column) const = 0;
  // One value of a dictionary, decoding no more than its block; the view lives as long as the pin.
  virtual Result<Pinned<std::string_view>> dictionary_value(ColumnId column,
                                                            std::uint32_t code) const = 0;
};

// One page of a group, for statistics, dump and check.
struct GroupPage {
  std::string column;    // "span_id", "start", "attribute http.method string"
  std::string encoding;  // "pfor"
  PageRef page;
  std::uint64_t values = 0;
};

// A group that lies in a segment, with what only the segment asks of it.
class SegmentGroup : public RowGroup {
 public:
  // The trace's ordinal here, or nullopt.
  virtual Result<std::optional<TraceOrdinal>> find(const model::TraceId& id) const = 0;
  // All pages of the group, checked and named. With `decode`, every page is decoded as well and
  // every invariant of the group tested. Errors: kCorruption for the first thing that is wrong.
  virtual Result<std::vector<GroupPage>> inspect(bool decode) const = 0;
};

// Gives what encode_group() returned. Called again whenever the cache forgot what it said.
using DirectoryReader = std::function<Result<Bytes>()>;

// A group of which nothing is read before it is asked something. `facts` are those of the footer: a
// directory that says otherwise is damaged. `group`, its index in the segment, is its name in the
// cache and in messages. `vocabulary` and `pages` outlive it.
std::shared_ptr<const SegmentGroup> open_group(const GroupFacts& facts, std::uint32_t group,
                                               DirectoryReader directory,
                                               const SegmentVocabulary& vocabulary,
                                               const PageReader& pages);

// The same with the directory at hand, which is looked at. Errors: kCorruption.
Result<std::shared_ptr<const SegmentGroup>> decode_group(ByteView directory, std::uint32_t group,
                                                         const SegmentVocabulary& vocabulary,
                                                         const PageReader& pages);

// The facts of a group without opening it.
Result<GroupFacts> decode_group_facts(ByteView directory);

}  // namespace cairn::storage::columnar
