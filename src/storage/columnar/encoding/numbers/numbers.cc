// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/numbers.h"

#include <algorithm>
#include <array>
#include <limits>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/encoding/numbers/number_planes.h"
#include "storage/columnar/encoding/numbers/number_scale.h"
#include "storage/columnar/encoding/numbers/patched_numbers.h"

namespace cairn::storage::columnar {
namespace {

// The first byte: the form in the low 3 bits, its details above.
enum class Form : std::uint8_t {
  kConstant = 0,  // details: the value, or kLongConstant and a varint behind
  kBlocks = 1,    // details: the sign (2 bits), kScaled, kAscending
  kPlanes = 2,    // details: planes - 1
};
constexpr unsigned kFormBits = 3;
constexpr unsigned kLongConstant = 31;
constexpr unsigned kScaled = 4;
constexpr unsigned kAscending = 8;
constexpr unsigned kSignMask = 3;

void put_first_byte(Form form, unsigned details, Bytes& out) {
  out.push_back(static_cast<std::byte>(static_cast<unsigned>(form) | details << kFormBits));
}

using BlockSize = std::uint16_t;  // of all blocks but the last, behind the scale

std::size_t block_count(std::size_t count) {
  return (count + kBlockValues - 1) / kBlockValues;
}

// --- encoding ---

void encode_constant(std::uint64_t value, Bytes& out) {
  if (value < kLongConstant) {
    put_first_byte(Form::kConstant, static_cast<unsigned>(value), out);
    return;
  }
  put_first_byte(Form::kConstant, kLongConstant, out);
  put_varint(out, value);
}

// A block of an ascending column: the first number, then a block of the steps to the others.
void encode_steps(std::span<std::uint64_t> numbers, Bytes& out) {
  put_varint(out, numbers[0]);
  if (numbers.size() == 1) return;
  for (std::size_t i = numbers.size() - 1; i > 0; --i) numbers[i] -= numbers[i - 1];
  encode_block(numbers.subspan(1), out);
}
bool decode_steps(ByteReader& in, std::span<std::uint64_t> out) {
  out[0] = in.varint();
  if (out.size() > 1 && !decode_block(in, out.subspan(1))) return false;
  for (std::size_t i = 1; i < out.size(); ++i) out[i] += out[i - 1];
  return !in.failed();
}

template <typename T>
void encode_blocks(std::span<const T> values, const NumberScale& scale, bool ascending,
                   Bytes& out) {
  const bool scaled = scale.factor != 1;
  put_first_byte(
      Form::kBlocks,
      static_cast<unsigned>(scale.sign) | (scaled ? kScaled : 0) | (ascending ? kAscending : 0),
      out);
  if (scaled) {
    put_varint(out, scale.factor);
    put_varint(out, scale.offset);
  }
  std::size_t directory = out.size();
  out.resize(out.size() + (block_count(values.size()) - 1) * sizeof(BlockSize));
  std::array<std::uint64_t, kBlockValues> block;
  while (!values.empty()) {
    const std::size_t count = std::min(values.size(), kBlockValues);
    const std::span<std::uint64_t> numbers(block.data(), count);
    apply_scale(scale, values.first(count), numbers);
    values = values.subspan(count);
    const std::size_t start = out.size();
    if (ascending) {
      encode_steps(numbers, out);
    } else {
      encode_block(numbers, out);
    }
    if (values.empty()) break;
    const auto size = static_cast<BlockSize>(out.size() - start);
    std::memcpy(out.data() + directory, &size, sizeof(size));
    directory += sizeof(size);
  }
}

// As blocks of numbers, or of the steps between them when they ascend and that is smaller.
template <typename T>
void encode_blocks(std::span<const T> values, Bytes& out) {
  const NumberScale scale = find_scale(values);
  const std::size_t start = out.size();
  encode_blocks(values, scale, false, out);
  if (scale.sign != NumberSign::kUnsigned || !std::ranges::is_sorted(values)) return;
  Bytes steps;
  encode_blocks(values, scale, true, steps);
  if (steps.size() >= out.size() - start) return;
  out.resize(start);
  put_raw(out, steps);
}

// Replaces what stands behind `start` by planes when these take less than `limit`; whether it did.
template <typename T>
bool replace_by_planes(std::span<const T> values, std::size_t limit, std::size_t start,
                       Bytes& out) {
  Bytes compressed;
  const unsigned planes = encode_planes(values, limit - 1, compressed);
  if (planes == 0) return false;
  out.resize(start);
  put_first_byte(Form::kPlanes, planes - 1, out);
  put_raw(out, compressed);
  return true;
}

// What the column would take as blocks, from one block in its middle.
template <typename T>
std::size_t estimate_blocks(std::span<const T> values) {
  Bytes block;
  encode_blocks(values.subspan((values.size() - kBlockValues) / 2, kBlockValues), block);
  return block.size() * (values.size() / kBlockValues);
}

template <typename T>
void encode(std::span<const T> values, NumberUse use, Bytes& out) {
  if (values.empty()) return;
  if (std::ranges::all_of(values, [first = values[0]](T value) { return value == first; })) {
    encode_constant(values[0], out);
    return;
  }
  const std::size_t start = out.size();
  // When a scan reads it, compression has to save 15 %.
  const auto limit = [use](std::size_t size) {
    return use == NumberUse::kScanned ? size * 85 / 100 : size;
  };
  // Columns of structure compress so well that blocks need not be tried.
  constexpr std::size_t kLong = 4 * kBlockValues;
  if (values.size() >= kLong && repeats_often(values) &&
      replace_by_planes(values, limit(estimate_blocks(values)) * 3 / 4, start, out)) {
    return;
  }
  encode_blocks(values, out);
  const std::size_t size = out.size() - start;
  if (may_compress(values, limit(size))) replace_by_planes(values, limit(size), start, out);
}

// --- decoding ---

Error damaged(std::string_view what) {
  return corruption("numbers: " + std::string(what));
}

struct Column {
  Form form = Form::kConstant;
  unsigned details = 0;
  ByteView body;
};

Result<Column> read_first_byte(ByteView bytes) {
  if (bytes.empty()) return damaged("no bytes");
  const auto first = static_cast<unsigned>(bytes[0]);
  const unsigned form = first & ((1U << kFormBits) - 1);
  if (form > static_cast<unsigned>(Form::kPlanes)) return damaged("unknown form");
  return Column{static_cast<Form>(form), first >> kFormBits, bytes.subspan(1)};
}

Result<std::uint64_t> decode_constant(const Column& column) {
  ByteReader in(column.body);
  const std::uint64_t value = column.details == kLongConstant ? in.varint() : column.details;
  RETURN_IF_ERROR(in.finish("constant number"));
  return value;
}

Result<NumberScale> decode_scale(unsigned details, ByteReader& in) {
  if (details > (kAscending | kScaled | kSignMask)) return damaged("unknown scale");
  NumberScale scale{.sign = static_cast<NumberSign>(details & kSignMask)};
  if ((details & kScaled) != 0) {
    scale.factor = in.varint();
    scale.offset = in.varint();
    if (in.failed() || scale.factor == 0) return damaged("no scale");
  }
  return scale;
}

// The blocks of a column, found by the sizes in front of them.
class BlockReader {
 public:
  static Result<BlockReader> open(const Column& column, std::size_t count) {
    ByteReader in(column.body);
    ASSIGN_OR_RETURN(const NumberScale scale, decode_scale(column.details, in));
    const std::size_t others = block_count(count) - 1;
    // Each block takes two bytes at least: a count that cannot be is found before any memory.
    if (others > in.remaining() / (sizeof(BlockSize) + 2)) return damaged("too short");
    BlockReader reader;
    reader.ascending_ = (column.details & kAscending) != 0;
    reader.scale_ = scale;
    reader.count_ = count;
    reader.sizes_ = in.raw(others * sizeof(BlockSize));
    reader.blocks_ = in.raw(in.remaining());
    return reader;
  }

