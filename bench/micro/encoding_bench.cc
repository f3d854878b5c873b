// SPDX-License-Identifier: Apache-2.0
//
// What a value of a column costs to encode and to decode, and how many bytes it takes. Columns are
// as a row group of 65,536 spans has them: durations of one class, clock ticks, codes, structure, a
// short column, and texts. `UnpackBits` is the innermost loop, by each unpacker that this processor
// can run: /unpacker/width/values.
// Counters: s/value is CPU time on one core; bytes/value is the encoded size. `Memcpy` copies the
// same numbers, as the measure of the machine.
#include <cmath>
#include <cstring>
#include <random>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "storage/columnar/encoding/numbers/bit_packing.h"
#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/texts.h"

namespace cairn::bench {
namespace {

namespace columnar = storage::columnar;
using Numbers = std::vector<std::uint64_t>;
using Texts = std::vector<std::string>;

constexpr std::size_t kSpans = 65'536;
constexpr std::size_t kOfOneClass = 1'200;

Numbers durations(std::size_t count, std::uint64_t tick) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> nanos(13, 1);
  Numbers values(count);
  for (auto& value : values) value = static_cast<std::uint64_t>(nanos(random)) / tick * tick;
  return values;
}

// Few values are frequent, as in a dictionary.
Numbers codes() {
  std::mt19937_64 random(2);
  std::exponential_distribution<double> rank(0.05);
  Numbers values(kOfOneClass);
  for (auto& value : values) value = static_cast<std::uint64_t>(rank(random));
  return values;
}

// The classes of spans in depth-first order: one of a few patterns per trace.
Numbers structure() {
  std::mt19937_64 random(3);
  std::vector<Numbers> patterns(23);
  for (Numbers& pattern : patterns) {
    pattern.resize(4 + random() % 24);
    for (auto& value : pattern) value = random() % 54;
  }
  Numbers values;
  while (values.size() < kSpans) {
    const Numbers& pattern = patterns[random() % patterns.size()];
    values.insert(values.end(), pattern.begin(), pattern.end());
  }
  return values;
}

Numbers constant() {
  return Numbers(kOfOneClass, 200);
}

std::string random_uuid(std::mt19937_64& random) {
  std::string text(36, '-');
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 8 && i != 13 && i != 18 && i != 23) text[i] = "0123456789abcdef"[random() % 16];
  }
  return text;
}

