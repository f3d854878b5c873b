// SPDX-License-Identifier: Apache-2.0
#include "receivers/upload/document_format.h"

namespace cairn::receivers::upload {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The index behind the string that begins at `at`, or the end of the text.
std::size_t after_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      return at + 1;
    }
  }
  return json.size();
}

std::optional<DocumentFormat> told_by(std::string_view name, std::string_view json) {
  if (name == "resourceSpans" || name == "resource_spans") return DocumentFormat::kOtlp;
  for (const std::string_view jaeger : {"data", "spans", "processes", "traceID"}) {
    if (name == jaeger) return DocumentFormat::kJaeger;
  }
  if (name == "traceId") return named_format("zipkin", json);
  return std::nullopt;
}

// Looks at the names of the first object's own members, wherever lists lead to it.
std::optional<DocumentFormat> first_telling_name(std::string_view json) {
  std::size_t depth = 0;  // of objects and lists below the first object
  for (std::size_t at = json.find('{') + 1; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t end = after_string(json, at);
      const std::size_t next = json.find_first_not_of(kSpace, end);
      if (depth == 0 && next != std::string_view::npos && json[next] == ':') {
        const auto format = told_by(json.substr(at + 1, end - at - 2), json);
        if (format) return format;
      }
      at = end;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return std::nullopt;
      --depth;
    }
    ++at;
  }
  return std::nullopt;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::optional<DocumentFormat> sniff_document(std::string_view json) {
  json = trimmed(json);
  if (json.empty() || (json.front() != '{' && json.front() != '[')) return std::nullopt;
  const std::size_t object = json.find_first_not_of(" \t\r\n[");
  if (json.front() == '[' && object != std::string_view::npos && json[object] == ']') {
    return DocumentFormat::kZipkinV2;
  }
  if (object == std::string_view::npos || json[object] != '{') return std::nullopt;
  if (trimmed(json.substr(object + 1)) == "}") return DocumentFormat::kOtlp;
  return first_telling_name(json);
}

std::optional<DocumentFormat> named_format(std::string_view name, std::string_view json) {
  if (name == "otlp") return DocumentFormat::kOtlp;
  if (name == "jaeger") return DocumentFormat::kJaeger;
  if (name != "zipkin") return std::nullopt;
  // "localEndpoint", "remoteEndpoint" and tags are version 2's words, the others version 1's.
  if (contains(json, "Endpoint\"") || contains(json, "\"tags\"")) return DocumentFormat::kZipkinV2;
  const bool is_v1 = contains(json, "\"binaryAnnotations\"") || contains(json, "\"endpoint\"");
  return is_v1 ? DocumentFormat::kZipkinV1 : DocumentFormat::kZipkinV2;
}

bool looks_like_lines(std::string_view body) {
  body = trimmed(body);
  const std::size_t end = body.find('\n');
  if (end == std::string_view::npos) return false;
  const std::string_view first = trimmed(body.substr(0, end));
  const char next = trimmed(body.substr(end)).front();
  const bool opens = first.front() == '{' || first.front() == '[';
  const bool closes = first.back() == '}' || first.back() == ']';
  // What goes on after a bracket goes on with one of these.
  return opens && closes && next != ',' && next != '}' && next != ']';
}

}  // namespace cairn::receivers::upload
