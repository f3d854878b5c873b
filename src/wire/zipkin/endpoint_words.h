// SPDX-License-Identifier: Apache-2.0
//
// The attributes that carry Zipkin's endpoints in the model, and those that step in where a tag of
// the same name and type is in the way (docs/protocols/reserved-attributes.md).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "model/attribute.h"
#include "model/reserved.h"

namespace cairn::wire::zipkin {

struct EndpointWord {
  std::string_view key;
  std::string_view reserved;
  bool is_port;
};

enum Word : std::size_t { kLocalAddress, kLocalPort, kPeerService, kPeerAddress, kPeerPort };

inline constexpr std::array<EndpointWord, 5> kEndpointWords = {{
    {"network.local.address", model::reserved::kZipkinLocalAddress, false},
    {"network.local.port", model::reserved::kZipkinLocalPort, true},
    {"peer.service", model::reserved::kZipkinPeerService, false},
    {"network.peer.address", model::reserved::kZipkinPeerAddress, false},
    {"network.peer.port", model::reserved::kZipkinPeerPort, true},
}};

// Which word an attribute of that key and type would be taken for.
inline std::optional<std::size_t> word_of(const model::Attribute& attribute) {
  if (!attribute.key.starts_with("network.") && !attribute.key.starts_with("peer.")) return {};
  for (std::size_t i = 0; i < kEndpointWords.size(); ++i) {
    const EndpointWord& word = kEndpointWords[i];
    using Type = model::AnyValue::Kind;
    if (attribute.key == word.key &&
        attribute.value.is(word.is_port ? Type::kInt : Type::kString)) {
      return i;
    }
  }
  return {};
}

// The same for the words' reserved keys.
inline std::optional<std::size_t> reserved_word_of(const model::Attribute& attribute) {
  for (std::size_t i = 0; i < kEndpointWords.size(); ++i) {
    const EndpointWord& word = kEndpointWords[i];
    using Type = model::AnyValue::Kind;
    if (attribute.key == word.reserved &&
        attribute.value.is(word.is_port ? Type::kInt : Type::kString)) {
      return i;
    }
  }
  return {};
}

}  // namespace cairn::wire::zipkin
