// SPDX-License-Identifier: Apache-2.0
//
// What both JSON versions read alike: lists of spans, ids, numbers, endpoints, and Zipkin's words
// for what is wrong. Members return false when the message has failed; error() says why.
// Thread rule: one thread at a time.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "wire/json/document.h"
#include "wire/json/reader.h"
#include "wire/zipkin/span.h"

namespace cairn::wire::zipkin {

class JsonFields {
 public:
  JsonFields(std::string_view document, Arena& arena)
      : reader_("Zipkin JSON", document, arena),
        arena_(arena),
        document_end_(document.data() + document.size()) {}

  // Calls visit(value) for each span of the list.
  template <typename Visit>
  bool each_span(simdjson::ondemand::document& document, Visit visit) {
    simdjson::ondemand::array list;
    if (const auto error = document.get_array().get(list)) return reader_.fatal(error);
    const bool read = reader_.each_element(list, [&](json::Value value) {
      const bool good = visit(value);
      ++span_;
      return good;
    });
    if (!read) return false;
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end || reader_.fatal(simdjson::TRAILING_CONTENT);
  }
  json::Reader& reader() { return reader_; }
  Arena& arena() { return arena_; }

  // Of the span in hand, the member `name`.
  bool text(json::Value value, std::string_view name, std::string_view& to);
  bool number(json::Value value, std::string_view name, std::int64_t& to);
  bool boolean(json::Value value, std::string_view name, bool& to);
  // REQUIRES: `to` is empty. An endpoint that is written like one of the last few is not read
  // again.
  bool endpoint(json::Value value, std::string_view name, Endpoint& to);
  bool trace_id(json::Value value, model::TraceId& to);
  bool span_id(json::Value value, model::SpanId& to);
  bool parent_id(json::Value value, model::SpanId& to);
  // That the span has both.
  bool has_ids(const model::TraceId& trace_id, const model::SpanId& id);

  // Always false.
  bool fail(std::string why);
  // "$[3].tags", for `within` "tags".
  std::string path(std::string_view within) const;
  Error error() const;

 private:
  bool mismatch(json::Value value, std::string_view expected, std::string_view name);
  bool endpoint_member(std::string_view key, json::Value value, Endpoint& to);
  const Endpoint* known_endpoint(const char* text);
  void remember(const char* text, const Endpoint& endpoint);

  struct KnownEndpoint {
    std::string_view text;  // the whole object; empty: none yet
    Endpoint endpoint;
  };

  json::Reader reader_;
  Arena& arena_;
  const char* const document_end_;
  std::array<KnownEndpoint, 4> known_;  // the one seen last comes first
  std::size_t span_ = 0;                // the index of the one in hand
  std::string why_;
};

}  // namespace cairn::wire::zipkin
