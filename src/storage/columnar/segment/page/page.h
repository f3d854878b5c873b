// SPDX-License-Identifier: Apache-2.0
//
// Page: the unit of a segment file that is read and checked at once: one column of one class of one
// row group, a dictionary, the schema … Pages follow one another without gaps; what a page holds
// and how many values is known from the directory that refers to it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/mutex.h"
#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/fs/file_system.h"

namespace cairn::storage::columnar {

struct PageRef {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
  std::uint32_t checksum = 0;  // xxh3-64 of the bytes, low half

  std::uint64_t end() const { return offset + size; }
  bool operator==(const PageRef&) const = default;
};

std::uint32_t page_checksum(ByteView bytes);

// Appends pages to a file, in larger writes. Thread rule: one thread.
class PageWriter {
 public:
  explicit PageWriter(AppendFile& file) : file_(file) {}
  // An empty page is never written: PageRef{}.
  // Errors: the disk's; kResourceExhausted for a page of 4 GiB and more.
  Result<PageRef> write(ByteView bytes);
  Result<void> flush();
  std::uint64_t size() const { return file_.size() + buffer_.size(); }

 private:
  AppendFile& file_;
  Bytes buffer_;
};

// What was read and decoded lately, shared by all segments of a store, bounded in bytes (least
// recently used goes first). What is larger than a shard of the cache is never kept.
// Thread rule: any thread.
class PageCache {
 public:
  explicit PageCache(std::size_t max_bytes);
  ~PageCache();

  struct Key {
    std::uint64_t segment = 0;  // what new_reader() gave
    // Unique in the segment: a page's offset, or a number of the reader's own.
    std::uint64_t what = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    std::shared_ptr<const void> value;
    std::size_t bytes = 0;
  };

  // The value under `key`, or what `load` makes of it (several threads may load the same at once).
  template <typename T>
  Result<std::shared_ptr<const T>> get(
      const Key& key, const std::function<Result<std::pair<T, std::size_t>>()>& load) {
    if (auto found = find(key)) return std::static_pointer_cast<const T>(found);
    ASSIGN_OR_RETURN(auto loaded, load());
    auto value = std::make_shared<const T>(std::move(loaded.first));
    insert(key, {value, loaded.second});
    return value;
  }
  // A number that no other reader has: for the keys of one opened segment.
  std::uint64_t new_reader();
  // Forgets everything under keys with `segment`, which is gone.
  void drop(std::uint64_t segment);
  std::size_t bytes() const;

 private:
  std::shared_ptr<const void> find(const Key& key);
  void insert(const Key& key, Entry entry);

  struct State;
  std::unique_ptr<State> state_;
};

// Whether what is read must match its checksum. Only a fuzzer, which cannot make checksums, and
// people who look into a damaged file do without.
enum class Checksums { kVerified, kIgnored };

// Reads pages of one segment file. Errors name the segment, the page's offset and what it holds.
// Thread rule: any thread.
class PageReader {
 public:
  PageReader(std::string name, std::uint64_t segment, std::shared_ptr<const ReadFile> file,
             PageCache& cache, Checksums checksums = Checksums::kVerified)
      : name_(std::move(name)),
        segment_(segment),
        file_(std::move(file)),
        cache_(cache),
        checksums_(checksums) {}

  // The bytes of a page, checked; not cached. `what` is for the message: "starts of class 4".
  Result<Bytes> read(const PageRef& page, std::string_view what) const;
  // Several pages that lie one behind the other (empty ones may stand between them), with one read:
  // each checked. The views point into `buffer`.
  Result<std::vector<ByteView>> read_run(std::span<const PageRef> pages, std::string_view what,
                                         Bytes& buffer) const;

  PageCache& cache() const { return cache_; }
  const std::string& name() const { return name_; }
  std::uint64_t segment() const { return segment_; }  // for keys of the cache
  const ReadFile& file() const { return *file_; }
  Checksums checksums() const { return checksums_; }

 private:
  Error damaged(const PageRef& page, std::string_view what, std::string_view why) const;
  Result<void> check_place(const PageRef& page, std::string_view what) const;
  bool matches(const PageRef& page, ByteView bytes) const {
    return checksums_ == Checksums::kIgnored || page_checksum(bytes) == page.checksum;
  }

  std::string name_;
  std::uint64_t segment_;
  std::shared_ptr<const ReadFile> file_;
  PageCache& cache_;
  Checksums checksums_;
};

}  // namespace cairn::storage::columnar
