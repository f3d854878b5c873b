// SPDX-License-Identifier: Apache-2.0
#include "api/request/trace_id_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/base64.h"

namespace cairn::api::request {
namespace {

// Longer text is no id; it is not repeated in the answer.
constexpr std::size_t kMaxText = 64;

std::optional<model::TraceId> from_base64_text(std::string_view text) {
  const std::optional<Bytes> bytes = from_base64(text);
  if (!bytes || (bytes->size() != 16 && bytes->size() != 8)) return std::nullopt;
  model::TraceId id;
  std::ranges::copy_backward(*bytes, id.bytes.end());
  return id;
}

}  // namespace

Result<model::TraceId> parse_trace_id(std::string_view text) {
  if (text.size() > kMaxText) return invalid_argument("a trace id has at most 32 hex digits");
  Result<model::TraceId> id = model::TraceId::from_hex(text);
  if (!id) {
    if (const auto decoded = from_base64_text(text)) id = *decoded;
  }
  if (!id) {
    return invalid_argument(
        fmt::format("\"{}\" is no trace id: neither 1 to 32 hex digits nor base64", text));
  }
  if (!id->is_valid()) return invalid_argument("a trace id of zeros is not valid");
  return id;
}

}  // namespace cairn::api::request
