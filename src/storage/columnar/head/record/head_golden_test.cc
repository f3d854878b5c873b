// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/storage/head_record: <case>.bin is a record that a new head replays, <case>.txt the
// spans it holds then. UPDATE_GOLDEN=1 writes the files anew; files of a past version stay.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/hex.h"
#include "storage/columnar/head/head_testing.h"
#include "storage/columnar/head/record/head_record.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;

const std::string kRoot = CAIRN_SOURCE_DIR;
const std::string kGolden = kRoot + "/tests/golden/storage/head_record/";

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_golden(const std::string& file, std::string_view actual) {
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kGolden + file, std::ios::binary) << actual;
  }
  EXPECT_EQ(file_text(kGolden + file), actual) << file;
}

// The example of docs/formats/wal-rows.md.
model::Batch small() {
  TestBatch made;
  made.resource("cart").scope("http");
  made.span("0a0b", "0c", "GET /").kind(model::SpanKind::kServer).attribute("path", "/cart");
  made.attribute("status", AnyValue::integer(200)).attribute("ratio", AnyValue::real(0.5));
  made.span("0a0b", "0d", "GET /").parent("0c").kind(model::SpanKind::kServer);
  made.attribute("path", "/cart").attribute("status", AnyValue::integer(200));
  made.attribute("ratio", AnyValue::real(0.5)).status(model::StatusCode::kUnset, "late");
  return std::move(made.batch());
}

// Every type of value and every seldom part; a value too large for a dictionary; more attributes
// than a shape has.
model::Batch full() {
  static const AnyValue kElements[] = {AnyValue::integer(1), AnyValue::string("a")};
  static const model::Attribute kFields[] = {{"in", AnyValue::boolean(true)}};
  static const std::string kLarge(5000, 'x');
  TestBatch made;
  made.resource("cart", {{"list", AnyValue::array(kElements)}}).scope("db", "1.2");
  made.batch().resources[0].unknown_fields = "unknown";
  made.span("a1", "01", "full").kind(model::SpanKind::kClient);
  made.attribute("empty", AnyValue()).attribute("bool", AnyValue::boolean(true));
  made.attribute("int", AnyValue::integer(-1)).attribute("bytes", AnyValue::bytes(as_bytes("b")));
  made.attribute("array", AnyValue::array(kElements)).attribute("large", kLarge);
  made.attribute("map", AnyValue::key_value_list(kFields)).attribute("int", AnyValue::integer(7));
  made.event("e", std::chrono::milliseconds(-1), {{"k", AnyValue::real(-0.0)}});
  made.link("b1", "02", {{"k", AnyValue::string("v")}});
  made.last().trace_state = "a=b";
  made.last().unknown_fields = "more";
  made.last().dropped_events_count = 3;
  made.last().end = {0};
  made.span("a1", "02", kLarge).attribute("k", "v");
  made.span("a1", "03", "many");
  for (int i = 0; i < 300; ++i) made.attribute("k", AnyValue::integer(i));
  return std::move(made.batch());
}

struct Case {
  const char* name;
  model::Batch (*make)();
};
class HeadRecordGolden : public testing::TestWithParam<Case> {};

TEST_P(HeadRecordGolden, IsWhatAHeadWritesAndReads) {
  Head head(1);
  append(head, GetParam().make());
  Bytes record;
  head.record(record);
  const std::string name = GetParam().name;
  expect_golden(name + ".bin", as_text(record));
  Head copy(1);
  const std::string golden = file_text(kGolden + name + ".bin");
  const auto replayed = copy.replay(as_bytes(golden));
  ASSERT_TRUE(replayed) << replayed.error().message;
  expect_golden(name + ".txt", model::to_text(spans_of(copy)));
}

INSTANTIATE_TEST_SUITE_P(, HeadRecordGolden,
                         testing::Values(Case{"v1_small", small}, Case{"v1_full", full}),
                         [](const auto& named) { return named.param.name; });

// Hex digits in groups, two spaces, a remark.
std::string hex_of_page(const std::string& page) {
  const std::size_t begin = page.find("```\n", page.find("## Example")) + 4;
  std::string hex;
  std::size_t at = begin;
  while (page.compare(at, 3, "```") != 0) {
    const std::size_t end = page.find('\n', at);
    const std::string line = page.substr(at, end - at);
    for (const char c : line.substr(0, line.find("  "))) {
      if (c != ' ') hex += c;
    }
    at = end + 1;
  }
  return hex;
}

TEST(HeadRecord, ThePageShowsTheSmallRecord) {
  const std::string golden = file_text(kGolden + "v1_small.bin");
  EXPECT_EQ(hex_of_page(file_text(kRoot + "/docs/formats/wal-rows.md")), to_hex(as_bytes(golden)));
}

}  // namespace
}  // namespace cairn::storage::columnar
