// SPDX-License-Identifier: Apache-2.0
//
// The small messages a receiver answers with, in both encodings.
#include "base/json_writer.h"
#include "wire/otlp/fields.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/protobuf/backward_writer.h"

namespace cairn::wire::otlp {

using protobuf::BackwardWriter;

std::string encode_export_response(std::uint64_t rejected_spans, std::string_view message) {
  if (rejected_spans == 0 && message.empty()) return {};
  BackwardWriter w;
  if (!message.empty()) w.bytes_field(field::partial_success::kErrorMessage, message);
  if (rejected_spans != 0) w.varint_field(field::partial_success::kRejectedSpans, rejected_spans);
  w.close_message(field::export_response::kPartialSuccess, 0);
  return std::string(w.written());
}

std::string encode_status(int grpc_code, std::string_view message, int retry_after_seconds) {
  BackwardWriter w;
  if (retry_after_seconds > 0) {
    w.varint_field(field::duration::kSeconds, static_cast<std::uint64_t>(retry_after_seconds));
    w.close_message(field::retry_info::kRetryDelay, 0);
    w.close_message(field::any::kValue, 0);
    w.bytes_field(field::any::kTypeUrl, "type.googleapis.com/google.rpc.RetryInfo");
    w.close_message(field::rpc_status::kDetails, 0);
  }
  if (!message.empty()) w.bytes_field(field::rpc_status::kMessage, message);
  if (grpc_code != 0) {
    w.varint_field(field::rpc_status::kCode, static_cast<std::uint64_t>(grpc_code));
  }
  return std::string(w.written());
}

std::string encode_export_response_json(std::uint64_t rejected_spans, std::string_view message) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("partialSuccess");
  json.begin_object();
  if (rejected_spans != 0) json.member("rejectedSpans", std::to_string(rejected_spans));
  if (!message.empty()) json.member("errorMessage", message);
  json.end_object();
  json.end_object();
  return out;
}

std::string encode_status_json(int grpc_code, std::string_view message) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("code", grpc_code);
  json.member("message", message);
  json.end_object();
  return out;
}

}  // namespace cairn::wire::otlp
