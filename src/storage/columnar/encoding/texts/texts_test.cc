// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/texts.h"

#include <random>

#include <gtest/gtest.h>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {
namespace {

using Texts = std::vector<std::string>;

std::vector<std::string_view> views(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

std::size_t size_of(const Texts& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += text.size();
  return size;
}

Bytes encoded(const Texts& texts) {
  Bytes out;
  encode_texts(views(texts), 1, out);
  return out;
}

// Encodes, decodes whole and in parts, and expects the same texts; returns the encoded bytes.
Bytes round_trip(const Texts& texts) {
  Bytes bytes = encoded(texts);
  const auto expected = views(texts);
  Arena arena;
  std::vector<std::string_view> out = {"gone"};
  const Result<void> result = decode_texts(bytes, texts.size(), size_of(texts), arena, out);
  EXPECT_TRUE(result) << (result ? "" : result.error().message) << text_encoding_name(bytes);
  EXPECT_EQ(out, expected) << text_encoding_name(bytes);

  std::mt19937_64 random(texts.size());
  for (int part = 0; part < 4; ++part) {
    const std::size_t first = random() % (texts.size() + 1);
    const std::size_t n = random() % (texts.size() - first + 1);
    std::vector<std::string_view> some = {"kept"};
    EXPECT_TRUE(decode_texts_at(bytes, texts.size(), first, n, size_of(texts), arena, some));
    std::vector<std::string_view> wanted = {"kept"};
    wanted.insert(wanted.end(), expected.begin() + static_cast<std::ptrdiff_t>(first),
                  expected.begin() + static_cast<std::ptrdiff_t>(first + n));
    EXPECT_EQ(some, wanted) << text_encoding_name(bytes);
  }
  return bytes;
}

std::string random_hex(std::mt19937_64& random, std::size_t size) {
  std::string text(size, '0');
  for (char& c : text) c = "0123456789abcdef"[random() % 16];
  return text;
}

TEST(Texts, AnEmptySequenceIsNoBytes) {
  EXPECT_TRUE(round_trip({}).empty());
  Arena arena;
  std::vector<std::string_view> out;
  EXPECT_FALSE(decode_texts(as_bytes("x"), 0, 100, arena, out));
}

TEST(Texts, UuidsTakeSixteenBytes) {
  std::mt19937_64 random(1);
  Texts texts;
  for (int i = 0; i < 300; ++i) {
    std::string text = random_hex(random, 36);
    for (const std::size_t dash : {8UL, 13UL, 18UL, 23UL}) text[dash] = '-';
    texts.push_back(text);
  }
  EXPECT_EQ(round_trip(texts).size(), 1U + 300 * 16);
  texts[7][3] = 'A';
  EXPECT_NE(text_encoding_name(round_trip(texts)), "uuid");
}

TEST(Texts, HexTakesHalf) {
  std::mt19937_64 random(2);
  Texts texts;
  for (int i = 0; i < 300; ++i) texts.push_back("a" + random_hex(random, 31));
  EXPECT_EQ(round_trip(texts).size(), 2U + 300 * 16);
  texts.emplace_back("abc");
  EXPECT_NE(text_encoding_name(round_trip(texts)), "hex");
}

TEST(Texts, DecimalsBecomeNumbersOnlyWhenCanonical) {
  Texts texts;
  for (int i = 0; i < 1000; ++i) texts.push_back(std::to_string(i * 37 % 1000));
  EXPECT_EQ(text_encoding_name(round_trip(texts)), "decimal");
  texts.emplace_back("18446744073709551615");
  EXPECT_EQ(text_encoding_name(round_trip(texts)), "decimal");
  for (const char* other : {"18446744073709551616", "00", "01", "+1", "-1", "", "1 ", "1e3"}) {
    Texts with = texts;
    with.emplace_back(other);
    EXPECT_NE(text_encoding_name(round_trip(with)), "decimal") << other;
  }
}

TEST(Texts, AddressesBecomeNumbers) {
  Texts texts;
  for (int i = 0; i < 500; ++i) {
    texts.push_back("10.4." + std::to_string(i % 7) + "." + std::to_string(i % 256));
  }
  texts.emplace_back("255.255.255.255");
  texts.emplace_back("0.0.0.0");
  EXPECT_EQ(text_encoding_name(round_trip(texts)), "ipv4");
  for (const char* other : {"1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.", "1.2.3.4 "}) {
    Texts with = texts;
    with.emplace_back(other);
    EXPECT_NE(text_encoding_name(round_trip(with)), "ipv4") << other;
  }
}

TEST(Texts, AnythingElseRoundTripsInBlocks) {
  std::mt19937_64 random(3);
  for (int run = 0; run < 200; ++run) {
    Texts texts(1 + random() % 400);
    for (std::string& text : texts) {
      text.resize(random() % 8 == 0 ? random() % 3000 : random() % 40);
      const unsigned symbols = run % 2 == 0 ? 256 : 5;
      for (char& c : text) c = static_cast<char>(random() % symbols);
    }
    round_trip(texts);
  }
}

TEST(Texts, ATextLongerThanABlockRoundTrips) {
  round_trip({"", std::string(200'000, 'x'), "y", std::string(70'000, 'z'), ""});
  round_trip(Texts(3));
  round_trip({std::string(1'000'000, '7')});
}

std::string random_uuid(std::mt19937_64& random) {
  std::string text = random_hex(random, 36);
  for (const std::size_t dash : {8UL, 13UL, 18UL, 23UL}) text[dash] = '-';
  return text;
}

Texts urls(std::mt19937_64& random, std::size_t count) {
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) {
    switch (random() % 4) {
      case 0:
        texts.push_back("/cart?session=" + random_uuid(random));
        break;
      case 1:
        texts.push_back("/users/user" + std::to_string(random() % 5000) + "/orders");
        break;
      case 2:
        texts.push_back("/img/00" + std::to_string(10 + random() % 90) + "/" +
                        random_hex(random, 16) + ".png");
        break;
      default:
        texts.push_back("/products/" + std::to_string(random() % 900) + "Q7Z/page/" +
                        std::to_string(random() % 20));
    }
  }
  return texts;
}

TEST(Texts, TextsOfAFewShapesKeepOnlyWhatDiffers) {
  std::mt19937_64 random(6);
  const Texts texts = urls(random, 9000);
  const Bytes bytes = round_trip(texts);
  EXPECT_EQ(text_encoding_name(bytes), "shapes");
  EXPECT_LT(bytes.size() * 3, size_of(texts));
}

TEST(Texts, TextsWithoutACommonShapeMayStandAmongThem) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {1UL, 2UL, 40UL, 4096UL, 4097UL}) {
    Texts texts = urls(random, count);
    for (std::size_t i = 0; i < texts.size(); i += 7) {
      texts[i].resize(random() % 20);
      for (char& c : texts[i]) c = static_cast<char>(random());
    }
    texts[count / 2] = std::string("/cart\0?", 7);
    texts[count / 3] = std::string(10'000, '7');
    texts[count / 4] = "";
    round_trip(texts);
  }
}

