// SPDX-License-Identifier: Apache-2.0
//
// The numbers of jaeger.thrift and agent.thrift. Facts.
// Source: jaeger-idl, thrift/jaeger.thrift and thrift/agent.thrift.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::wire::jaeger::field {

namespace tag {
inline constexpr std::int16_t kKey = 1;
inline constexpr std::int16_t kType = 2;  // i32, see TagType
inline constexpr std::int16_t kText = 3;
inline constexpr std::int16_t kReal = 4;
inline constexpr std::int16_t kBool = 5;
inline constexpr std::int16_t kInteger = 6;
inline constexpr std::int16_t kBinary = 7;
}  // namespace tag

namespace log {
inline constexpr std::int16_t kTimestamp = 1;  // i64, microseconds
inline constexpr std::int16_t kFields = 2;
}  // namespace log

namespace reference {
inline constexpr std::int16_t kType = 1;  // i32, see RefType
inline constexpr std::int16_t kTraceIdLow = 2;
inline constexpr std::int16_t kTraceIdHigh = 3;
inline constexpr std::int16_t kSpanId = 4;
}  // namespace reference

namespace span {
inline constexpr std::int16_t kTraceIdLow = 1;
inline constexpr std::int16_t kTraceIdHigh = 2;
inline constexpr std::int16_t kSpanId = 3;
inline constexpr std::int16_t kParentSpanId = 4;
inline constexpr std::int16_t kOperationName = 5;
inline constexpr std::int16_t kReferences = 6;
inline constexpr std::int16_t kFlags = 7;      // i32
inline constexpr std::int16_t kStartTime = 8;  // i64, microseconds
inline constexpr std::int16_t kDuration = 9;   // i64, microseconds
inline constexpr std::int16_t kTags = 10;
inline constexpr std::int16_t kLogs = 11;
}  // namespace span

namespace process {
inline constexpr std::int16_t kServiceName = 1;
inline constexpr std::int16_t kTags = 2;
}  // namespace process

namespace batch {
inline constexpr std::int16_t kProcess = 1;
inline constexpr std::int16_t kSpans = 2;
}  // namespace batch

// The arguments of both messages: a Batch, or a list of Zipkin's spans.
namespace arguments {
inline constexpr std::int16_t kOnly = 1;
}  // namespace arguments

}  // namespace cairn::wire::jaeger::field

namespace cairn::wire::jaeger {

enum class TagType : std::int32_t {
  kString = 0,
  kDouble = 1,
  kBool = 2,
  kLong = 3,
  kBinary = 4,
};

inline constexpr std::string_view kEmitBatch = "emitBatch";
inline constexpr std::string_view kEmitZipkinBatch = "emitZipkinBatch";

}  // namespace cairn::wire::jaeger
