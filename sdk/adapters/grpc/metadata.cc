// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/metadata.h"

#include <algorithm>

namespace cairn::trace::grpc_adapter {
namespace {

// RFC 9113, "SETTINGS_MAX_HEADER_LIST_SIZE".
constexpr std::size_t kHeaderOverhead = 32;

std::size_t header_size(std::string_view name, std::string_view value) {
  return name.size() + value.size() + kHeaderOverhead;
}

bool is_legal_name(std::string_view name) {
  if (name.empty() || name.substr(0, 5) == "grpc-") return false;
  // "-bin" values are base64 on the wire: no other propagator would read them.
  if (name.size() >= 4 && name.substr(name.size() - 4) == "-bin") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool is_legal_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

bool MetadataReader::get(std::string_view name, std::size_t index, std::string_view& value) const {
  auto [at, end] = map_.equal_range(grpc::string_ref(name.data(), name.size()));
  for (; at != end; ++at) {
    if (index-- > 0) continue;
    value = std::string_view(at->second.data(), at->second.size());
    return true;
  }
  return false;
}

MetadataWriter::MetadataWriter(Map& map, std::size_t max_size) noexcept
    : map_(map), max_size_(max_size) {
  for (const auto& [name, value] : map_) size_ += header_size(name, value);
}

void MetadataWriter::set(std::string_view name, std::string_view value) {
  if (!is_legal_name(name) || !is_legal_value(value)) return;
  const auto [from, to] = map_.equal_range(std::string(name));
  for (auto at = from; at != to; ++at) size_ -= header_size(at->first, at->second);
  map_.erase(from, to);
  if (size_ + header_size(name, value) > max_size_) return;
  size_ += header_size(name, value);
  map_.emplace(name, value);
}

}  // namespace cairn::trace::grpc_adapter
