// SPDX-License-Identifier: Apache-2.0
//
// Apache Thrift's library as the judge: it reads what we write, field by field, into texts.
#include "sdk/export/formats/jaeger_thrift.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include "sdk/export/formats/testing/golden.h"
#include "sdk/export/formats/testing/sample_batch.h"

namespace cairn::trace::formats {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace testing;

namespace tp = apache::thrift::protocol;
namespace tt = apache::thrift::transport;

constexpr std::size_t kMost = 65'000;

// A struct as {number: value, ...}.
class Dump {
 public:
  explicit Dump(tp::TProtocol& in) : in_(in) {}

  std::string read_struct(std::size_t indent) {
    std::string out = "{\n", name;
    in_.readStructBegin(name);
    for (;;) {
      tp::TType type;
      std::int16_t id;
      in_.readFieldBegin(name, type, id);
      if (type == tp::T_STOP) break;
      out +=
          std::string(indent + 2, ' ') + std::to_string(id) + ": " + read(type, indent + 2) + "\n";
      in_.readFieldEnd();
    }
    in_.readStructEnd();
    return out + std::string(indent, ' ') + "}";
  }

 private:
  std::string read(tp::TType type, std::size_t indent) {
    switch (type) {
      case tp::T_BOOL: {
        bool value;
        in_.readBool(value);
        return value ? "true" : "false";
      }
      case tp::T_I32: {
        std::int32_t value;
        in_.readI32(value);
        return "i32 " + std::to_string(value);
      }
      case tp::T_I64: {
        std::int64_t value;
        in_.readI64(value);
        return "i64 " + std::to_string(value);
      }
      case tp::T_DOUBLE: {
        double value;
        in_.readDouble(value);
        return "double " + std::to_string(value);
      }
      case tp::T_STRING: {
        std::string value;
        in_.readBinary(value);
        return ::testing::PrintToString(value);
      }
      case tp::T_STRUCT:
        return read_struct(indent);
      case tp::T_LIST:
        return read_list(indent);
      default:
        ADD_FAILURE() << "a type that is not in jaeger.thrift: " << type;
        throw tp::TProtocolException();
    }
  }

  std::string read_list(std::size_t indent) {
    tp::TType type;
    std::uint32_t size;
    in_.readListBegin(type, size);
    std::string out = "[" + std::to_string(size) + "]";
    for (std::uint32_t i = 0; i < size; ++i) out += " " + read(type, indent);
    in_.readListEnd();
    return out;
  }

  tp::TProtocol& in_;
};

std::shared_ptr<tt::TMemoryBuffer> buffer_of(const std::string& bytes) {
  auto buffer = std::make_shared<tt::TMemoryBuffer>();
  buffer->resetBuffer(reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data())),
                      static_cast<std::uint32_t>(bytes.size()), tt::TMemoryBuffer::COPY);
  return buffer;
}

std::string dump_binary(const std::string& body) {
  const auto buffer = buffer_of(body);
  tp::TBinaryProtocol protocol(buffer);
  std::string text = Dump(protocol).read_struct(0);
  EXPECT_EQ(buffer->available_read(), 0U);
  return text;
}

std::string dump_datagram(const std::string& datagram) {
  const auto buffer = buffer_of(datagram);
  tp::TCompactProtocol protocol(buffer);
  std::string name;
  tp::TMessageType type;
  std::int32_t sequence;
  protocol.readMessageBegin(name, type, sequence);
  EXPECT_EQ(name, "emitBatch");
  EXPECT_EQ(type, tp::T_ONEWAY);
  std::string text = Dump(protocol).read_struct(0);
  protocol.readMessageEnd();
  EXPECT_EQ(buffer->available_read(), 0U);
  return text;
}

TEST(JaegerThrift, Golden) {
  expect_golden("jaeger.txt", dump_binary(to_jaeger_binary(sample_batch().batch())) + "\n");
}

TEST(JaegerThrift, DatagramsSayTheSameInTheCompactProtocol) {
  std::size_t dropped = 0;
  const auto datagrams = to_jaeger_datagrams(sample_batch().batch(), kMost, dropped);
  ASSERT_THAT(datagrams, SizeIs(1));
  EXPECT_EQ(dropped, 0U);
  // The batch is field 1 of the message's arguments, two more columns to the right.
  std::string expected = "{\n  1: ";
  for (const char c : dump_binary(to_jaeger_binary(sample_batch().batch()))) {
    expected += c;
    if (c == '\n') expected += "  ";
  }
  EXPECT_EQ(dump_datagram(datagrams[0]), expected + "\n}");
}

TEST(JaegerThrift, ABatchWithoutSpansIsAProcessOnlyAndNoDatagram) {
  EXPECT_EQ(dump_binary(to_jaeger_binary({})),
            "{\n  1: {\n    1: \"unknown_service\"\n  }\n  2: [0]\n}");
  std::size_t dropped = 0;
  EXPECT_THAT(to_jaeger_datagrams({}, kMost, dropped), SizeIs(0));
}

// Counts the spans of the datagrams, and looks that none is too large.
std::size_t spans_in(const std::vector<std::string>& datagrams, std::size_t most) {
  std::size_t spans = 0;
  for (const std::string& datagram : datagrams) {
    EXPECT_LE(datagram.size(), most);
    const std::string text = dump_datagram(datagram);
    spans += std::stoul(text.substr(text.find("\n    2: [") + 9));
  }
  return spans;
}

TEST(JaegerThrift, SplitsABatchSoThatEachDatagramFits) {
  BatchBuilder builder;
  builder.resource(sample_resource());
  for (int i = 0; i < 500; ++i) {
    builder.span(
        span_message('\1', '\2', "x")
            .message(
                9, attribute("filler", std::string(static_cast<std::size_t>(i * 7 % 1000), 'f'))));
  }
  const SpanBatch batch = builder.batch();
  for (const std::size_t most : {std::size_t{1300}, std::size_t{4096}, kMost}) {
    std::size_t dropped = 0;
    EXPECT_EQ(spans_in(to_jaeger_datagrams(batch, most, dropped), most), 500U);
    EXPECT_EQ(dropped, 0U);
  }
}

TEST(JaegerThrift, ASpanLargerThanADatagramIsDroppedAlone) {
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', "before"));
  builder.span(
      span_message('\1', '\3', "large").message(9, attribute("a", std::string(kMost, 'a'))));
  builder.span(span_message('\1', '\4', "after"));
  std::size_t dropped = 0;
  const auto datagrams = to_jaeger_datagrams(builder.batch(), kMost, dropped);
  EXPECT_EQ(dropped, 1U);
  EXPECT_EQ(spans_in(datagrams, kMost), 2U);
}

TEST(JaegerThrift, AProcessLargerThanADatagramDropsAll) {
  BatchBuilder builder;
  builder.resource(ProtobufMessage().message(1, attribute("a", std::string(kMost, 'a'))));
  builder.span(span_message('\1', '\2', "x")).span(span_message('\1', '\3', "y"));
  std::size_t dropped = 0;
  EXPECT_THAT(to_jaeger_datagrams(builder.batch(), kMost, dropped), SizeIs(0));
  EXPECT_EQ(dropped, 2U);
}

TEST(JaegerThrift, AnAttributeEventOutranksTheEventsName) {
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', "x")
                   .message(11, ProtobufMessage().bytes(2, "name").message(
                                    3, attribute("event", "attribute"))));
  const std::string text = dump_binary(to_jaeger_binary(builder.batch()));
  EXPECT_THAT(text, HasSubstr("\"attribute\""));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\"name\"")));
}

}  // namespace
}  // namespace cairn::trace::formats