  std::size_t blocks() const { return block_count(count_); }
  std::size_t values_in(std::size_t block) const {
    return std::min(kBlockValues, count_ - block * kBlockValues);
  }
  // Moves to the block behind the one read last, or skips it.
  Result<void> skip() { return take().has_value() ? Result<void>() : damaged("too short"); }
  Result<void> read(std::span<std::uint64_t> out) {
    ASSIGN_OR_RETURN(const ByteView bytes, take());
    ByteReader in(bytes);
    const bool good = ascending_ ? decode_steps(in, out) : decode_block(in, out);
    if (!good || !in.at_end()) return damaged("a block is damaged");
    undo_scale(scale_, out);
    return {};
  }

 private:
  Result<ByteView> take() {
    std::size_t size = blocks_.size();
    if (next_ + 1 < blocks()) {
      BlockSize stored;
      std::memcpy(&stored, sizes_.data() + next_ * sizeof(stored), sizeof(stored));
      size = stored;
    }
    if (size > blocks_.size()) return damaged("too short");
    const ByteView block = blocks_.first(size);
    blocks_ = blocks_.subspan(size);
    ++next_;
    return block;
  }

  NumberScale scale_;
  bool ascending_ = false;
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  ByteView sizes_;
  ByteView blocks_;
};

template <typename T>
bool narrow(std::span<const std::uint64_t> from, T* to) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    all |= from[i];
    to[i] = static_cast<T>(from[i]);
  }
  return all <= std::numeric_limits<T>::max();
}

template <typename T>
Result<void> decode_blocks(const Column& column, std::size_t count, std::vector<T>& out) {
  ASSIGN_OR_RETURN(BlockReader reader, BlockReader::open(column, count));
  out.resize(count);
  std::array<std::uint64_t, kBlockValues> scratch;
  for (std::size_t block = 0; block < reader.blocks(); ++block) {
    const std::size_t values = reader.values_in(block);
    T* const to = out.data() + block * kBlockValues;
    if constexpr (sizeof(T) == 8) {
      RETURN_IF_ERROR(reader.read({to, values}));
    } else {
      const std::span<std::uint64_t> numbers(scratch.data(), values);
      RETURN_IF_ERROR(reader.read(numbers));
      if (!narrow<T>(numbers, to)) return damaged("a value is too large");
    }
  }
  return {};
}

