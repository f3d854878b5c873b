// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/storage/encodings: <case>.bin is an encoded column, <case>.txt its encoding, its
// count and what it decodes to. What an older version wrote must decode forever; the encoder is
// free to choose otherwise. UPDATE_GOLDEN=1 writes the files anew.
// The worked example of docs/formats/encodings.md is checked here as well.
#include <bit>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "base/hex.h"
#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/texts.h"

namespace cairn::storage::columnar {
namespace {

using Numbers = std::vector<std::uint64_t>;
using Texts = std::vector<std::string>;

std::string read_file(const std::string& name) {
  std::ifstream in(std::string(CAIRN_SOURCE_DIR) + "/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string folder() {
  return "tests/golden/storage/encodings/";
}

void write_file(const std::string& name, std::string_view content) {
  std::ofstream(std::string(CAIRN_SOURCE_DIR) + "/" + name, std::ios::binary) << content;
}

bool updates() {
  return std::getenv("UPDATE_GOLDEN") != nullptr;
}

// The count is the second word of the text.
std::size_t count_in(const std::string& text) {
  return std::stoul(text.substr(text.find(' ') + 1));
}

struct NumberCase {
  std::string name;
  Numbers values;
};

std::vector<NumberCase> number_cases() {
  NumberCase packed{"numbers_packed", {}};
  NumberCase patched{"numbers_patched", {}};
  NumberCase scaled{"numbers_scaled", {}};
  NumberCase complement{"numbers_signed", {}};
  NumberCase zigzagged{"numbers_zigzag_scaled", {}};
  NumberCase decimal{"numbers_decimal", {}};
  NumberCase planes{"numbers_planes", {}};
  NumberCase steps{"numbers_steps", {}};
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i < 1100; ++i) {
    const std::uint64_t mixed = random() >> 20;
    const auto ticks = static_cast<std::int64_t>(mixed % 4096) * 1000 - 500'000;
    packed.values.push_back(1'000'000 + mixed % 5000);
    patched.values.push_back(i % 97 == 5 ? mixed : mixed % 300);
    scaled.values.push_back(1'760'000'000'000'000'000 + mixed % 1000 * 100);
    complement.values.push_back(static_cast<std::uint64_t>(ticks / 1000));
    zigzagged.values.push_back(static_cast<std::uint64_t>(ticks) << 1 ^
                               static_cast<std::uint64_t>(ticks >> 63));
    decimal.values.push_back(std::bit_cast<std::uint64_t>(static_cast<double>(mixed % 9999) / 100));
    steps.values.push_back(i * 1000 + mixed % 1000);
    planes.values.push_back(static_cast<unsigned char>("server client server producer"[i % 29]) &
                            31U);
  }
  return {{"numbers_constant", Numbers(9, 1'000'000)},
          packed,
          patched,
          scaled,
          complement,
          zigzagged,
          decimal,
          planes,
          steps};
}

struct TextCase {
  std::string name;
  Texts texts;
};

std::vector<TextCase> text_cases() {
  TextCase uuid{"texts_uuid", {}};
  TextCase hex{"texts_hex", {}};
  TextCase decimal{"texts_decimal", {}};
  TextCase ipv4{"texts_ipv4", {}};
  TextCase blocks{"texts_blocks", {"", "a", "GET", std::string(300, 'x')}};
  TextCase shapes{"texts_shapes", {"/", "any other"}};
  for (int i = 0; i < 40; ++i) {
    const std::string two = std::to_string(10 + i);
    uuid.texts.push_back("0123456" + std::to_string(i % 10) + "-89ab-cdef-0123-4567890abc" + two);
    hex.texts.push_back("00c0ffee00" + two);
    decimal.texts.push_back(std::to_string(i * i * 7));
    ipv4.texts.push_back("10.0." + std::to_string(i % 3) + "." + two);
    shapes.texts.push_back("/cart/" + std::to_string(i * 77) + "?session=" + uuid.texts.back());
    shapes.texts.push_back("/item/" + two + "QX7" + two + "/0" + two);
  }
  return {uuid, hex, decimal, ipv4, blocks, shapes};
}

std::string text_of_numbers(ByteView bytes, std::size_t count) {
  Numbers values;
  EXPECT_TRUE(decode_numbers(bytes, count, values));
  std::string text = "numbers " + std::to_string(count) + " " + describe_numbers(bytes) + "\n";
  for (const std::uint64_t value : values) text += std::to_string(value) + "\n";
  return text;
}

std::string text_of_texts(ByteView bytes, std::size_t count) {
  Arena arena;
  std::vector<std::string_view> texts;
  EXPECT_TRUE(decode_texts(bytes, count, 1_MiB, arena, texts));
  std::string out = "texts " + std::to_string(count) + " ";
  out += std::string(text_encoding_name(bytes)) + "\n";
  for (const std::string_view text : texts) out += std::string(text) + "\n";
  return out;
}

TEST(EncodingsGolden, NumbersOfEveryFormDecode) {
  for (const NumberCase& golden : number_cases()) {
    const std::string path = folder() + golden.name;
    if (updates()) {
      Bytes bytes;
      encode_numbers(std::span<const std::uint64_t>(golden.values), NumberUse::kStored, bytes);
      write_file(path + ".bin", as_text(bytes));
      write_file(path + ".txt", text_of_numbers(bytes, golden.values.size()));
    }
    const std::string expected = read_file(path + ".txt");
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(text_of_numbers(as_bytes(read_file(path + ".bin")), count_in(expected)), expected);
  }
}

TEST(EncodingsGolden, TextsOfEveryFormDecode) {
  for (const TextCase& golden : text_cases()) {
    const std::string path = folder() + golden.name;
    if (updates()) {
      Bytes bytes;
      const std::vector<std::string_view> texts(golden.texts.begin(), golden.texts.end());
      encode_texts(texts, 1, bytes);
      write_file(path + ".bin", as_text(bytes));
      write_file(path + ".txt", text_of_texts(bytes, golden.texts.size()));
    }
    const std::string expected = read_file(path + ".txt");
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(text_of_texts(as_bytes(read_file(path + ".bin")), count_in(expected)), expected);
  }
}

// The hex of a fenced block: what stands before two spaces in each line.
Bytes hex_of_block(std::string_view block) {
  std::string digits;
  std::istringstream lines{std::string(block)};
  for (std::string line; std::getline(lines, line);) {
    for (const char c : line.substr(0, line.find("  "))) {
      if (c != ' ') digits.push_back(c);
    }
  }
  Bytes bytes(digits.size() / 2);
  EXPECT_TRUE(from_hex(digits, bytes)) << digits;
  return bytes;
}

// The first fenced block behind `heading`.
std::string block_behind(const std::string& page, std::string_view heading) {
  const std::size_t start = page.find("```\n", page.find(heading)) + 4;
  return page.substr(start, page.find("```", start) - start);
}

TEST(EncodingsPage, ItsExampleOfNumbersIsWhatTheEncoderWrites) {
  const std::string page = read_file("docs/formats/encodings.md");
  const Bytes bytes = hex_of_block(block_behind(page, "## Eight durations"));
  const Numbers values = {9000, 7000, 12'000, 8000, 7000, 5'000'000'000, 10'000, 11'000};
  Numbers decoded;
  ASSERT_TRUE(decode_numbers(bytes, values.size(), decoded));
  EXPECT_EQ(decoded, values);
  Bytes encoded;
  encode_numbers(std::span<const std::uint64_t>(values), NumberUse::kStored, encoded);
  EXPECT_EQ(encoded, bytes);
}

TEST(EncodingsPage, ItsExampleOfTextsIsWhatTheEncoderWrites) {
  const std::string page = read_file("docs/formats/encodings.md");
  const Bytes bytes = hex_of_block(block_behind(page, "## Five paths"));
  const std::vector<std::string_view> texts = {"/cart/7", "/cart/3", "/user/ab", "/cart/9",
                                               "/cart/4"};
  Arena arena;
  std::vector<std::string_view> decoded;
  ASSERT_TRUE(decode_texts(bytes, texts.size(), 1_KiB, arena, decoded));
  EXPECT_EQ(decoded, texts);
  Bytes encoded;
  encode_texts(texts, 1, encoded);
  EXPECT_EQ(encoded, bytes);
}

}  // namespace
}  // namespace cairn::storage::columnar
