// SPDX-License-Identifier: Apache-2.0
//
// BatchBuilder: a SpanBatch with the memory behind it, for the tests of exporters.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "sdk/testing/protobuf_message.h"

namespace cairn::trace::testing {

class BatchBuilder {
 public:
  BatchBuilder& resource(const ProtobufMessage& message, std::string_view schema_url = {}) {
    resource_ = message;
    schema_url_ = schema_url;
    return *this;
  }
  // The spans that follow belong to it.
  BatchBuilder& scope(std::string_view name, std::string_view version = {},
                      std::string_view schema_url = {}, const ProtobufMessage& more = {}) {
    Scope& scope = scopes_.emplace_back();
    scope.name = name;
    scope.version = version;
    scope.schema_url = schema_url;
    scope.message = ProtobufMessage();
    scope.message.bytes(1, name).bytes(2, version).append(more);
    return *this;
  }
  BatchBuilder& span(const ProtobufMessage& message) {
    if (scopes_.empty()) scope("test");
    scopes_.back().spans.message(2, message);
    ++scopes_.back().count;
    return *this;
  }

  // Lives as long as this builder, unchanged.
  SpanBatch batch() const {
    SpanBatch batch;
    batch.resource = resource_.view();
    batch.resource_schema_url = schema_url_;
    for (const Scope& scope : scopes_) {
      batch.scopes.push_back({scope.name,
                              scope.version,
                              scope.schema_url,
                              scope.message.view(),
                              {scope.spans.view()},
                              scope.count});
      batch.span_count += scope.count;
      batch.byte_count += scope.spans.encoded().size();
    }
    return batch;
  }

 private:
  struct Scope {
    std::string name, version, schema_url;
    ProtobufMessage message;
    ProtobufMessage spans;
    std::size_t count = 0;
  };

  ProtobufMessage resource_;
  std::string schema_url_;
  std::deque<Scope> scopes_;
};

}  // namespace cairn::trace::testing
