// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/testing/batches.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace cairn::trace::transport::testing {
namespace {

namespace pb = google::protobuf;

void set(pb::RepeatedPtrField<opentelemetry::proto::common::v1::KeyValue>* attributes,
         const std::string& key, const std::string& value) {
  auto* attribute = attributes->Add();
  attribute->set_key(key);
  attribute->mutable_value()->set_string_value(value);
}

// As the recorder leaves them: tag 0x12, the length, the message.
void append_span(const opentelemetry::proto::trace::v1::Span& span, std::string& to) {
  const std::string message = span.SerializeAsString();
  pb::io::StringOutputStream stream(&to);
  pb::io::CodedOutputStream out(&stream);
  out.WriteTag(0x12);
  out.WriteVarint32(static_cast<std::uint32_t>(message.size()));
  out.WriteString(message);
}

}  // namespace

SpanBytes OwnedBatch::keep(std::string bytes) {
  const std::string& kept = kept_.emplace_back(std::move(bytes));
  return {reinterpret_cast<const std::uint8_t*>(kept.data()), kept.size()};
}

OwnedBatch::OwnedBatch(const OtlpRequestMessage& request) {
  const auto text = [](SpanBytes bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.size);
  };
  const auto& group = request.resource_spans(0);
  batch_.resource = keep(group.resource().SerializeAsString());
  batch_.resource_schema_url = text(keep(group.schema_url()));
  for (const auto& from : group.scope_spans()) {
    ScopeSpans& scope = batch_.scopes.emplace_back();
    scope.name = text(keep(from.scope().name()));
    scope.version = text(keep(from.scope().version()));
    scope.schema_url = text(keep(from.schema_url()));
    scope.scope = keep(from.scope().SerializeAsString());
    // Pieces of three spans, as if they lay in several chunks.
    for (int first = 0; first < from.spans_size(); first += 3) {
      std::string piece;
      for (int i = first; i < std::min(first + 3, from.spans_size()); ++i) {
        append_span(from.spans(i), piece);
      }
      scope.spans.push_back(keep(std::move(piece)));
      batch_.byte_count += scope.spans.back().size;
    }
    scope.span_count = static_cast<std::size_t>(from.spans_size());
    batch_.span_count += scope.span_count;
  }
}

OtlpRequestMessage sample_request(int spans) {
  OtlpRequestMessage request;
  auto* group = request.add_resource_spans();
  set(group->mutable_resource()->mutable_attributes(), "service.name", "shop");
  group->set_schema_url("https://opentelemetry.io/schemas/1.26.0");
  for (const char* name : {"http", "sql"}) {
    auto* scope = group->add_scope_spans();
    scope->mutable_scope()->set_name(name);
    scope->mutable_scope()->set_version("1.2");
  }
  group->mutable_scope_spans(0)->set_schema_url("https://example.org/schema");
  for (int i = 0; i < spans; ++i) {
    auto* span = group->mutable_scope_spans(i % 2)->add_spans();
    span->set_trace_id("0123456789" + std::to_string(100000 + i));
    span->set_span_id("ab" + std::to_string(100000 + i));
    span->set_name("GET /users/:id");
    span->set_kind(opentelemetry::proto::trace::v1::Span::SPAN_KIND_SERVER);
    span->set_start_time_unix_nano(1'700'000'000'000'000'000ULL + static_cast<unsigned>(i));
    span->set_end_time_unix_nano(1'700'000'000'001'000'000ULL + static_cast<unsigned>(i));
    set(span->mutable_attributes(), "http.request.method", "GET");
    set(span->mutable_attributes(), "url.path", "/users/" + std::to_string(i));
    set(span->mutable_attributes(), "http.route", "/users/:id");
    set(span->mutable_attributes(), "client.address", "192.0.2.17");
  }
  return request;
}

}  // namespace cairn::trace::transport::testing
