// SPDX-License-Identifier: Apache-2.0
//
// ColumnWriter: writes the pages of a group and, in the same order, its directory: for every column
// the form that is smallest, in the directory itself where that is enough.
// Thread rule: one thread.
#pragma once

#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/segment/group/group_directory.h"

namespace cairn::storage::columnar {

class ColumnWriter {
 public:
  ColumnWriter(PageWriter& pages, int zstd_level) : pages_(pages), level_(zstd_level) {}

  Bytes& directory() { return directory_; }

  // One page of bytes as they are. Empty bytes are a mistake of ours.
  Result<void> page(ByteView bytes);
  // Each of the following writes one NumberColumn or TextColumn. Empty sequences are allowed; any
  // sign, as two's complement.
  Result<void> numbers(std::span<const std::uint64_t> values, NumberUse use);
  Result<void> numbers(std::span<const std::uint32_t> values, NumberUse use);
  // The same, and few different values stand once in the directory.
  Result<void> codes(std::span<const std::uint32_t> values, NumberUse use);
  Result<void> integers(std::span<const std::uint64_t> values);
  Result<void> doubles(std::span<const std::uint64_t> bits);  // IEEE
  Result<void> texts(std::span<const std::string_view> values);

 private:
  template <typename T>
  Result<void> plain(std::span<const T> values, NumberUse use);
  template <typename T>
  bool worth_dictionary(std::span<const T> values, int width);
  Result<void> dictionary(NumberUse use);
  Result<void> text_page(std::span<const std::string_view> values, std::uint64_t bytes);
  void head(NumberColumn::Form form, std::uint8_t decimals = 0);
  void constant(std::uint64_t value);

  PageWriter& pages_;
  int level_;
  Bytes directory_;
  Bytes scratch_;
  std::vector<std::uint64_t> decimals_;       // doubles as whole numbers
  std::vector<std::uint64_t> local_values_;   // the dictionary under consideration
  std::vector<std::uint32_t> local_indexes_;  // and the values as indexes into it
};

}  // namespace cairn::storage::columnar
