// SPDX-License-Identifier: Apache-2.0
#include "wire/json/document.h"

#include <cstring>

#include <fmt/format.h>

namespace cairn::wire::json {

Result<Document> Document::parse(std::string_view format, ByteView text, Arena& arena) {
  constexpr std::size_t kKeptCapacity = 4_MiB;
  thread_local simdjson::ondemand::parser parser;
  const std::size_t padded_size = text.size() + simdjson::SIMDJSON_PADDING;
  const std::span<char> padded = arena.make<char>(padded_size);
  std::memset(padded.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  if (!text.empty()) std::memcpy(padded.data(), text.data(), text.size());
  if (parser.capacity() > kKeptCapacity) parser = simdjson::ondemand::parser();

  Document document;
  document.text_ = {padded.data(), text.size()};
  const auto error = parser.iterate(padded.data(), text.size(), padded_size).get(document.root_);
  if (error) return invalid_argument(fmt::format("{}: {}", format, simdjson::error_message(error)));
  return document;
}

}  // namespace cairn::wire::json