TEST(Texts, NumbersInTextsComeBackAsTheyWereWritten) {
  const std::vector<std::string> endings = {"0",
                                            "00",
                                            "007",
                                            "18446744073709551615",
                                            "9999999999999999999",
                                            "10000000000000000000",
                                            "99999999999999999999",
                                            "1e5",
                                            "a1",
                                            "A1",
                                            "1a",
                                            "deadbeef",
                                            "deadbee1",
                                            "DEADBEE1",
                                            "00000000-0000-0000-0000-000000000000",
                                            "00000000-0000-0000-0000-00000000000",
                                            "00000000-0000-0000-0000-0000000000000",
                                            std::string(254, '1'),
                                            std::string(256, '1'),
                                            std::string(255, '0'),
                                            "x00000000-0000-0000-0000-000000000000"};
  Texts texts;
  for (int copies = 0; copies < 30; ++copies) {
    for (const std::string& ending : endings) texts.push_back("value of the field: " + ending);
  }
  EXPECT_EQ(text_encoding_name(round_trip(texts)), "blocks");
  for (std::string& text : texts) text += "/" + std::to_string(&text - texts.data());
  EXPECT_EQ(text_encoding_name(round_trip(texts)), "shapes");
}

TEST(Texts, DamagedShapesAreRefusedOrStayWithinTheLimit) {
  std::mt19937_64 random(8);
  const Texts texts = urls(random, 200);
  const Bytes whole = encoded(texts);
  ASSERT_EQ(text_encoding_name(whole), "shapes");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Arena arena;
    std::vector<std::string_view> out;
    EXPECT_FALSE(decode_texts(ByteView(whole).first(size), 200, 100'000, arena, out));
  }
  for (int run = 0; run < 5000; ++run) {
    Bytes bytes = whole;
    for (int flips = 0; flips < 2; ++flips) {
      bytes[random() % (run % 2 == 0 ? 200 : bytes.size())] = static_cast<std::byte>(random());
    }
    Arena arena;
    std::vector<std::string_view> out;
    if (!decode_texts(bytes, texts.size(), 20'000, arena, out)) continue;
    EXPECT_EQ(out.size(), texts.size());
    std::size_t size = 0;
    for (const std::string_view text : out) size += text.size();
    EXPECT_LE(size, 20'000U);
  }
}

TEST(Texts, RefusesMoreTextThanAsked) {
  Arena arena;
  std::vector<std::string_view> out;
  for (const Texts& texts : {Texts{"12", "7"}, Texts{"1.2.3.4"}, Texts{"abcd", "ef01"},
                             Texts(50, std::string(100, 'x'))}) {
    const Bytes bytes = encoded(texts);
    EXPECT_TRUE(decode_texts(bytes, texts.size(), size_of(texts), arena, out));
    EXPECT_FALSE(decode_texts(bytes, texts.size(), size_of(texts) - 1, arena, out));
  }
}

// Found by reading: a few bytes asked for all that their caller allows.
TEST(Texts, RefusesABlockThatCannotHoldItsTextBeforeThereIsMemory) {
  Bytes lengths = {std::byte{0xf8}};  // a constant that stands behind
  put_varint(lengths, 1_GiB);
  Bytes bytes = {std::byte{4}};  // blocks
  put_sized(bytes, lengths);
  put_varint(bytes, 1);  // one block, compressed
  put_raw(bytes, Bytes(20, std::byte{1}));
  ASSERT_EQ(text_encoding_name(bytes), "blocks");
  Arena arena;
  std::vector<std::string_view> out;
  EXPECT_FALSE(decode_texts(bytes, 1, 4_GiB, arena, out));
  EXPECT_EQ(arena.reserved_bytes(), 0U);
}

TEST(Texts, RefusesEveryTruncation) {
  std::mt19937_64 random(4);
  Texts plain;
  Texts hex;
  for (std::size_t i = 0; i < 300; ++i) {
    plain.push_back("GET /" + random_hex(random, i % 40));
    hex.push_back(random_hex(random, 16));
  }
  for (const Texts& texts : {plain, hex, Texts{"1", "2", "3"}, Texts{"1.2.3.4", "5.6.7.8"}}) {
    const Bytes bytes = encoded(texts);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      Arena arena;
      std::vector<std::string_view> out;
      EXPECT_FALSE(
          decode_texts(ByteView(bytes).first(size), texts.size(), size_of(texts), arena, out));
    }
  }
}

TEST(Texts, DamagedBytesAreRefusedOrStayWithinTheLimit) {
  std::mt19937_64 random(5);
  Texts texts;
  for (std::size_t i = 0; i < 3000; ++i) texts.push_back("/item/" + random_hex(random, i % 60));
  const Bytes whole = encoded(texts);
  for (int run = 0; run < 1000; ++run) {
    Bytes bytes = whole;
    for (int flips = 0; flips < 2; ++flips) {
      bytes[random() % (run % 2 == 0 ? 40 : bytes.size())] = static_cast<std::byte>(random());
    }
    Arena arena;
    std::vector<std::string_view> out;
    if (!decode_texts(bytes, texts.size(), 200'000, arena, out)) continue;
    std::size_t size = 0;
    for (const std::string_view text : out) size += text.size();
    EXPECT_EQ(out.size(), texts.size());
    EXPECT_LE(size, 200'000U);
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
