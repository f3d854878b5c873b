// SPDX-License-Identifier: Apache-2.0
//
// For tests: Jaeger batches as a client builds them, written by Apache Thrift's own library, not by
// the code under test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cairn::wire::jaeger::testing {

struct TagCase {
  std::string key;
  std::int32_t type = 0;  // 0 text, 1 double, 2 bool, 3 long, 4 binary
  std::string text;       // of types 0 and 4
  double real = 0;
  bool boolean = false;
  std::int64_t integer = 0;
};
inline TagCase text_tag(std::string key, std::string value) {
  return {.key = std::move(key), .text = std::move(value)};
}
inline TagCase real_tag(std::string key, double value) {
  return {.key = std::move(key), .type = 1, .text = {}, .real = value};
}
inline TagCase bool_tag(std::string key, bool value) {
  return {.key = std::move(key), .type = 2, .text = {}, .boolean = value};
}
inline TagCase long_tag(std::string key, std::int64_t value) {
  return {.key = std::move(key), .type = 3, .text = {}, .integer = value};
}
inline TagCase binary_tag(std::string key, std::string value) {
  return {.key = std::move(key), .type = 4, .text = std::move(value)};
}

struct LogCase {
  std::int64_t timestamp = 0;
  std::vector<TagCase> fields;
};

struct ReferenceCase {
  std::int32_t type = 0;  // 0 child of, 1 follows from
  std::int64_t trace_id_low = 0;
  std::int64_t trace_id_high = 0;
  std::int64_t span_id = 0;
};

struct SpanCase {
  std::int64_t trace_id_low = 0x1112131415161718;
  std::int64_t trace_id_high = 0x0102030405060708;
  std::int64_t span_id = 0x2122232425262728;
  std::int64_t parent_span_id = 0;
  std::string name = "GET /cart";
  std::vector<ReferenceCase> references;
  std::int32_t flags = 1;
  std::int64_t start = 1'700'000'000'000'000;
  std::int64_t duration = 1500;
  std::vector<TagCase> tags;
  std::vector<LogCase> logs;
};

struct BatchCase {
  std::string name;
  std::string service = "cart";
  std::vector<TagCase> process_tags;
  std::vector<SpanCase> spans;
  bool has_unknown_fields = false;  // a newer client's: in every struct, and of other types
  bool is_process_last = false;
  bool has_process = true;
};

enum class Framing {
  kBatch,      // the binary protocol, a Batch alone, as HTTP carries it
  kCompact,    // emitBatch
  kBinary,     // emitBatch
  kOldBinary,  // emitBatch without a version
};
std::string to_thrift(const BatchCase& batch, Framing framing,
                      const std::string& name = "emitBatch");

std::vector<BatchCase> golden_cases();

}  // namespace cairn::wire::jaeger::testing
