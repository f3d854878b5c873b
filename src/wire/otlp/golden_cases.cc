// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp/testing.h"

namespace cairn::wire::otlp::testing {
namespace {

constexpr std::uint64_t kStart = 1'700'000'000'000'000'000;
constexpr std::uint64_t kOneAndAHalf = 0x3ff8000000000000;
constexpr std::uint64_t kNan = 0x7ff8000000000000;
constexpr std::uint64_t kNegativeInfinity = 0xfff0000000000000;
constexpr std::uint64_t kNegativeZero = 0x8000000000000000;

std::string status(std::string_view message_text, std::uint64_t code) {
  return message(15, text(2, message_text) + varint(3, code));
}

// Every field of every message.
std::string full() {
  const std::string event = fixed64(1, kStart + 1000) + text(2, "cache miss") +
                            key_value(3, "cache.key", string_value("user:7")) + varint(4, 11);
  const std::string link = text(1, std::string(16, '\x11')) + text(2, std::string(8, '\x22')) +
                           text(3, "vendor=1") + key_value(4, "reason", string_value("retry")) +
                           varint(5, 12) + fixed32(6, 0x301);
  const std::string span = ids() + text(3, "a=1,b=2") + text(4, std::string(8, '\xb1')) +
                           text(5, "GET /cart/{id}") + varint(6, 2) + fixed64(7, kStart) +
                           fixed64(8, kStart + 1'500'000) +
                           key_value(9, "http.response.status_code", int_value(200)) +
                           key_value(9, "url.path", string_value("/cart/7")) + varint(10, 13) +
                           message(11, event) + varint(12, 14) + message(13, link) +
                           varint(14, 15) + status("it broke", 2) + fixed32(16, 0x101);
  const std::string resource = key_value(1, "service.name", string_value("cart")) +
                               key_value(1, "process.pid", int_value(42)) + varint(2, 16);
  const std::string scope = text(1, "io.http") + text(2, "1.2.3") +
                            key_value(3, "short", bool_value(true)) + varint(4, 17);
  return message(1, message(1, resource) +
                        message(2, message(1, scope) + message(2, span) + text(3, "urn:scope:1")) +
                        text(3, "urn:resource:1"));
}

// Each kind of value, its default too, and kinds inside kinds.
std::string value_kinds() {
  std::string span = ids() + text(5, "values");
  span += key_value(9, "empty", "");
  span += key_value(9, "true", bool_value(true)) + key_value(9, "false", bool_value(false));
  span += key_value(9, "int.zero", int_value(0)) + key_value(9, "int.least", int_value(INT64_MIN));
  span += key_value(9, "int.most", int_value(INT64_MAX));
  span += key_value(9, "double", double_value(kOneAndAHalf));
  span += key_value(9, "double.zero", double_value(0));
  span += key_value(9, "double.nan", double_value(kNan));
  span += key_value(9, "double.negative_infinity", double_value(kNegativeInfinity));
  span += key_value(9, "double.negative_zero", double_value(kNegativeZero));
  span += key_value(9, "string", string_value("héllo ☃ 🎈 \"quoted\" \\ \n\t\x01/"));
  span += key_value(9, "string.empty", string_value(""));
  span += key_value(9, "bytes", bytes_value(std::string("\0\xff\x80", 3)));
  span += key_value(9, "bytes.empty", bytes_value(""));
  span += key_value(9, "array.empty", array_value({}));
  span += key_value(9, "kvlist.empty", kvlist_value(""));
  const std::string inner =
      key_value(1, "a", array_value({int_value(1), string_value("two"), ""})) +
      key_value(1, "b", kvlist_value(key_value(1, "c", bool_value(true))));
  span += key_value(9, "array",
                    array_value({double_value(kOneAndAHalf), kvlist_value(inner),
                                 bytes_value("xyz"), array_value({array_value({})})}));
  span += key_value(9, "kvlist", kvlist_value(inner + key_value(1, "a", int_value(2))));
  span += key_value(9, "", string_value("no key")) + message(9, text(1, "no value"));
  span += key_value(9, "twice", int_value(1)) + key_value(9, "twice", int_value(2));
  return request({span});
}

// Fields of a later OTLP at each level that keeps them, in a row and apart.
std::string unknown_fields() {
  const std::string later = varint(1001, 1) + text(1002, "later");
  const std::string tail = fixed32(1003, 3) + fixed64(1004, 4);
  const std::string event = later + fixed64(1, kStart) + tail + text(2, "e");
  const std::string link = text(1, kTraceIdBytes) + later + text(2, kSpanIdBytes) + tail;
  const std::string span = later + ids() + tail + text(5, "apart") + varint(1005, 5) +
                           message(11, event) + message(13, link) +
                           message(15, later + varint(3, 1) + tail);
  const std::string row = ids() + text(5, "in a row") + later + tail;
  const std::string scope = later + text(1, "s") + tail;
  const std::string resource = key_value(1, "service.name", string_value("cart")) + later;
  return varint(1000, 1) +
         message(1, later + message(1, resource) +
                        message(2, later + message(1, scope) + message(2, span) + message(2, row)) +
                        tail);
}

std::string groups() {
  const auto span = [](char id, std::string_view name) {
    return message(2, text(1, kTraceIdBytes) + text(2, std::string(8, id)) + text(5, name));
  };
  const auto resource = [](std::string_view service) {
    return message(1, key_value(1, "service.name", string_value(service)));
  };
  const auto scope = [](std::string_view name) { return message(1, text(1, name)); };
  return message(1, resource("cart") +
                        message(2, scope("http") + span('\1', "one") + span('\2', "two")) +
                        message(2, scope("sql") + span('\3', "three"))) +
         message(1, message(2, span('\4', "scope after") + scope("late")) + resource("late too")) +
         message(1, resource("empty") + message(2, scope("no spans"))) +
         message(1, message(2, span('\5', "nobody's"))) +
         message(1, resource("cart") + message(2, scope("http") + span('\6', "same again")));
}

// One of each reason, between good ones.
std::string rejected() {
  const std::string good = ids() + text(5, "good");
  return request({
      good,
      text(1, std::string(16, '\0')) + text(2, kSpanIdBytes),
      text(1, "short") + text(2, kSpanIdBytes),
      text(2, kSpanIdBytes),
      text(1, kTraceIdBytes) + text(2, std::string(8, '\0')),
      text(1, kTraceIdBytes) + text(2, "longer than eight"),
      ids() + text(4, "short"),
      ids() + message(13, text(1, kTraceIdBytes) + text(2, "short")),
      ids() + message(13, text(2, kSpanIdBytes)),
      ids() + varint(5, 1),                                   // a name that is a number
      ids() + text(5, "name").substr(0, 3),                   // cut short
      ids() + message(9, text(1, "k") + message(2, "\x08")),  // a value that is cut short
      ids() + "\x0b\x0c",                                     // a group
      good,
  });
}

std::string nested_array(int levels) {
  std::string value = string_value("deep");
  for (int i = 1; i < levels; ++i) value = array_value({value});
  return value;
}

// The 32nd level is kept, the 33rd is emptied.
std::string deep() {
  return request({ids() + text(5, "deep") + key_value(9, "32", nested_array(32)) +
                  key_value(9, "33", nested_array(33)) + key_value(9, "200", nested_array(200)) +
                  key_value(9, "after", int_value(1))});
}

// Singular fields that occur twice.
std::string merged() {
  const std::string both = text(1, "k") + message(2, array_value({int_value(1)})) +
                           message(2, array_value({int_value(2)})) + message(2, "");
  const std::string last =
      text(1, "lost") + text(1, "l") + message(2, int_value(1)) + message(2, string_value("last"));
  const std::string span = ids() + text(5, "lost") + text(5, "name") + message(9, both) +
                           message(9, last) + message(15, text(2, "kept")) +
                           message(15, varint(3, 2)) + fixed64(7, 1) + fixed64(7, kStart);
  return message(
      1, message(1, key_value(1, "service.name", string_value("a"))) +
             message(2, message(1, text(1, "n")) + message(2, span) + message(1, text(2, "v"))) +
             message(1, key_value(1, "more", int_value(1)) + varint(2, 3)));
}

}  // namespace

std::vector<GoldenCase> golden_cases() {
  return {
      {"full", full()},
      {"minimal", request({ids()})},
      {"value_kinds", value_kinds()},
      {"unknown_fields", unknown_fields(), false},
      {"groups", groups()},
      {"rejected", rejected(), false},
      {"deep", deep()},
      {"merged", merged()},
      {"invalid_utf8", request({ids() + text(5, "a\xff\xc0\x80z")}), false},
      {"unnamed_numbers",
       request({ids() + varint(6, 99) + message(15, varint(3, 0xffffffffffffffffU)) +
                fixed64(7, UINT64_MAX) + fixed64(8, 1)})},
      {"empty", ""},
  };
}

}  // namespace cairn::wire::otlp::testing
