// SPDX-License-Identifier: Apache-2.0
#include "cli/import/byte_source.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "cli/import/import_testing.h"

namespace cairn::cli {
namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input = text;
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

Result<std::string> read_all(const std::string& packed, std::size_t step, std::size_t room) {
  ASSIGN_OR_RETURN(const auto source, unpack(std::make_unique<testing::TextSource>(packed, step)));
  std::string all;
  std::string some(room, '\0');
  for (;;) {
    ASSIGN_OR_RETURN(const std::size_t got, source->read(some));
    if (got == 0) return all;
    all.append(some, 0, got);
  }
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST(ByteSource, UnpacksByTheFirstBytesInStepsOfAnySize) {
  const std::string text = long_text();
  for (const std::string& packed :
       {text, gzip(text), zstd(text), gzip(text.substr(0, 1000)) + gzip(text.substr(1000)),
        zstd(text.substr(0, 1000)) + zstd(text.substr(1000))}) {
    for (const std::size_t step : {1UL, 1000UL, 10'000'000UL}) {
      const auto all = read_all(packed, step, 777);
      ASSERT_TRUE(all) << all.error().message;
      EXPECT_TRUE(*all == text) << step;
    }
  }
}

TEST(ByteSource, TakesShortAndEmptyInputs) {
  for (const char* text : {"", "a", "ab", "abc"}) EXPECT_EQ(read_all(text, 1, 10).value(), text);
  EXPECT_EQ(read_all(gzip(""), 3, 10).value(), "");
  EXPECT_EQ(read_all(zstd(""), 3, 10).value(), "");
}

TEST(ByteSource, SaysWhenAPackedFileIsCutOrDamaged) {
  for (const std::string& packed : {gzip(long_text()), zstd(long_text())}) {
    const auto cut = read_all(packed.substr(0, packed.size() / 2), 1000, 777);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().message, "the compressed file breaks off");
    std::string damaged = packed;
    damaged.replace(packed.size() / 2, 20, std::string(20, '\xff'));
    EXPECT_EQ(read_all(damaged, 1000, 777).error().code, ErrorCode::kCorruption);
  }
}

TEST(ByteSource, DoesNotOpenWhatIsNoFile) {
  const std::string folder = std::filesystem::temp_directory_path();
  EXPECT_FALSE(open_byte_source(folder));
  EXPECT_FALSE(open_byte_source(folder + "/there is no such file"));
}

}  // namespace
}  // namespace cairn::cli
