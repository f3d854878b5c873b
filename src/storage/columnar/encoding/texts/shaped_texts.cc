// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/shaped_texts.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/encoding/compressed_block.h"
#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/text_blocks.h"
#include "storage/columnar/encoding/texts/text_fields.h"
#include "storage/columnar/encoding/texts/text_shape.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kMaxShapes = 64;

// --- encoding ---

struct Shape {
  std::string key;
  std::vector<std::vector<std::string_view>> columns;  // by field, the texts in order
};

// The shape of texts that have none of the others: one word, whatever it is.
std::string any_text_shape() {
  return {'\0', static_cast<char>(FieldKind::kWord), '\0'};
}

// Splits texts, then keeps the shapes that come often.
class Collector {
 public:
  void add(std::string_view text) {
    const std::size_t first = fields_.size();
    std::uint32_t code = kNoShape;
    if (split_text(text, key_, split_)) {
      code = code_of_key();
      ++counts_[code];
      fields_.insert(fields_.end(), split_.begin(), split_.end());
    }
    texts_.push_back({text, code, first});
  }

  // The shapes with their columns, and which each text has. False when that is not worth it: most
  // texts have no shape in common, or there are no fields.
  bool finish(std::vector<Shape>& shapes, std::vector<std::uint32_t>& shape_of_text) {
    std::vector<std::uint32_t> kept = keep_shapes(shapes);
    std::size_t others = 0;
    for (const Text& text : texts_) {
      const std::uint32_t shape = text.code == kNoShape ? kNoShape : kept[text.code];
      others += shape == kNoShape ? 1 : 0;
      shape_of_text.push_back(shape == kNoShape ? static_cast<std::uint32_t>(shapes.size())
                                                : shape);
    }
    if (others * 2 > texts_.size()) return false;
    const auto no_field = [](const Shape& shape) { return shape.columns.empty(); };
    if (std::ranges::all_of(shapes, no_field)) return false;
    if (others > 0) shapes.push_back({any_text_shape(), {1, std::vector<std::string_view>()}});
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      Shape& shape = shapes[shape_of_text[i]];
      if (others > 0 && shape_of_text[i] + 1 == shapes.size()) {
        shape.columns[0].push_back(texts_[i].text);
        continue;
      }
      for (std::size_t field = 0; field < shape.columns.size(); ++field) {
        shape.columns[field].push_back(fields_[texts_[i].first_field + field]);
      }
    }
    return true;
  }

 private:
  static constexpr std::uint32_t kNoShape = ~std::uint32_t{0};
  static constexpr std::uint32_t kFewest = 3;  // texts that make a shape worth its bytes

  struct Text {
    std::string_view text;
    std::uint32_t code;  // into counts_
    std::size_t first_field;
  };

  std::uint32_t code_of_key() {
    if (last_ != nullptr && last_->first == key_) return last_->second;
    const auto [found, is_new] =
        codes_.try_emplace(key_, static_cast<std::uint32_t>(counts_.size()));
    if (is_new) counts_.push_back(0);
    last_ = &*found;
    return found->second;
  }

  // Appends the most frequent shapes to `shapes`; by code, the place there or kNoShape.
  std::vector<std::uint32_t> keep_shapes(std::vector<Shape>& shapes) const {
    std::vector<const Codes::value_type*> frequent;
    for (const auto& entry : codes_) {
      if (counts_[entry.second] >= kFewest || counts_.size() == 1) frequent.push_back(&entry);
    }
    std::ranges::sort(frequent, [this](const auto* a, const auto* b) {
      return std::pair(counts_[b->second], a->second) < std::pair(counts_[a->second], b->second);
    });
    frequent.resize(std::min(frequent.size(), kMaxShapes - 1));
    std::vector<std::uint32_t> kept(counts_.size(), kNoShape);
    ShapeParts parts;
    for (const auto* entry : frequent) {
      CAIRN_CHECK(parse_shape(entry->first, parts));
      kept[entry->second] = static_cast<std::uint32_t>(shapes.size());
      shapes.push_back(
          {entry->first, std::vector<std::vector<std::string_view>>(parts.fields.size())});
    }
    return kept;
  }

  using Codes = std::unordered_map<std::string, std::uint32_t>;
  Codes codes_;
  const Codes::value_type* last_ = nullptr;  // neighbours often have the same shape
  std::vector<std::uint32_t> counts_;        // texts, by code
  std::vector<std::string_view> fields_;     // of all texts
  std::vector<Text> texts_;
  std::string key_;
  std::vector<std::string_view> split_;
};