template <typename T>
Result<void> decode(ByteView bytes, std::size_t count, std::vector<T>& out) {
  out.clear();
  if (count == 0) return bytes.empty() ? Result<void>() : damaged("bytes for no values");
  ASSIGN_OR_RETURN(const Column column, read_first_byte(bytes));
  switch (column.form) {
    case Form::kConstant: {
      ASSIGN_OR_RETURN(const std::uint64_t value, decode_constant(column));
      if (value > std::numeric_limits<T>::max()) return damaged("a value is too large");
      out.assign(count, static_cast<T>(value));
      return {};
    }
    case Form::kBlocks:
      return decode_blocks(column, count, out);
    case Form::kPlanes: {
      out.resize(count);
      if (!decode_planes<T>(column.body, column.details + 1, out)) return damaged("planes");
      return {};
    }
  }
  return damaged("unknown form");
}

Result<void> decode_blocks_at(const Column& column, std::size_t count, std::size_t first,
                              std::size_t n, std::vector<std::uint64_t>& out) {
  ASSIGN_OR_RETURN(BlockReader reader, BlockReader::open(column, count));
  std::size_t block = 0;
  for (; block < first / kBlockValues; ++block) RETURN_IF_ERROR(reader.skip());
  std::array<std::uint64_t, kBlockValues> scratch;
  out.reserve(out.size() + n);
  while (n > 0) {
    const std::span<std::uint64_t> numbers(scratch.data(), reader.values_in(block));
    RETURN_IF_ERROR(reader.read(numbers));
    const auto wanted = numbers.subspan(first - block * kBlockValues)
                            .first(std::min(n, numbers.size() - (first - block * kBlockValues)));
    out.insert(out.end(), wanted.begin(), wanted.end());
    n -= wanted.size();
    first += wanted.size();
    ++block;
  }
  return {};
}

}  // namespace

void encode_numbers(std::span<const std::uint64_t> values, NumberUse use, Bytes& out) {
  encode(values, use, out);
}
void encode_numbers(std::span<const std::uint32_t> values, NumberUse use, Bytes& out) {
  encode(values, use, out);
}

Result<void> decode_numbers(ByteView bytes, std::size_t count, std::vector<std::uint64_t>& out) {
  return decode(bytes, count, out);
}
Result<void> decode_numbers(ByteView bytes, std::size_t count, std::vector<std::uint32_t>& out) {
  return decode(bytes, count, out);
}

Result<void> decode_numbers_at(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                               std::vector<std::uint64_t>& out) {
  CAIRN_CHECK(first <= count && n <= count - first);
  if (n == 0) return {};
  ASSIGN_OR_RETURN(const Column column, read_first_byte(bytes));
  if (column.form == Form::kBlocks) return decode_blocks_at(column, count, first, n, out);
  if (column.form == Form::kConstant) {
    ASSIGN_OR_RETURN(const std::uint64_t value, decode_constant(column));
    out.insert(out.end(), n, value);
    return {};
  }
  std::vector<std::uint64_t> all;
  RETURN_IF_ERROR(decode(bytes, count, all));
  const auto from = all.begin() + static_cast<std::ptrdiff_t>(first);
  out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(n));
  return {};
}

std::string_view number_encoding_name(ByteView bytes) {
  const Result<Column> column = read_first_byte(bytes);
  if (!column) return bytes.empty() ? "empty" : "unknown";
  switch (column->form) {
    case Form::kConstant:
      return "constant";
    case Form::kBlocks:
      if ((column->details & kAscending) != 0) return "pfor steps";
      return (column->details & kScaled) != 0 ? "pfor scaled" : "pfor";
    case Form::kPlanes:
      return "planes zstd";
  }
  return "unknown";
}

std::string describe_numbers(ByteView bytes) {
  std::string text(number_encoding_name(bytes));
  const Result<Column> column = read_first_byte(bytes);
  if (!column) return text;
  if (column->form == Form::kConstant) {
    const Result<std::uint64_t> value = decode_constant(*column);
    if (value) text += " " + std::to_string(*value);
  } else if (column->form == Form::kPlanes) {
    text += ", " + std::to_string(column->details + 1) + " planes";
  } else {
    ByteReader in(column->body);
    const Result<NumberScale> scale = decode_scale(column->details, in);
    if (!scale) return text;
    if (scale->sign == NumberSign::kDecimal) text += ", double";
    if (scale->sign == NumberSign::kSigned || scale->sign == NumberSign::kZigzag) {
      text += ", signed";
    }
    if (scale->factor != 1) text += ", scale " + std::to_string(scale->factor);
  }
  return text;
}

}  // namespace cairn::storage::columnar
