// SPDX-License-Identifier: Apache-2.0
//
// The field numbers of OTLP's trace messages, as proto/otlp.md lists them.
// Source: opentelemetry-proto 1.x: common/v1, resource/v1, trace/v1, collector/trace/v1;
// google.rpc.
#pragma once

#include <cstdint>

namespace cairn::wire::otlp::field {

namespace traces_data {  // and ExportTraceServiceRequest
inline constexpr std::uint32_t kResourceSpans = 1;
}
namespace resource_spans {
inline constexpr std::uint32_t kResource = 1;
inline constexpr std::uint32_t kScopeSpans = 2;
inline constexpr std::uint32_t kSchemaUrl = 3;
inline constexpr std::uint32_t kLast = kSchemaUrl;
}  // namespace resource_spans
namespace resource {
inline constexpr std::uint32_t kAttributes = 1;
inline constexpr std::uint32_t kDroppedAttributesCount = 2;
inline constexpr std::uint32_t kLast = kDroppedAttributesCount;
}  // namespace resource
namespace scope_spans {
inline constexpr std::uint32_t kScope = 1;
inline constexpr std::uint32_t kSpans = 2;
inline constexpr std::uint32_t kSchemaUrl = 3;
inline constexpr std::uint32_t kLast = kSchemaUrl;
}  // namespace scope_spans
namespace scope {
inline constexpr std::uint32_t kName = 1;
inline constexpr std::uint32_t kVersion = 2;
inline constexpr std::uint32_t kAttributes = 3;
inline constexpr std::uint32_t kDroppedAttributesCount = 4;
inline constexpr std::uint32_t kLast = kDroppedAttributesCount;
}  // namespace scope
namespace span {
inline constexpr std::uint32_t kTraceId = 1;
inline constexpr std::uint32_t kSpanId = 2;
inline constexpr std::uint32_t kTraceState = 3;
inline constexpr std::uint32_t kParentSpanId = 4;
inline constexpr std::uint32_t kName = 5;
inline constexpr std::uint32_t kKind = 6;
inline constexpr std::uint32_t kStartTime = 7;
inline constexpr std::uint32_t kEndTime = 8;
inline constexpr std::uint32_t kAttributes = 9;
inline constexpr std::uint32_t kDroppedAttributesCount = 10;
inline constexpr std::uint32_t kEvents = 11;
inline constexpr std::uint32_t kDroppedEventsCount = 12;
inline constexpr std::uint32_t kLinks = 13;
inline constexpr std::uint32_t kDroppedLinksCount = 14;
inline constexpr std::uint32_t kStatus = 15;
inline constexpr std::uint32_t kFlags = 16;
inline constexpr std::uint32_t kLast = kFlags;
}  // namespace span
namespace status {
inline constexpr std::uint32_t kMessage = 2;
inline constexpr std::uint32_t kCode = 3;
}  // namespace status
namespace event {
inline constexpr std::uint32_t kTime = 1;
inline constexpr std::uint32_t kName = 2;
inline constexpr std::uint32_t kAttributes = 3;
inline constexpr std::uint32_t kDroppedAttributesCount = 4;
inline constexpr std::uint32_t kLast = kDroppedAttributesCount;
}  // namespace event
namespace link {
inline constexpr std::uint32_t kTraceId = 1;
inline constexpr std::uint32_t kSpanId = 2;
inline constexpr std::uint32_t kTraceState = 3;
inline constexpr std::uint32_t kAttributes = 4;
inline constexpr std::uint32_t kDroppedAttributesCount = 5;
inline constexpr std::uint32_t kFlags = 6;
inline constexpr std::uint32_t kLast = kFlags;
}  // namespace link
namespace key_value {
inline constexpr std::uint32_t kKey = 1;
inline constexpr std::uint32_t kValue = 2;
inline constexpr std::uint32_t kLast = kValue;
}  // namespace key_value
namespace any_value {
inline constexpr std::uint32_t kString = 1;
inline constexpr std::uint32_t kBool = 2;
inline constexpr std::uint32_t kInt = 3;
inline constexpr std::uint32_t kDouble = 4;
inline constexpr std::uint32_t kArray = 5;
inline constexpr std::uint32_t kKeyValueList = 6;
inline constexpr std::uint32_t kBytes = 7;
inline constexpr std::uint32_t kLast = kBytes;
}  // namespace any_value
namespace list {  // ArrayValue and KeyValueList
inline constexpr std::uint32_t kValues = 1;
}
namespace export_response {
inline constexpr std::uint32_t kPartialSuccess = 1;
}
namespace partial_success {
inline constexpr std::uint32_t kRejectedSpans = 1;
inline constexpr std::uint32_t kErrorMessage = 2;
}  // namespace partial_success
namespace rpc_status {
inline constexpr std::uint32_t kCode = 1;
inline constexpr std::uint32_t kMessage = 2;
inline constexpr std::uint32_t kDetails = 3;
}  // namespace rpc_status
namespace any {
inline constexpr std::uint32_t kTypeUrl = 1;
inline constexpr std::uint32_t kValue = 2;
}  // namespace any
namespace retry_info {
inline constexpr std::uint32_t kRetryDelay = 1;
}
namespace duration {
inline constexpr std::uint32_t kSeconds = 1;
}

}  // namespace cairn::wire::otlp::field
