// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/call.h"

#include "base/base64.h"
#include "net/error_status.h"
#include "net/http/percent.h"

namespace cairn::net {
namespace {

// Trailers have to fit into a client's header limit, 8 KiB in many of them.
constexpr std::size_t kMaxMessageBytes = 1024;

std::optional<Duration> unit_of(char unit) {
  switch (unit) {
    case 'H':
      return std::chrono::hours(1);
    case 'M':
      return std::chrono::minutes(1);
    case 'S':
      return std::chrono::seconds(1);
    case 'm':
      return std::chrono::milliseconds(1);
    case 'u':
      return std::chrono::microseconds(1);
    case 'n':
      return std::chrono::nanoseconds(1);
    default:
      return std::nullopt;
  }
}

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void append_field(std::string& out, char tag, std::string_view bytes) {
  out.push_back(tag);
  append_varint(out, bytes.size());
  out.append(bytes);
}

}  // namespace

bool is_grpc_content_type(std::string_view content_type) {
  static constexpr std::string_view kGrpc = "application/grpc";
  if (!content_type.starts_with(kGrpc)) return false;
  const std::string_view rest = content_type.substr(kGrpc.size());
  return rest.empty() || rest.starts_with(';') || rest == "+proto" || rest.starts_with("+proto;");
}

std::optional<Duration> parse_grpc_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  const auto unit = unit_of(text.back());
  if (!unit) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  // Eight digits of hours do not fit into 64 bits of nanoseconds; a century is as good as for ever.
  static constexpr Duration kLongest = std::chrono::hours(24) * 36525;
  if (value > kLongest / *unit) return kLongest;
  return *unit * value;
}

GrpcStatus GrpcStatus::of(const Error& error, std::string details) {
  return {grpc_status(error.code), error.message, std::move(details)};
}

GrpcStatus exhausted_retry_later(std::string message, std::chrono::seconds after) {
  std::string duration;  // google.protobuf.Duration: seconds = 1
  duration.push_back(0x08);
  append_varint(duration, static_cast<std::uint64_t>(after.count()));
  std::string retry_info;  // google.rpc.RetryInfo: retry_delay = 1
  append_field(retry_info, 0x0a, duration);
  std::string any;  // google.protobuf.Any: type_url = 1, value = 2
  append_field(any, 0x0a, "type.googleapis.com/google.rpc.RetryInfo");
  append_field(any, 0x12, retry_info);
  std::string status;  // google.rpc.Status: code = 1, message = 2, details = 3
  status.push_back(0x08);
  append_varint(status, kGrpcResourceExhausted);
  append_field(status, 0x12, message);
  append_field(status, 0x1a, any);
  return {kGrpcResourceExhausted, std::move(message), std::move(status)};
}

std::vector<std::pair<std::string, std::string>> to_trailers(const GrpcStatus& status) {
  std::vector<std::pair<std::string, std::string>> trailers;
  trailers.emplace_back("grpc-status", std::to_string(status.code));
  if (!status.message.empty()) {
    const std::string_view message = std::string_view(status.message).substr(0, kMaxMessageBytes);
    trailers.emplace_back("grpc-message", percent_encode_grpc_message(message));
  }
  if (!status.details.empty()) {
    std::string encoded = to_base64(as_bytes(status.details));
    while (encoded.ends_with('=')) encoded.pop_back();  // the spec asks senders to leave it out
    trailers.emplace_back("grpc-status-details-bin", std::move(encoded));
  }
  return trailers;
}

}  // namespace cairn::net
