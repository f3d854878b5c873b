// SPDX-License-Identifier: Apache-2.0
//
// The batch that the tests of all formats write: every field of OTLP, and what the formats differ
// in.
#pragma once

#include <cmath>

#include "sdk/testing/batch_builder.h"

namespace cairn::trace::formats {

inline testing::ProtobufMessage sample_resource() {
  using namespace testing;
  return ProtobufMessage()
      .message(1, attribute("service.name", "cart"))
      .message(1, attribute("host.cores", int_value(8)))
      .message(1, attribute("cloud.tags", array_value({text_value("eu"), text_value("a\"b")})))
      .varint(2, 1);
}

// A server's span with everything.
inline testing::ProtobufMessage full_span() {
  using namespace testing;
  const auto event = ProtobufMessage()
                         .fixed64(1, 1'700'000'000'000'500'999)
                         .bytes(2, "exception")
                         .message(3, attribute("exception.type", "std::runtime_error"))
                         .message(3, attribute("attempt", int_value(2)))
                         .varint(4, 3);
  const auto plain_event = ProtobufMessage().fixed64(1, 1'700'000'000'000'600'000).bytes(2, "done");
  const auto link = ProtobufMessage()
                        .bytes(1, std::string("\xFF\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C"
                                              "\x0D\x0E\x0F"))
                        .bytes(2, std::string(8, '\x09'))
                        .bytes(3, "k=v")
                        .message(4, attribute("why", "batch"))
                        .varint(5, 4)
                        .fixed32(6, 0x301);
  return span_message('\xAB', '\x02', "GET /cart/:id")
      .bytes(3, "vendor=1")
      .bytes(4, std::string(8, '\x03'))
      .varint(6, 2)
      .fixed64(7, 1'700'000'000'000'000'999)
      .fixed64(8, 1'700'000'000'001'234'567)
      .message(9, attribute("http.method", "GET"))
      .message(9, attribute("http.status_code", int_value(500)))
      .message(9, attribute("net.peer.ip", "10.1.2.3"))
      .message(9, attribute("net.peer.port", "4711"))
      .message(9, attribute("server.address", "cart.example"))
      .message(9, attribute("error", bool_value(false)))
      .varint(10, 5)
      .message(11, event)
      .message(11, plain_event)
      .varint(12, 6)
      .message(13, link)
      .varint(14, 7)
      .message(15, ProtobufMessage().bytes(2, "out of stock").varint(3, 2))
      .fixed32(16, 0x101);
}

// Every type of value, and text that JSON has to escape.
inline testing::ProtobufMessage value_span() {
  using namespace testing;
  const auto nested = map_value({attribute("list", array_value({int_value(1), ProtobufMessage()})),
                                 attribute("bytes", bytes_value("\xFF"))});
  return span_message('\xAB', '\x04', "values")
      .bytes(4, std::string(8, '\x02'))
      .varint(6, 3)
      .fixed64(7, 1'700'000'000'000'001'000)
      .fixed64(8, 1'700'000'000'000'001'500)
      .message(9, attribute("bool", bool_value(true)))
      .message(9, attribute("int", int_value(INT64_MIN)))
      .message(9, attribute("double", double_value(0.1)))
      .message(9, attribute("nan", double_value(std::nan(""))))
      .message(9, attribute("infinity", double_value(-INFINITY)))
      .message(9, attribute("bytes", bytes_value(std::string("\x00\xFF\x10\x20", 4))))
      .message(9, attribute("empty", ProtobufMessage()))
      .message(9, attribute("list", array_value({double_value(1.5), double_value(2)})))
      .message(9, attribute("map", nested))
      .message(
          9, attribute("escaped", "tab\t quote\" back\\ line\n bell\x07 \xC3\xA9 \xF0\x9F\x98\x80"))
      .message(9, attribute("not utf-8", "a\xC3(\xFF\xE2\x82z"))
      .message(9, attribute("peer.service", "stock"))
      .fixed32(16, 0x1);
}

// An internal root, which ended before it began, and is debugged.
inline testing::ProtobufMessage bare_span() {
  using namespace testing;
  return span_message('\xAC', '\x05', "")
      .varint(6, 1)
      .fixed64(7, 1'700'000'000'000'002'000)
      .fixed64(8, 1'700'000'000'000'001'000)
      .message(9, attribute("peer.service", "nobody"))
      .message(9, attribute("cairn.wire.zipkin.debug", bool_value(true)))
      .message(15, ProtobufMessage().varint(3, 1));
}

inline testing::BatchBuilder sample_batch() {
  using namespace testing;
  BatchBuilder builder;
  builder.resource(sample_resource(), "https://example.com/resource");
  builder.scope("http", "1.2", "https://example.com/scope",
                ProtobufMessage().message(3, attribute("scope.attribute", "yes")).varint(4, 2));
  builder.span(full_span()).span(value_span());
  builder.scope("jobs").span(bare_span());
  return builder;
}

}  // namespace cairn::trace::formats