Texts uuids() {
  std::mt19937_64 random(4);
  Texts texts(4'000);
  for (std::string& text : texts) text = random_uuid(random);
  return texts;
}

Texts paths() {
  std::mt19937_64 random(5);
  Texts texts(4'000);
  for (std::string& text : texts) {
    text = random() % 2 == 0 ? "/api/cart?sessionId=" + random_uuid(random)
                             : "/api/orders/" + std::to_string(random() % 100'000) + "/items";
  }
  return texts;
}

Texts words() {
  std::mt19937_64 random(6);
  Texts texts(4'000);
  for (std::string& text : texts) {
    for (std::size_t word = 0; word < 6; ++word) {
      text += std::string("connection refused by upstream host while reading")
                  .substr(random() % 40, 9) +
              " ";
    }
  }
  return texts;
}

void count_values(benchmark::State& state, std::size_t values, std::size_t bytes) {
  using benchmark::Counter;
  const auto total = static_cast<double>(values) * static_cast<double>(state.iterations());
  state.counters["s/value"] = Counter(total, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes/value"] = static_cast<double>(bytes) / static_cast<double>(values);
}

void Memcpy(benchmark::State& state) {
  const Numbers values = durations(kOfOneClass, 1);
  Numbers to(values.size());
  for (auto _ : state) {
    std::memcpy(to.data(), values.data(), values.size() * sizeof(values[0]));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count_values(state, values.size(), values.size() * sizeof(values[0]));
}

void EncodeNumbers(benchmark::State& state, const Numbers& values) {
  Bytes bytes;
  for (auto _ : state) {
    bytes.clear();
    columnar::encode_numbers(std::span<const std::uint64_t>(values), columnar::NumberUse::kStored,
                             bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  count_values(state, values.size(), bytes.size());
}

void DecodeNumbers(benchmark::State& state, const Numbers& values) {
  Bytes bytes;
  columnar::encode_numbers(std::span<const std::uint64_t>(values), columnar::NumberUse::kStored,
                           bytes);
  Numbers decoded;
  for (auto _ : state) {
    CAIRN_CHECK(columnar::decode_numbers(bytes, values.size(), decoded).has_value());
    benchmark::DoNotOptimize(decoded.data());
  }
  count_values(state, values.size(), bytes.size());
}

void UnpackBits(benchmark::State& state) {
  const auto& unpacker = columnar::bit_unpackers()[static_cast<std::size_t>(state.range(0))];
  const auto width = static_cast<unsigned>(state.range(1));
  const auto values = static_cast<std::size_t>(state.range(2));
  const Bytes packed(columnar::packed_size(values, width), std::byte{0x5a});
  Numbers to(values);
  for (auto _ : state) {
    columnar::unpack_bits(unpacker, packed, width, 7, to);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetLabel(std::string(unpacker.name));
  count_values(state, values, packed.size());
}

void unpackers_and_widths(benchmark::internal::Benchmark* unpack_bits) {
  const auto unpackers = static_cast<std::int64_t>(columnar::bit_unpackers().size());
  for (const std::int64_t width : {1, 2, 4, 7, 8, 12, 16, 21, 24, 32, 40, 48, 57, 63, 64}) {
    for (std::int64_t i = 0; i < unpackers; ++i) unpack_bits->Args({i, width, 1024});
  }
  for (std::int64_t i = 0; i < unpackers; ++i) unpack_bits->Args({i, 12, 60});
}

void EncodeTexts(benchmark::State& state, const Texts& texts) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  Bytes bytes;
  for (auto _ : state) {
    bytes.clear();
    columnar::encode_texts(views, 1, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  count_values(state, texts.size(), bytes.size());
}

void DecodeTexts(benchmark::State& state, const Texts& texts) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  Bytes bytes;
  columnar::encode_texts(views, 1, bytes);
  Arena arena;
  std::vector<std::string_view> decoded;
  for (auto _ : state) {
    arena.clear();
    CAIRN_CHECK(columnar::decode_texts(bytes, texts.size(), 64_MiB, arena, decoded).has_value());
    benchmark::DoNotOptimize(decoded.data());
  }
  count_values(state, texts.size(), bytes.size());
}

BENCHMARK(Memcpy);
BENCHMARK(UnpackBits)->Apply(unpackers_and_widths);
BENCHMARK_CAPTURE(EncodeNumbers, durations, durations(kOfOneClass, 1));
BENCHMARK_CAPTURE(DecodeNumbers, durations, durations(kOfOneClass, 1));
BENCHMARK_CAPTURE(EncodeNumbers, ticks_of_1000, durations(kOfOneClass, 1000));
BENCHMARK_CAPTURE(DecodeNumbers, ticks_of_1000, durations(kOfOneClass, 1000));
BENCHMARK_CAPTURE(EncodeNumbers, short_column, durations(60, 1));
BENCHMARK_CAPTURE(DecodeNumbers, short_column, durations(60, 1));
BENCHMARK_CAPTURE(EncodeNumbers, codes, codes());
BENCHMARK_CAPTURE(DecodeNumbers, codes, codes());
BENCHMARK_CAPTURE(EncodeNumbers, structure, structure());
BENCHMARK_CAPTURE(DecodeNumbers, structure, structure());
BENCHMARK_CAPTURE(EncodeNumbers, constant, constant());
BENCHMARK_CAPTURE(DecodeNumbers, constant, constant());
BENCHMARK_CAPTURE(EncodeTexts, uuids, uuids());
BENCHMARK_CAPTURE(DecodeTexts, uuids, uuids());
BENCHMARK_CAPTURE(EncodeTexts, paths, paths());
BENCHMARK_CAPTURE(DecodeTexts, paths, paths());
BENCHMARK_CAPTURE(EncodeTexts, words, words());
BENCHMARK_CAPTURE(DecodeTexts, words, words());

}  // namespace
}  // namespace cairn::bench

BENCHMARK_MAIN();
