// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/retry_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "sdk/export/answers/answer_body.h"
#include "sdk/export/answers/readable.h"

namespace cairn::trace::transport {
namespace {

using Code = ExportResult::Code;

enum GrpcCode : int {
  kCancelled = 1,
  kUnknown = 2,
  kDeadlineExceeded = 4,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

constexpr std::array<std::string_view, 17> kGrpcNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

ExportResult result(Code code, std::string message, std::chrono::nanoseconds retry_after = {}) {
  ExportResult out;
  out.code = code;
  out.message = std::move(message);
  out.retry_after = std::min<std::chrono::nanoseconds>(retry_after, kLongestRetryAfter);
  return out;
}

std::string with(std::string text, std::string_view detail) {
  const std::string more = readable(detail);
  return more.empty() ? text : text + ": " + more;
}

ExportResult no_answer(const HttpAnswer& answer) {
  return result(Code::kRetry, with(answer.connected ? "no answer" : "no connection", answer.error),
                answer.retry_after);
}

bool is_success(int status) {
  return status >= 200 && status <= 299;
}

bool has_type(const HttpAnswer& answer, std::string_view type) {
  return std::string_view(answer.content_type).substr(0, type.size()) == type;
}

std::string error_message(const HttpAnswer& answer) {
  if (has_type(answer, "application/json")) return read_status_message_json(answer.body);
  if (has_type(answer, "application/x-protobuf")) return read_status_message(answer.body);
  if (has_type(answer, "text/plain")) return answer.body;
  return {};
}

std::optional<ExportResult> judge_http_failure(const HttpAnswer& answer) {
  const int status = answer.status;
  const std::string name = "HTTP " + std::to_string(status);
  if (status == 429 || (status >= 502 && status <= 504)) {
    return result(Code::kRetry, with(name, error_message(answer)), answer.retry_after);
  }
  if (answer.too_large) return result(Code::kFailed, name + ", with an answer larger than allowed");
  // An error stands, even when its text did not come in full.
  if (status != 0 && !is_success(status)) {
    return result(Code::kFailed, with(name, error_message(answer)));
  }
  if (!answer.complete || status == 0) return no_answer(answer);
  return std::nullopt;
}

ExportResult sent(PartialSuccess partial) {
  ExportResult out = result(Code::kSent, readable(partial.message));
  out.rejected = partial.rejected;
  return out;
}

// gRPC, "HTTP to gRPC Status Code Mapping".
int code_for_http(int status) {
  switch (status) {
    case 400:
      return kInternal;
    case 401:
      return kUnauthenticated;
    case 403:
      return kPermissionDenied;
    case 404:
      return kUnimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return kUnavailable;
    default:
      return kUnknown;
  }
}

bool is_retryable(int code, bool says_when) {
  switch (code) {
    case kCancelled:
    case kDeadlineExceeded:
    case kAborted:
    case kOutOfRange:
    case kUnavailable:
    case kDataLoss:
      return true;
    case kResourceExhausted:
      return says_when;
    default:
      return false;
  }
}

ExportResult judge_grpc_error(int code, const HttpAnswer& answer, std::string_view message) {
  std::string details;
  std::optional<std::chrono::nanoseconds> delay;
  if (base64_decode(answer.grpc_status_details, details)) delay = read_retry_delay(details);
  const bool known = code >= 0 && static_cast<std::size_t>(code) < kGrpcNames.size();
  const std::string name =
      "gRPC " +
      (known ? std::string(kGrpcNames[static_cast<std::size_t>(code)]) : std::to_string(code));
  if (!is_retryable(code, delay.has_value())) return result(Code::kFailed, with(name, message));
  return result(Code::kRetry, with(name, message),
                delay.value_or(std::chrono::nanoseconds(answer.retry_after)));
}

// The message of a unary answer: a flag that is 0 (not compressed, as we accept nothing else), four
// bytes of length, the bytes.
PartialSuccess grpc_partial_success(std::string_view body) {
  constexpr std::size_t kPrefix = 5;
  if (body.size() < kPrefix || body[0] != 0) return {};
  std::size_t size = 0;
  for (std::size_t i = 1; i < kPrefix; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
  return read_partial_success(body.substr(kPrefix, size));
}

}  // namespace

ExportResult judge_otlp_http(const HttpAnswer& answer) {
  if (auto failure = judge_http_failure(answer)) return *std::move(failure);
  if (has_type(answer, "application/json")) return sent(read_partial_success_json(answer.body));
  if (has_type(answer, "application/x-protobuf")) return sent(read_partial_success(answer.body));
  return result(Code::kSent, {});
}

ExportResult judge_plain_http(const HttpAnswer& answer) {
  if (auto failure = judge_http_failure(answer)) return *std::move(failure);
  return result(Code::kSent, {});
}

ExportResult judge_otlp_grpc(const HttpAnswer& answer) {
  if (!answer.grpc_status.empty()) {
    const std::string& text = answer.grpc_status;
    const char* end = text.data() + text.size();
    int code = kUnknown;
    // Digits alone: "-0" is no success.
    if (text[0] == '-' || std::from_chars(text.data(), end, code).ptr != end) code = kUnknown;
    if (code == 0) return sent(grpc_partial_success(answer.body));
    return judge_grpc_error(code, answer, percent_decoded(answer.grpc_message));
  }
  if (answer.too_large) return result(Code::kFailed, "gRPC answer larger than allowed");
  if (answer.status != 0 && answer.status != 200) {
    return judge_grpc_error(code_for_http(answer.status), answer,
                            "HTTP " + std::to_string(answer.status) + " without a gRPC status");
  }
  if (!answer.complete) return no_answer(answer);
  return judge_grpc_error(kUnknown, answer, "an answer without a gRPC status");
}

}  // namespace cairn::trace::transport
