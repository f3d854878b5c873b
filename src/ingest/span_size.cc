// SPDX-License-Identifier: Apache-2.0
#include "ingest/span_size.h"

namespace cairn::ingest {
namespace {

std::size_t value_size(const model::AnyValue& value) {
  switch (value.kind()) {
    case model::AnyValue::Kind::kString:
      return value.as_string().size();
    case model::AnyValue::Kind::kBytes:
      return value.as_bytes().size();
    case model::AnyValue::Kind::kArray: {
      std::size_t total = 0;
      for (const model::AnyValue& element : value.as_array()) total += value_size(element);
      return total;
    }
    case model::AnyValue::Kind::kKeyValueList:
      return size_of(value.as_key_value_list());
    default:
      return sizeof(std::int64_t);
  }
}

}  // namespace

std::size_t size_of(std::span<const model::Attribute> attributes) {
  std::size_t total = 0;
  for (const model::Attribute& attribute : attributes) {
    total += attribute.key.size() + value_size(attribute.value);
  }
  return total;
}

std::size_t size_of(const model::Span& span) {
  std::size_t total = span.name.size() + span.trace_state.size() + span.status.message.size() +
                      span.unknown_fields.size() + size_of(span.attributes);
  for (const model::Event& event : span.events) {
    total += event.name.size() + event.unknown_fields.size() + size_of(event.attributes);
  }
  for (const model::Link& link : span.links) {
    total += link.trace_state.size() + link.unknown_fields.size() + size_of(link.attributes);
  }
  return total;
}

}  // namespace cairn::ingest
