// SPDX-License-Identifier: Apache-2.0
//
// Apache Thrift's own library as the judge: it writes what our readers read, and reads what our
// writers write.
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include "wire/thrift/reader.h"
#include "wire/thrift/writer.h"

namespace cairn::wire::thrift {
namespace {

namespace at = apache::thrift;
using at::transport::TMemoryBuffer;

struct Binary {
  using Protocol = at::protocol::TBinaryProtocol;
  using OurReader = BinaryReader;
  using OurWriter = BinaryWriter;
};
struct Compact {
  using Protocol = at::protocol::TCompactProtocol;
  using OurReader = CompactReader;
  using OurWriter = CompactWriter;
};

const std::vector<std::int64_t> kNumbers = {0,
                                            1,
                                            -1,
                                            63,
                                            64,
                                            -64,
                                            -65,
                                            127,
                                            128,
                                            300,
                                            -30000,
                                            std::numeric_limits<std::int16_t>::max(),
                                            std::numeric_limits<std::int16_t>::min(),
                                            std::numeric_limits<std::int32_t>::max(),
                                            std::numeric_limits<std::int32_t>::min(),
                                            std::numeric_limits<std::int64_t>::max(),
                                            std::numeric_limits<std::int64_t>::min()};
const std::vector<double> kReals = {0.0, -0.0, 1.5, -1e300,
                                    std::numeric_limits<double>::infinity()};
const std::vector<std::size_t> kSizes = {0, 1, 14, 15, 16, 127, 128};
// Steps of 1, of 15 and of more, a step back and a negative id.
const std::vector<std::int16_t> kIds = {1, 2, 17, 33, 32, 1000, -5, 32767};

std::string text_of(std::size_t size) {
  return std::string(size, 'x');
}

template <typename P>
class Oracle : public ::testing::Test {
 protected:
  std::shared_ptr<TMemoryBuffer> memory_ = std::make_shared<TMemoryBuffer>();
  typename P::Protocol protocol_{memory_};

  // What the library has written.
  std::string written() const { return memory_->getBufferAsString(); }
  // What the library will read.
  void give(std::string& bytes) {
    memory_->resetBuffer(reinterpret_cast<std::uint8_t*>(bytes.data()),
                         static_cast<std::uint32_t>(bytes.size()));
  }