bool is_raw(FieldMark mark) {
  return mark.kind == FieldKind::kHex || mark.kind == FieldKind::kUuid;
}
std::size_t raw_size(FieldMark mark) {
  return mark.kind == FieldKind::kUuid ? kUuidBytes : mark.size / std::size_t{2};
}

// Appends the bytes that the digits say.
void append_raw(FieldMark mark, std::span<const std::string_view> texts, Bytes& raw) {
  std::size_t at = raw.size();
  raw.resize(at + texts.size() * raw_size(mark));
  for (const std::string_view text : texts) {
    std::byte* const to = raw.data() + at;
    CAIRN_CHECK(mark.kind == FieldKind::kUuid ? parse_uuid(text, to) : parse_hex(text, to));
    at += raw_size(mark);
  }
}

void encode_field(FieldMark mark, std::span<const std::string_view> texts, int level, Bytes& out) {
  Bytes column;
  if (mark.kind == FieldKind::kWord) {
    encode_text_blocks(texts, level, column);
  } else {
    std::vector<std::uint64_t> numbers(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const char* const end = texts[i].data() + texts[i].size();
      CAIRN_CHECK(std::from_chars(texts[i].data(), end, numbers[i]).ptr == end);
    }
    encode_numbers(numbers, NumberUse::kStored, column);
  }
  put_sized(out, column);
}

// The same id often stands in texts of several shapes: then zstd finds it again.
void encode_raw(ByteView raw, int level, Bytes& out) {
  const std::size_t start = out.size();
  out.push_back(std::byte{1});
  if (compress_block(raw, level, raw.size(), out)) return;
  out[start] = std::byte{0};
  put_raw(out, raw);
}

// --- decoding ---

Error damaged() {
  return corruption("texts: damaged shapes");
}

// The values of one field of one shape; taken in order.
struct FieldColumn {
  FieldMark mark;
  std::vector<std::uint64_t> numbers;
  std::vector<std::string_view> words;
  ByteView bytes;

  // The most characters a value has; for a word that of the next one.
  std::size_t longest(std::size_t i) const {
    if (mark.kind == FieldKind::kWord) return words[i].size();
    return mark.kind == FieldKind::kNumber ? kLongestDecimal : mark.size;
  }
};

struct ShapeColumns {
  ShapeParts parts;
  std::vector<FieldColumn> fields;
  std::size_t count = 0;
  std::size_t next = 0;
};

bool print_padded(std::uint64_t number, std::size_t size, char*& to) {
  char digits[kLongestDecimal];
  const auto printed = static_cast<std::size_t>(print_decimal(number, digits) - digits);
  if (printed > size) return false;
  to = std::fill_n(to, size - printed, '0');
  to = std::copy_n(digits, printed, to);
  return true;
}

bool print_field(const FieldColumn& field, std::size_t i, char*& to) {
  switch (field.mark.kind) {
    case FieldKind::kNumber:
      to = print_decimal(field.numbers[i], to);
      return true;
    case FieldKind::kPadded:
      return print_padded(field.numbers[i], field.mark.size, to);
    case FieldKind::kHex:
    case FieldKind::kUuid: {
      const ByteView bytes = field.bytes.subspan(i * raw_size(field.mark), raw_size(field.mark));
      to = field.mark.kind == FieldKind::kUuid ? print_uuid(bytes, to) : print_hex(bytes, to);
      return true;
    }
    case FieldKind::kWord:
      to = std::ranges::copy(field.words[i], to).out;
      return true;
  }
  return false;
}

// Takes the size of words from `max_bytes`: all of them are printed in the end, so that many
// columns of words cannot take more memory than one.
Result<void> read_field(ByteView column, std::size_t count, std::size_t& max_bytes, Arena& arena,
                        FieldColumn& field) {
  if (field.mark.kind != FieldKind::kWord) return decode_numbers(column, count, field.numbers);
  if (count == 0) return damaged();
  RETURN_IF_ERROR(decode_text_blocks(column, count, 0, count, max_bytes, arena, field.words));
  for (const std::string_view word : field.words) max_bytes -= word.size();
  return {};
}

