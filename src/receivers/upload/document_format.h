// SPDX-License-Identifier: Apache-2.0
//
// What a JSON document of traces is, by the names of its first object's members:
//   {"resourceSpans":…} OTLP    {"data":…} {"spans":…} {"traceID":…} Jaeger    {"traceId":…} Zipkin
// Pure functions; nothing is parsed further than to the first telling name.
#pragma once

#include <optional>
#include <string_view>

namespace cairn::receivers::upload {

enum class DocumentFormat { kOtlp, kJaeger, kZipkinV2, kZipkinV1 };

// Nothing when no name tells. Empty: `{}` is OTLP's empty request, `[]` Zipkin's empty list.
std::optional<DocumentFormat> sniff_document(std::string_view json);

// The format as a request names it: "otlp", "jaeger" or "zipkin", whose version `json` tells.
std::optional<DocumentFormat> named_format(std::string_view name, std::string_view json);

// Whether a body holds one document a line: the first line begins and ends with a bracket, and the
// next one does not go on with it, as the second line of a pretty-printed document does.
bool looks_like_lines(std::string_view body);

}  // namespace cairn::receivers::upload