  // One struct that holds everything; nested, so that ids count anew and go on.
  void write_with_library(const std::vector<std::int16_t>& ids = kIds) {
    auto& p = protocol_;
    p.writeMessageBegin(std::string("emitBatch"), at::protocol::T_ONEWAY, 77);
    p.writeStructBegin("");
    for (const std::int16_t id : ids) {
      p.writeFieldBegin("", at::protocol::T_STRUCT, id);
      p.writeStructBegin("");
      write_scalars(id % 2 == 0);
      write_lists();
      p.writeFieldStop();
      p.writeStructEnd();
      p.writeFieldEnd();
    }
    p.writeFieldStop();
    p.writeStructEnd();
    p.writeMessageEnd();
  }
  void write_scalars(bool boolean) {
    auto& p = protocol_;
    p.writeFieldBegin("", at::protocol::T_BOOL, 1);
    p.writeBool(boolean);
    p.writeFieldBegin("", at::protocol::T_BYTE, 2);
    p.writeByte(-7);
    std::int16_t id = 10;
    for (const std::int64_t number : kNumbers) {
      p.writeFieldBegin("", at::protocol::T_I16, id++);
      p.writeI16(static_cast<std::int16_t>(number));
      p.writeFieldBegin("", at::protocol::T_I32, id++);
      p.writeI32(static_cast<std::int32_t>(number));
      p.writeFieldBegin("", at::protocol::T_I64, id++);
      p.writeI64(number);
    }
    id = 100;
    for (const double real : kReals) {
      p.writeFieldBegin("", at::protocol::T_DOUBLE, id++);
      p.writeDouble(real);
    }
    id = 200;
    for (const std::size_t size : kSizes) {
      p.writeFieldBegin("", at::protocol::T_STRING, id++);
      p.writeBinary(text_of(size));
    }
  }
  void write_lists() {
    auto& p = protocol_;
    std::int16_t id = 300;
    for (const std::size_t size : kSizes) {
      const auto count = static_cast<std::uint32_t>(size);
      p.writeFieldBegin("", at::protocol::T_LIST, id++);
      p.writeListBegin(at::protocol::T_BOOL, count);
      for (std::uint32_t i = 0; i < count; ++i) p.writeBool(i % 3 == 0);
      p.writeListEnd();
      p.writeFieldBegin("", at::protocol::T_SET, id++);
      p.writeSetBegin(at::protocol::T_I64, count);
      for (std::uint32_t i = 0; i < count; ++i) p.writeI64(i);
      p.writeSetEnd();
      p.writeFieldBegin("", at::protocol::T_MAP, id++);
      p.writeMapBegin(at::protocol::T_STRING, at::protocol::T_BOOL, count);
      for (std::uint32_t i = 0; i < count; ++i) {
        p.writeString(std::string("key"));
        p.writeBool(i % 2 == 0);
      }
      p.writeMapEnd();
    }
  }
};

using Protocols = ::testing::Types<Binary, Compact>;
TYPED_TEST_SUITE(Oracle, Protocols);

template <typename R>
void expect_scalars(R& r, bool boolean) {
  Field field;
  ASSERT_TRUE(r.next(field));
  EXPECT_EQ(field.key(), field_key(1, Type::kBool));
  EXPECT_EQ(r.boolean(), boolean);
  ASSERT_TRUE(r.next(field));
  EXPECT_EQ(field.key(), field_key(2, Type::kByte));
  EXPECT_EQ(r.byte(), -7);
  for (const std::int64_t number : kNumbers) {
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kI16);
    EXPECT_EQ(r.i16(), static_cast<std::int16_t>(number));
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kI32);
    EXPECT_EQ(r.i32(), static_cast<std::int32_t>(number));
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kI64);
    EXPECT_EQ(r.i64(), number);
  }
  for (const double real : kReals) {
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kDouble);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(r.real()), std::bit_cast<std::uint64_t>(real));
  }
  for (const std::size_t size : kSizes) {
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kString);
    EXPECT_EQ(r.bytes(), text_of(size));
  }
  for (const std::size_t size : kSizes) {
    ASSERT_TRUE(r.next(field));
    const List bools = r.list();
    ASSERT_EQ(bools.size, size);
    for (std::uint32_t i = 0; i < bools.size; ++i) EXPECT_EQ(r.boolean(), i % 3 == 0);
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kSet);
    const List numbers = r.list();
    ASSERT_EQ(numbers.size, size);
    for (std::uint32_t i = 0; i < numbers.size; ++i) EXPECT_EQ(r.i64(), i);
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.type, Type::kMap);
    const Map map = r.map();
    ASSERT_EQ(map.size, size);
    for (std::uint32_t i = 0; i < map.size; ++i) {
      EXPECT_EQ(r.bytes(), "key");
      EXPECT_EQ(r.boolean(), i % 2 == 0);
    }
  }
  EXPECT_FALSE(r.next(field));
}

TYPED_TEST(Oracle, ReadsWhatTheLibraryWrites) {
  this->write_with_library();
  const std::string bytes = this->written();
  typename TypeParam::OurReader r(bytes);
  const Message message = r.message();
  EXPECT_EQ(message.name, "emitBatch");
  EXPECT_EQ(message.type, MessageType::kOneway);
  EXPECT_EQ(message.sequence, 77);
  Field field;
  for (const std::int16_t id : kIds) {
    ASSERT_TRUE(r.next(field));
    EXPECT_EQ(field.key(), field_key(id, Type::kStruct));
    expect_scalars(r, id % 2 == 0);
  }
  EXPECT_FALSE(r.next(field));
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(r.remaining(), 0U);
}

TYPED_TEST(Oracle, SkipsWhatTheLibraryWrites) {
  this->write_with_library();
  const std::string bytes = this->written();
  typename TypeParam::OurReader r(bytes);
  r.message();
  r.skip(Type::kStruct);
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(r.remaining(), 0U);
}

TYPED_TEST(Oracle, RefusesWhatTheLibraryWritesCutAnywhere) {
  this->write_with_library({1});
  const std::string bytes = this->written();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);  // its own memory, so that a step too far shows
    typename TypeParam::OurReader r(cut);
    r.message();
    r.skip(Type::kStruct);
    ASSERT_FALSE(r.ok()) << size;
  }
}