class ChunkReader {
 public:
  Result<void> open(ByteView chunk, std::size_t count, std::size_t max_bytes, Arena& arena) {
    ByteReader in(chunk);
    const std::uint64_t shapes = in.varint_up_to(kMaxShapes);
    if (shapes == 0) return damaged();
    shapes_.resize(static_cast<std::size_t>(shapes));
    for (ShapeColumns& shape : shapes_) {
      if (!parse_shape(in.text(), shape.parts)) return damaged();
    }
    texts_.assign(shapes > 1 ? 0 : count, 0);
    if (shapes > 1) RETURN_IF_ERROR(decode_numbers(in.sized(), count, texts_));
    for (const std::uint32_t shape : texts_) {
      if (shape >= shapes) return damaged();
      ++shapes_[shape].count;
    }
    std::size_t raw = 0;
    for (ShapeColumns& shape : shapes_) {
      for (const FieldMark mark : shape.parts.fields) {
        FieldColumn& field = shape.fields.emplace_back();
        field.mark = mark;
        if (is_raw(mark)) {
          raw += shape.count * raw_size(mark);
        } else {
          RETURN_IF_ERROR(read_field(in.sized(), shape.count, max_bytes, arena, field));
        }
      }
    }
    // Two digits for each byte: what could not be returned is refused before there is memory.
    if (raw > max_bytes / 2) return damaged();
    if (raw > 0) RETURN_IF_ERROR(read_raw(raw, in));
    return in.finish("shaped texts");
  }

  // Prints the texts; their sizes and bytes are left in `sizes` and `text`.
  bool print(std::size_t max_bytes, std::vector<std::size_t>& sizes, std::string& text) {
    std::size_t used = 0;
    for (const std::uint32_t code : texts_) {
      ShapeColumns& shape = shapes_[code];
      const std::size_t i = shape.next++;
      std::size_t room = 0;
      for (const std::string_view word : shape.parts.words) room += word.size();
      for (const FieldColumn& field : shape.fields) room += field.longest(i);
      if (text.size() - used < room) text.resize(used + room + text.size());
      char* to = text.data() + used;
      for (std::size_t part = 0; part < shape.parts.words.size(); ++part) {
        to = std::ranges::copy(shape.parts.words[part], to).out;
        if (part < shape.fields.size() && !print_field(shape.fields[part], i, to)) return false;
      }
      sizes.push_back(static_cast<std::size_t>(to - text.data()) - used);
      used += sizes.back();
      if (used > max_bytes) return false;
    }
    text.resize(used);
    return true;
  }

 private:
  Result<void> read_raw(std::size_t size, ByteReader& in) {
    const auto compressed = in.fixed<std::uint8_t>();
    ByteView bytes = in.raw(in.remaining());
    if (compressed == 1) {
      if (!may_hold(bytes, size)) return damaged();
      raw_.resize(size);
      if (!decompress_block(bytes, raw_.data(), size)) return damaged();
      bytes = raw_;
    }
    if (compressed > 1 || bytes.size() != size) return damaged();
    for (ShapeColumns& shape : shapes_) {
      for (FieldColumn& field : shape.fields) {
        if (!is_raw(field.mark)) continue;
        field.bytes = bytes.first(shape.count * raw_size(field.mark));
        bytes = bytes.subspan(field.bytes.size());
      }
    }
    return {};
  }

  std::vector<ShapeColumns> shapes_;
  std::vector<std::uint32_t> texts_;  // the shape of each
  Bytes raw_;                         // of the raw fields, when it was compressed
};

}  // namespace

bool encode_shaped_chunk(std::span<const std::string_view> texts, int level, Bytes& out) {
  Collector collector;
  for (const std::string_view text : texts) collector.add(text);
  std::vector<Shape> shapes;
  std::vector<std::uint32_t> shape_of_text;
  if (!collector.finish(shapes, shape_of_text)) return false;
  put_varint(out, shapes.size());
  for (const Shape& shape : shapes) put_text(out, shape.key);
  if (shapes.size() > 1) {
    Bytes column;
    encode_numbers(std::span<const std::uint32_t>(shape_of_text), NumberUse::kStored, column);
    put_sized(out, column);
  }
  ShapeParts parts;
  Bytes raw;
  for (const Shape& shape : shapes) {
    CAIRN_CHECK(parse_shape(shape.key, parts));
    for (std::size_t i = 0; i < parts.fields.size(); ++i) {
      if (is_raw(parts.fields[i])) {
        append_raw(parts.fields[i], shape.columns[i], raw);
      } else {
        encode_field(parts.fields[i], shape.columns[i], level, out);
      }
    }
  }
  if (!raw.empty()) encode_raw(raw, level, out);
  return true;
}

Result<void> decode_shaped_chunk(ByteView chunk, std::size_t count, std::size_t& max_bytes,
                                 Arena& arena, std::vector<std::string_view>& out) {
  ChunkReader reader;
  RETURN_IF_ERROR(reader.open(chunk, count, max_bytes, arena));
  std::vector<std::size_t> sizes;
  std::string text;
  if (!reader.print(max_bytes, sizes, text)) return damaged();
  max_bytes -= text.size();
  const char* from = arena.copy(std::string_view(text)).data();
  for (const std::size_t size : sizes) {
    out.emplace_back(from, size);
    from += size;
  }
  return {};
}

}  // namespace cairn::storage::columnar
