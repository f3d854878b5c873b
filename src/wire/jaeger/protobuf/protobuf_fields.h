// SPDX-License-Identifier: Apache-2.0
//
// Field numbers of jaeger.api_v2, as proto/jaeger.md lists them.
#pragma once

#include <cstdint>

namespace cairn::wire::jaeger::field {

namespace post_spans {
inline constexpr std::uint32_t kBatch = 1;
}
namespace batch {
inline constexpr std::uint32_t kSpans = 1;
inline constexpr std::uint32_t kProcess = 2;
inline constexpr std::uint32_t kLast = 2;
}  // namespace batch
namespace span {
inline constexpr std::uint32_t kTraceId = 1;
inline constexpr std::uint32_t kSpanId = 2;
inline constexpr std::uint32_t kOperationName = 3;
inline constexpr std::uint32_t kReferences = 4;
inline constexpr std::uint32_t kFlags = 5;
inline constexpr std::uint32_t kStartTime = 6;
inline constexpr std::uint32_t kDuration = 7;
inline constexpr std::uint32_t kTags = 8;
inline constexpr std::uint32_t kLogs = 9;
inline constexpr std::uint32_t kProcess = 10;
inline constexpr std::uint32_t kProcessId = 11;
inline constexpr std::uint32_t kWarnings = 12;
inline constexpr std::uint32_t kLast = 12;
}  // namespace span
namespace reference {
inline constexpr std::uint32_t kTraceId = 1;
inline constexpr std::uint32_t kSpanId = 2;
inline constexpr std::uint32_t kType = 3;
inline constexpr std::uint32_t kLast = 3;
}  // namespace reference
namespace process {
inline constexpr std::uint32_t kServiceName = 1;
inline constexpr std::uint32_t kTags = 2;
inline constexpr std::uint32_t kLast = 2;
}  // namespace process
namespace log {
inline constexpr std::uint32_t kTimestamp = 1;
inline constexpr std::uint32_t kFields = 2;
inline constexpr std::uint32_t kLast = 2;
}  // namespace log
namespace key_value {
inline constexpr std::uint32_t kKey = 1;
inline constexpr std::uint32_t kType = 2;
inline constexpr std::uint32_t kString = 3;
inline constexpr std::uint32_t kBool = 4;
inline constexpr std::uint32_t kInt64 = 5;
inline constexpr std::uint32_t kFloat64 = 6;
inline constexpr std::uint32_t kBinary = 7;
inline constexpr std::uint32_t kLast = 7;
}  // namespace key_value
// google.protobuf.Timestamp and Duration.
namespace time {
inline constexpr std::uint32_t kSeconds = 1;
inline constexpr std::uint32_t kNanos = 2;
inline constexpr std::uint32_t kLast = 2;
}  // namespace time

}  // namespace cairn::wire::jaeger::field