TYPED_TEST(Oracle, TheLibraryReadsWhatIsWritten) {
  std::string bytes;
  typename TypeParam::OurWriter w(bytes);
  w.message({"name", MessageType::kCall, 5});
  w.begin_struct();
  for (const std::int16_t id : kIds) {
    w.field(id, Type::kStruct);
    w.begin_struct();
    w.bool_field(1, id % 2 == 0);
    w.byte_field(2, -7);
    w.i16_field(3, -300);
    w.i32_field(20, -70000);
    for (std::size_t i = 0; i < kNumbers.size(); ++i) {
      w.i64_field(static_cast<std::int16_t>(30 + i), kNumbers[i]);
    }
    w.real_field(100, -1.5);
    for (const std::size_t size : kSizes) {
      w.list_field(101, Type::kBool, size);
      for (std::size_t i = 0; i < size; ++i) w.boolean(i % 3 == 0);
      w.bytes_field(102, text_of(size));
    }
    w.end_struct();
  }
  w.end_struct();

  this->give(bytes);
  auto& p = this->protocol_;
  std::string name;
  at::protocol::TMessageType message_type{};
  std::int32_t sequence = 0;
  p.readMessageBegin(name, message_type, sequence);
  EXPECT_EQ(name, "name");
  EXPECT_EQ(message_type, at::protocol::T_CALL);
  EXPECT_EQ(sequence, 5);
  at::protocol::TType type{};
  std::int16_t id = 0;
  const auto expect_field = [&](at::protocol::TType wanted_type, int wanted_id) {
    p.readFieldBegin(name, type, id);
    EXPECT_EQ(type, wanted_type);
    EXPECT_EQ(id, wanted_id);
  };
  p.readStructBegin(name);
  for (const std::int16_t wanted : kIds) {
    expect_field(at::protocol::T_STRUCT, wanted);
    p.readStructBegin(name);
    expect_field(at::protocol::T_BOOL, 1);
    bool boolean = false;
    p.readBool(boolean);
    EXPECT_EQ(boolean, wanted % 2 == 0);
    expect_field(at::protocol::T_BYTE, 2);
    std::int8_t byte = 0;
    p.readByte(byte);
    EXPECT_EQ(byte, -7);
    expect_field(at::protocol::T_I16, 3);
    std::int16_t small = 0;
    p.readI16(small);
    EXPECT_EQ(small, -300);
    expect_field(at::protocol::T_I32, 20);
    std::int32_t middle = 0;
    p.readI32(middle);
    EXPECT_EQ(middle, -70000);
    for (std::size_t i = 0; i < kNumbers.size(); ++i) {
      expect_field(at::protocol::T_I64, static_cast<int>(30 + i));
      std::int64_t large = 0;
      p.readI64(large);
      EXPECT_EQ(large, kNumbers[i]);
    }
    expect_field(at::protocol::T_DOUBLE, 100);
    double real = 0;
    p.readDouble(real);
    EXPECT_EQ(real, -1.5);
    for (const std::size_t size : kSizes) {
      expect_field(at::protocol::T_LIST, 101);
      at::protocol::TType element{};
      std::uint32_t count = 0;
      p.readListBegin(element, count);
      ASSERT_EQ(count, size);
      for (std::uint32_t i = 0; i < count; ++i) {
        p.readBool(boolean);
        EXPECT_EQ(boolean, i % 3 == 0);
      }
      p.readListEnd();
      expect_field(at::protocol::T_STRING, 102);
      std::string text;
      p.readBinary(text);
      EXPECT_EQ(text, text_of(size));
    }
    p.readFieldBegin(name, type, id);
    EXPECT_EQ(type, at::protocol::T_STOP);
    p.readStructEnd();
  }
  p.readFieldBegin(name, type, id);
  EXPECT_EQ(type, at::protocol::T_STOP);
}

TEST(OldFraming, ReadsAMessageWithoutVersion) {
  auto memory = std::make_shared<TMemoryBuffer>();
  at::protocol::TBinaryProtocol protocol(memory, 0, 0, false, false);
  protocol.writeMessageBegin("emitBatch", at::protocol::T_CALL, 3);
  const std::string bytes = memory->getBufferAsString();
  std::string ours;
  BinaryWriter(ours).old_message({"emitBatch", MessageType::kCall, 3});
  EXPECT_EQ(ours, bytes);
  BinaryReader r(bytes);
  const Message message = r.message();
  EXPECT_EQ(message.name, "emitBatch");
  EXPECT_EQ(message.type, MessageType::kCall);
  EXPECT_EQ(message.sequence, 3);
  EXPECT_TRUE(r.ok());
}

}  // namespace
}  // namespace cairn::wire::thrift
