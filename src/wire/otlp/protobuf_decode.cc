// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "wire/otlp/fields.h"
#include "wire/otlp/protobuf.h"
#include "wire/otlp/protobuf_decoding.h"
#include "wire/otlp/protobuf_span.h"

namespace cairn::wire::otlp {

bool Decoding::add_unknown(UnknownFields& more, std::string_view& held) {
  const std::string_view added = more.take(batch.arena);
  if (held.empty() || added.empty()) {
    if (!added.empty()) held = added;
    return true;
  }
  if (!budget.spend(held.size() + added.size())) return false;
  const std::span<char> joined = batch.arena.make<char>(held.size() + added.size());
  std::ranges::copy(added, std::ranges::copy(held, joined.begin()).out);
  held = {joined.data(), joined.size()};
  return true;
}

namespace {

using protobuf::bytes_tag;
using protobuf::Reader;
using protobuf::varint_tag;

// One run of decode_traces. A member that returns false met bytes that do not parse, or a budget
// that refused: the request has failed.
class TracesDecoder {
 public:
  TracesDecoder(std::string_view request, model::Batch& batch, Scratch& scratch)
      : request_(request), decoding_(request.size(), batch, scratch) {}

  Result<model::Rejections> run();

 private:
  bool traces();
  bool resource_spans(std::string_view message);
  bool resource(std::string_view message, model::Resource& resource);
  bool scope_spans(std::string_view message, std::uint32_t resource);
  bool scope(std::string_view message, model::InstrumentationScope& scope);
  void span(std::string_view message, std::uint32_t scope);
  Error error() const;

  std::string_view request_;
  Decoding decoding_;
  model::Rejections rejections_;
};

Result<model::Rejections> TracesDecoder::run() {
  const std::size_t resources = decoding_.batch.resources.size();
  const std::size_t scopes = decoding_.batch.scopes.size();
  const std::size_t spans = decoding_.batch.spans.size();
  const bool parsed = traces();
  decoding_.scratch.reset();
  if (parsed) return rejections_;
  decoding_.batch.resources.resize(resources);
  decoding_.batch.scopes.resize(scopes);
  decoding_.batch.spans.resize(spans);
  return error();
}

Error TracesDecoder::error() const {
  if (decoding_.failed_at == nullptr) {
    return invalid_argument("OTLP protobuf: too many empty elements for the size of the request");
  }
  return invalid_argument(fmt::format("OTLP protobuf: malformed or truncated field at byte {}",
                                      decoding_.failed_at - request_.data()));
}

bool TracesDecoder::traces() {
  Reader r(request_);
  while (r.next()) {
    if (r.tag() == bytes_tag(field::traces_data::kResourceSpans)) {
      if (!resource_spans(r.bytes())) return false;
    } else {
      r.field_number() == field::traces_data::kResourceSpans ? r.fail() : void(r.skip());
    }
  }
  return decoding_.finished(r);
}

// A second Resource message adds to the first, as protobuf merges.
bool TracesDecoder::resource_spans(std::string_view message) {
  const auto index = static_cast<std::uint32_t>(decoding_.batch.resources.size());
  const std::size_t scopes = decoding_.batch.scopes.size();
  const std::size_t attributes = decoding_.scratch.attributes.mark();
  decoding_.batch.resources.emplace_back();
  model::Resource made;
  UnknownFields group_unknown(decoding_.scratch.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::resource_spans::kResource):
        if (!resource(r.bytes(), made)) return false;
        break;
      case bytes_tag(field::resource_spans::kScopeSpans):
        if (!scope_spans(r.bytes(), index)) return false;
        break;
      case bytes_tag(field::resource_spans::kSchemaUrl):
        made.schema_url = r.bytes();
        break;
      default:
        other_field(r, field::resource_spans::kLast, group_unknown);
    }
  }
  if (!decoding_.finished(r)) return false;
  made.attributes = decoding_.take_attributes(attributes);
  made.group_unknown_fields = group_unknown.take(decoding_.batch.arena);
  if (decoding_.batch.scopes.size() == scopes) {
    decoding_.batch.resources.pop_back();
  } else {
    decoding_.batch.resources[index] = made;
  }
  return true;
}

bool TracesDecoder::resource(std::string_view message, model::Resource& resource) {
  UnknownFields unknown(decoding_.scratch.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::resource::kAttributes):
        if (!decoding_.attribute(r.bytes())) return false;
        break;
      case varint_tag(field::resource::kDroppedAttributesCount):
        resource.dropped_attributes_count = uint32(r);
        break;
      default:
        other_field(r, field::resource::kLast, unknown);
    }
  }
  return decoding_.finished(r) && decoding_.add_unknown(unknown, resource.unknown_fields);
}

bool TracesDecoder::scope_spans(std::string_view message, std::uint32_t resource) {
  const auto index = static_cast<std::uint32_t>(decoding_.batch.scopes.size());
  const std::size_t spans = decoding_.batch.spans.size();
  const std::size_t attributes = decoding_.scratch.attributes.mark();
  decoding_.batch.scopes.emplace_back();
  model::InstrumentationScope made;
  made.resource = resource;
  UnknownFields group_unknown(decoding_.scratch.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::scope_spans::kScope):
        if (!scope(r.bytes(), made)) return false;
        break;
      case bytes_tag(field::scope_spans::kSpans):
        span(r.bytes(), index);
        break;
      case bytes_tag(field::scope_spans::kSchemaUrl):
        made.schema_url = r.bytes();
        break;
      default:
        other_field(r, field::scope_spans::kLast, group_unknown);
    }
  }
  if (!decoding_.finished(r)) return false;
  made.attributes = decoding_.take_attributes(attributes);
  made.group_unknown_fields = group_unknown.take(decoding_.batch.arena);
  if (decoding_.batch.spans.size() == spans) {
    decoding_.batch.scopes.pop_back();
  } else {
    decoding_.batch.scopes[index] = made;
  }
  return true;
}

bool TracesDecoder::scope(std::string_view message, model::InstrumentationScope& scope) {
  UnknownFields unknown(decoding_.scratch.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::scope::kName):
        scope.name = r.bytes();
        break;
      case bytes_tag(field::scope::kVersion):
        scope.version = r.bytes();
        break;
      case bytes_tag(field::scope::kAttributes):
        if (!decoding_.attribute(r.bytes())) return false;
        break;
      case varint_tag(field::scope::kDroppedAttributesCount):
        scope.dropped_attributes_count = uint32(r);
        break;
      default:
        other_field(r, field::scope::kLast, unknown);
    }
  }
  return decoding_.finished(r) && decoding_.add_unknown(unknown, scope.unknown_fields);
}

void TracesDecoder::span(std::string_view message, std::uint32_t scope) {
  const Scratch::Marks marks = decoding_.scratch.mark();
  model::Span& made = decoding_.batch.spans.emplace_back();
  made.scope = scope;
  if (const auto reason = decode_span(decoding_, message, made)) [[unlikely]] {
    rejections_.add(*reason);
    decoding_.batch.spans.pop_back();
    decoding_.scratch.drop(marks);
    decoding_.span_attributes.drop();
    decoding_.budget.forget_refusal();
    decoding_.failed_at = nullptr;
  }
}

}  // namespace

Result<model::Rejections> decode_traces(ByteView request, model::Batch& batch) {
  if (request.size() > UINT32_MAX) {
    return invalid_argument("OTLP protobuf: more than 4 GiB in one request");
  }
  return TracesDecoder(as_text(request), batch, this_thread_scratch()).run();
}

}  // namespace cairn::wire::otlp
