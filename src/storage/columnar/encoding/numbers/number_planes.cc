// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/number_planes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/encoding/compressed_block.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kFewest = 64;  // below, a frame's header outweighs what it saves
constexpr std::size_t kSample = 512;
constexpr unsigned kWidestByFrequency = 12;  // more bits have no frequencies in a sample
constexpr unsigned kWidestRepeated = 20;     // more bits repeat as single values or not at all

// How many of the sample's values continue a sequence of three seen before in it.
template <typename T>
std::size_t count_sequences(std::span<const T> sample) {
  std::array<std::uint64_t, kSample> seen{};
  std::size_t repeats = 0;
  for (std::size_t i = 2; i < sample.size(); ++i) {
    std::uint64_t hash = sample[i] * 0x9E3779B97F4A7C15 + sample[i - 1];
    hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9 + sample[i - 2];
    hash = (hash ^ (hash >> 32)) * 0x94D049BB133111EB | 1;
    std::uint64_t& slot = seen[hash % kSample ^ hash >> 55];
    repeats += slot == hash ? 1 : 0;
    slot = hash;
  }
  return repeats;
}

// How many of the sample's values were seen before in it.
template <typename T>
std::size_t count_repeats(std::span<const T> sample) {
  std::array<T, kSample> seen{};
  std::size_t repeats = 0;
  for (const T value : sample) {
    T& slot = seen[(std::uint64_t{value} * 0x9E3779B97F4A7C15 >> 55) % kSample];
    repeats += slot == value ? 1 : 0;
    slot = value;
  }
  return repeats;
}

// n * log2(n) for all counts in a sample.
const std::array<double, kSample + 1>& weighted_logarithms() {
  static const std::array<double, kSample + 1> kTable = [] {
    std::array<double, kSample + 1> table{};
    for (std::size_t n = 1; n < table.size(); ++n) {
      table[n] = static_cast<double>(n) * std::log2(static_cast<double>(n));
    }
    return table;
  }();
  return kTable;
}

// Bits a value takes by the frequency of its low byte alone, plus those of the bytes above.
template <typename T>
double entropy(std::span<const T> sample, unsigned high_bits) {
  std::array<std::uint16_t, 256> counts{};
  for (const T value : sample) ++counts[value & 0xff];
  double bits = weighted_logarithms()[sample.size()];
  for (const std::uint16_t count : counts) bits -= weighted_logarithms()[count];
  return bits / static_cast<double>(sample.size()) + high_bits;
}

template <typename T>
std::span<const T> middle(std::span<const T> values) {
  const std::size_t size = std::min(values.size(), kSample);
  return values.subspan((values.size() - size) / 2, size);
}

template <typename T>
unsigned differing_bits(std::span<const T> values) {
  T differing = 0;
  for (const T value : values) differing |= value ^ values[0];
  return static_cast<unsigned>(std::bit_width(differing));
}

}  // namespace

template <typename T>
bool repeats_often(std::span<const T> values) {
  const std::span<const T> sample = middle(values);
  return differing_bits(sample) <= kWidestRepeated && count_sequences(sample) * 2 > sample.size();
}

template <typename T>
bool may_compress(std::span<const T> values, std::size_t packed) {
  if (values.size() < kFewest || packed < kFewest) return false;
  const std::span<const T> sample = middle(values);
  const unsigned bits = differing_bits(sample);
  // Durations and their like: most columns of wide numbers end here.
  if (bits > kWidestRepeated) {
    const std::span<const T> few = sample.first(std::min(sample.size(), kFewest));
    return count_repeats(few) * 2 > few.size();
  }
  if (count_sequences(sample) * 4 > sample.size()) return true;
  if (bits > kWidestByFrequency) return false;
  const double packed_bits = 8.0 * static_cast<double>(packed) / static_cast<double>(values.size());
  return entropy(sample, bits > 8 ? bits - 8 : 0) < 0.93 * packed_bits;
}

template <typename T>
unsigned encode_planes(std::span<const T> values, std::size_t limit, Bytes& out) {
  T least = values[0];
  T greatest = values[0];
  for (const T value : values) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  const auto planes =
      static_cast<unsigned>((std::bit_width(static_cast<T>(greatest - least)) + 7) / 8);
  Bytes bytes(planes * values.size());
  std::byte* to = bytes.data();
  for (unsigned plane = 0; plane < planes; ++plane, to += values.size()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      to[i] = static_cast<std::byte>((values[i] - least) >> (8 * plane) & 0xff);
    }
  }
  const std::size_t start = out.size();
  put_varint(out, least);
  const std::size_t header = out.size() - start;
  if (header < limit && compress_block(bytes, 1, limit - header, out)) return planes;
  out.resize(start);
  return 0;
}

template <typename T>
bool decode_planes(ByteView bytes, unsigned planes, std::span<T> out) {
  ByteReader in(bytes);
  const std::uint64_t least = in.varint();
  if (in.failed() || planes > sizeof(T) || least > std::numeric_limits<T>::max()) return false;
  const ByteView frame = in.raw(in.remaining());
  if (!may_hold(frame, planes * out.size())) return false;
  Bytes raw(planes * out.size());
  if (!decompress_block(frame, raw.data(), raw.size())) return false;
  const std::byte* from = raw.data();
  std::ranges::fill(out, T{0});
  for (unsigned plane = 0; plane < planes; ++plane, from += out.size()) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] |= static_cast<T>(static_cast<T>(from[i]) << (8 * plane));
    }
  }
  const T most = static_cast<T>(std::numeric_limits<T>::max() - least);
  bool fits = true;
  for (T& value : out) {
    fits &= value <= most;
    value = static_cast<T>(value + least);
  }
  return fits;
}

template bool repeats_often(std::span<const std::uint32_t>);
template bool repeats_often(std::span<const std::uint64_t>);
template bool may_compress(std::span<const std::uint32_t>, std::size_t);
template bool may_compress(std::span<const std::uint64_t>, std::size_t);
template unsigned encode_planes(std::span<const std::uint32_t>, std::size_t, Bytes&);
template unsigned encode_planes(std::span<const std::uint64_t>, std::size_t, Bytes&);
template bool decode_planes(ByteView, unsigned, std::span<std::uint32_t>);
template bool decode_planes(ByteView, unsigned, std::span<std::uint64_t>);

}  // namespace cairn::storage::columnar
