// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/head/row/vocabulary.h"
#include "storage/columnar/segment/dictionary/dictionaries.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kSmallText = 4_KiB;  // below, dictionaries share a page
static_assert(kLongText <= kLongestValue, "a head keeps longer texts out of its dictionaries");

// Thread rule: one thread.
class DictionaryWriter {
 public:
  DictionaryWriter(int zstd_level, PageWriter& pages, SegmentFooter& footer)
      : level_(zstd_level), pages_(pages), footer_(footer) {}

  // Cuts the values of a column into chunks.
  Result<void> add(ColumnId column, const StableVector<std::string_view>& values) {
    std::uint32_t first = 0;
    std::vector<std::string_view> texts;
    std::size_t text_bytes = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      texts.push_back(values[i]);
      text_bytes += values[i].size();
      if (text_bytes < kChunkText && texts.size() < kMostChunkValues && i + 1 < values.size())
        continue;
      RETURN_IF_ERROR(add_chunk({column, first, static_cast<std::uint32_t>(texts.size()), 0}, texts,
                                text_bytes));
      first += static_cast<std::uint32_t>(texts.size());
      texts.clear();
      text_bytes = 0;
    }
    return {};
  }

  // The page of small dictionaries that is being filled.
  Result<void> finish() {
    if (open_chunks_.empty()) return {};
    // The texts in it are too short to have been compressed on their own.
    ASSIGN_OR_RETURN(const PackedPage packed, write_packed(pages_, open_bytes_, level_));
    put_page(packed, open_text_, open_chunks_);
    open_chunks_.clear();
    open_bytes_.clear();
    open_text_ = 0;
    return {};
  }

 private:
  Result<void> add_chunk(DictionaryChunk chunk, std::span<const std::string_view> texts,
                         std::size_t text_bytes) {
    if (text_bytes < kSmallText) {
      if (open_text_ + text_bytes > kChunkText) RETURN_IF_ERROR(finish());
      const std::size_t before = open_bytes_.size();
      encode_texts(texts, level_, open_bytes_);
      chunk.bytes = static_cast<std::uint32_t>(open_bytes_.size() - before);
      open_chunks_.push_back(chunk);
      open_text_ += text_bytes;
      return {};
    }
    Bytes encoded;
    encode_texts(texts, level_, encoded);
    chunk.bytes = static_cast<std::uint32_t>(encoded.size());
    ASSIGN_OR_RETURN(const PageRef page, pages_.write(encoded));
    put_page({page, 0}, text_bytes, {&chunk, 1});
    return {};
  }

  void put_page(const PackedPage& packed, std::size_t text_bytes,
                std::span<const DictionaryChunk> chunks) {
    footer_.dictionary_pages.push_back({packed, text_bytes,
                                        static_cast<std::uint32_t>(footer_.chunks.size()),
                                        static_cast<std::uint32_t>(chunks.size())});
    footer_.chunks.insert(footer_.chunks.end(), chunks.begin(), chunks.end());
  }

  int level_;
  PageWriter& pages_;
  SegmentFooter& footer_;
  Bytes open_bytes_;
  std::size_t open_text_ = 0;
  std::vector<DictionaryChunk> open_chunks_;
};

}  // namespace

Result<void> write_dictionaries(const SpanTable& table, std::span<const TextForm> forms,
                                int zstd_level, PageWriter& pages, SegmentFooter& footer) {
  DictionaryWriter writer(zstd_level, pages, footer);
  for (std::size_t column = 0; column < forms.size(); ++column) {
    if (forms[column] != TextForm::kDictionary) continue;
    RETURN_IF_ERROR(writer.add(static_cast<ColumnId>(column), *table.dictionaries[column]));
  }
  return writer.finish();
}

}  // namespace cairn::storage::columnar
