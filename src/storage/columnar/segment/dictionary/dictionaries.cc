// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/dictionary/dictionaries.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/segment/page/cache_kind.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::uint64_t kMostPageText = kChunkText + kLongestValue;

struct DecodedPage {
  Bytes bytes;
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();
  std::vector<std::string_view> values;

  std::size_t memory_bytes() const {
    return sizeof(*this) + bytes.capacity() + arena->reserved_bytes() +
           values.capacity() * sizeof(std::string_view);
  }
};

struct WholeDictionary {
  std::vector<std::shared_ptr<const void>> pages;
  std::vector<std::string_view> values;
};

using LoadedPage = Result<std::pair<DecodedPage, std::size_t>>;
using LoadedWhole = Result<std::pair<WholeDictionary, std::size_t>>;

// What every reader may rely on for the memory that values cost: they are different, so that one at
// most is empty, and none is long.
bool are_values(std::span<const std::string_view> texts) {
  std::size_t size = 0;
  for (const std::string_view text : texts) {
    if (text.size() > kLongestValue) return false;
    size += text.size();
  }
  return texts.size() <= size + 1;
}

LoadedPage load_page(const DictionaryPage& page, const SegmentFooter& footer,
                     const PageReader& pages) {
  constexpr std::string_view kWhat = "dictionaries";
  const auto damaged = [&](std::string_view why) {
    return corruption(
        fmt::format("{}: page at {} ({}): {}", pages.name(), page.packed.page.offset, kWhat, why));
  };
  DecodedPage decoded;
  ASSIGN_OR_RETURN(decoded.bytes, read_packed(pages, page.packed, kWhat));
  if (page.text_bytes > kMostPageText) return damaged("impossible size");
  ByteReader in(decoded.bytes);
  for (std::uint32_t i = 0; i < page.chunks; ++i) {
    const DictionaryChunk& chunk = footer.chunks[page.first_chunk + i];
    const ByteView bytes = in.raw(chunk.bytes);
    if (in.failed()) return damaged("ends early");
    if (auto done = decode_texts_at(bytes, chunk.values, 0, chunk.values,
                                    static_cast<std::size_t>(page.text_bytes), *decoded.arena,
                                    decoded.values);
        !done) {
      return damaged(fmt::format("column {}: {}", chunk.column, done.error().message));
    }
    if (!are_values(std::span(decoded.values).last(chunk.values))) {
      return damaged(fmt::format("column {}: texts that are no values", chunk.column));
    }
  }
  if (!in.at_end()) return damaged("has bytes left over");
  const std::size_t bytes = decoded.memory_bytes();
  return std::pair(std::move(decoded), bytes);
}

}  // namespace

Result<SegmentDictionaries> SegmentDictionaries::make(const SegmentFooter& footer) {
  SegmentDictionaries made;
  made.places_.reserve(footer.chunks.size());
  for (std::uint32_t p = 0; p < footer.dictionary_pages.size(); ++p) {
    const DictionaryPage& page = footer.dictionary_pages[p];
    std::uint64_t first_in_page = 0;
    for (std::uint32_t i = page.first_chunk; i < page.first_chunk + page.chunks; ++i) {
      const DictionaryChunk& chunk = footer.chunks[i];
      made.places_.push_back({chunk.column, i, p, static_cast<std::uint32_t>(first_in_page)});
      first_in_page += chunk.values;
    }
    if (first_in_page > kElsewhere) return corruption("footer: a page of too many values");
  }
  std::ranges::sort(made.places_, [&](const Place& a, const Place& b) {
    if (a.column != b.column) return a.column < b.column;
    return footer.chunks[a.chunk].first < footer.chunks[b.chunk].first;
  });
  for (std::size_t i = 0; i < made.places_.size(); ++i) {
    const bool continues = i > 0 && made.places_[i - 1].column == made.places_[i].column;
    const DictionaryChunk* before = continues ? &footer.chunks[made.places_[i - 1].chunk] : nullptr;
    const std::uint32_t expected = before == nullptr ? 0 : before->first + before->values;
    if (footer.chunks[made.places_[i].chunk].first != expected) {
      return corruption(
          fmt::format("footer: the dictionary of column {} has a gap", made.places_[i].column));
    }
  }
  return made;
}

std::span<const SegmentDictionaries::Place> SegmentDictionaries::places_of(ColumnId column) const {
  const auto range = std::ranges::equal_range(places_, column, {}, &Place::column);
  return {range.begin(), range.end()};
}

std::uint32_t SegmentDictionaries::size(ColumnId column, const SegmentFooter& footer) const {
  const auto places = places_of(column);
  if (places.empty()) return 0;
  const DictionaryChunk& last = footer.chunks[places.back().chunk];
  return last.first + last.values;
}

Result<Pinned<std::string_view>> SegmentDictionaries::chunk_values(const Place& place,
                                                                   const SegmentFooter& footer,
                                                                   const PageReader& pages) const {
  const DictionaryPage& page = footer.dictionary_pages[place.page];
  ASSIGN_OR_RETURN(auto decoded, pages.cache().get<DecodedPage>(
                                     cache_key(pages, CacheKind::kDictionaryPage, place.page),
                                     [&] { return load_page(page, footer, pages); }));
  const auto values = std::span<const std::string_view>(decoded->values)
                          .subspan(place.first_in_page, footer.chunks[place.chunk].values);
  return Pinned<std::string_view>{std::move(decoded), values};
}

Result<Pinned<std::string_view>> SegmentDictionaries::all(ColumnId column,
                                                          const SegmentFooter& footer,
                                                          const PageReader& pages) const {
  const auto places = places_of(column);
  if (places.empty()) return Pinned<std::string_view>{};
  if (places.size() == 1) return chunk_values(places[0], footer, pages);
  const auto load = [&]() -> LoadedWhole {
    WholeDictionary whole;
    std::size_t bytes = sizeof whole;
    for (const Place& place : places) {
      ASSIGN_OR_RETURN(const auto values, chunk_values(place, footer, pages));
      whole.values.insert(whole.values.end(), values.view.begin(), values.view.end());
      whole.pages.push_back(values.owner);
      bytes += footer.dictionary_pages[place.page].text_bytes;
    }
    bytes += whole.values.capacity() * sizeof(std::string_view);
    return std::pair(std::move(whole), bytes);
  };
  ASSIGN_OR_RETURN(auto whole, pages.cache().get<WholeDictionary>(
                                   cache_key(pages, CacheKind::kDictionary, column), load));
  const std::span<const std::string_view> values(whole->values);
  return Pinned<std::string_view>{std::move(whole), values};
}

Result<Pinned<std::string_view>> SegmentDictionaries::value(ColumnId column, std::uint32_t code,
                                                            const SegmentFooter& footer,
                                                            const PageReader& pages) const {
  const auto places = places_of(column);
  const auto after = std::ranges::upper_bound(
      places, code, {}, [&](const Place& place) { return footer.chunks[place.chunk].first; });
  if (code >= size(column, footer)) {
    return corruption(
        fmt::format("{}: column {} has no dictionary value {}", pages.name(), column, code));
  }
  const Place& place = *std::prev(after);
  ASSIGN_OR_RETURN(auto values, chunk_values(place, footer, pages));
  const std::size_t at = code - footer.chunks[place.chunk].first;
  return Pinned<std::string_view>{std::move(values.owner), values.view.subspan(at, 1)};
}

}  // namespace cairn::storage::columnar
