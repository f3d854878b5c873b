// SPDX-License-Identifier: Apache-2.0
//
// A span in Zipkin's words, the shape between the four formats and the model: readers fill it,
// writers render it. All of it is views; the lists lie in Lists or in an arena.
// Source: zipkin-api, zipkin.proto.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/attribute.h"
#include "model/ids.h"

namespace cairn::wire::zipkin {

// The numbers are zipkin.proto's.
enum class Kind : std::uint8_t { kNone = 0, kClient, kServer, kProducer, kConsumer };

// Empty text and port 0 are absent. Names are in lower case, addresses canonical text (text.h).
struct Endpoint {
  std::string_view service_name;
  std::string_view ipv4;
  std::string_view ipv6;
  std::uint16_t port = 0;

  bool empty() const { return service_name.empty() && ipv4.empty() && ipv6.empty() && port == 0; }
  bool operator==(const Endpoint&) const = default;
};

struct Annotation {
  std::uint64_t timestamp = 0;  // microseconds
  std::string_view value;

  auto operator<=>(const Annotation&) const = default;
};

// A tag: text, except for what a v1 binary annotation says as a number.
using Tag = model::Attribute;

struct Span {
  model::TraceId trace_id;
  model::SpanId id;
  model::SpanId parent_id;  // invalid for a root
  Kind kind = Kind::kNone;
  std::string_view name;
  std::int64_t timestamp = 0;  // microseconds; 0 and less are absent
  std::int64_t duration = 0;   // microseconds; 0 and less are absent
  Endpoint local;
  Endpoint remote;
  std::span<Annotation> annotations;
  std::span<Tag> tags;
  bool debug = false;
  bool shared = false;
};

// Whether the trace id has more than the 64 bits of older senders; those are written as 16 digits.
inline bool has_high_half(const model::TraceId& id) {
  for (std::size_t i = 0; i < 8; ++i) {
    if (id.bytes[i] != std::byte{}) return true;
  }
  return false;
}

// Where a reader collects the lists of the span it reads.
struct Lists {
  std::vector<Annotation> annotations;
  std::vector<Tag> tags;

  void clear() {
    annotations.clear();
    tags.clear();
  }
  // As Zipkin's sets and maps are: annotations by time and value, tags by key; of equal annotations
  // one stays, of equal keys the last.
  void order();
  // Frees what an unusually large span took.
  void shrink() {
    constexpr std::size_t kKept = 8192;  // 256 KiB of tags
    clear();
    if (annotations.capacity() > kKept) annotations.shrink_to_fit();
    if (tags.capacity() > kKept) tags.shrink_to_fit();
  }
};

}  // namespace cairn::wire::zipkin
