// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/otlp_request.h"

#include <cstdint>

namespace cairn::trace::transport {
namespace {

constexpr char kResourceSpans = 0x0A;  // ExportTraceServiceRequest.resource_spans
constexpr char kResource = 0x0A;       // ResourceSpans.resource
constexpr char kScopeSpans = 0x12;     // ResourceSpans.scope_spans
constexpr char kScope = 0x0A;          // ScopeSpans.scope
constexpr char kSchemaUrl = 0x1A;      // of both
constexpr std::size_t kTagAndLength = 1 + 10;

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

// Tag, length and `size` bytes.
std::size_t field_size(std::size_t size) {
  return 1 + varint_size(size) + size;
}

std::size_t url_size(std::string_view schema_url) {
  return schema_url.empty() ? 0 : field_size(schema_url.size());
}

std::size_t scope_spans_size(const ScopeSpans& scope) {
  std::size_t size = field_size(scope.scope.size) + url_size(scope.schema_url);
  for (const SpanBytes& spans : scope.spans) size += spans.size;
  return size;
}

// Writes tags and lengths into a string that has room for them all, so that nothing moves.
class Writer {
 public:
  Writer(std::string& prefixes, Segments& out) : prefixes_(prefixes), out_(out) {}

  void open(char tag, std::size_t size) {
    prefixes_ += tag;
    for (; size >= 0x80; size >>= 7) prefixes_ += static_cast<char>(size | 0x80);
    prefixes_ += static_cast<char>(size);
  }
  void bytes(SpanBytes bytes) {
    flush();
    if (bytes.size != 0) out_.push_back({bytes.data, bytes.size});
  }
  void url(std::string_view schema_url) {
    if (schema_url.empty()) return;
    open(kSchemaUrl, schema_url.size());
    flush();
    out_.push_back(segment(schema_url));
  }
  void flush() {
    if (prefixes_.size() == flushed_) return;
    out_.push_back({prefixes_.data() + flushed_, prefixes_.size() - flushed_});
    flushed_ = prefixes_.size();
  }

 private:
  std::string& prefixes_;
  Segments& out_;
  std::size_t flushed_ = 0;
};

}  // namespace

void append_otlp_request(const SpanBatch& batch, std::string& prefixes, Segments& out) {
  std::size_t size = field_size(batch.resource.size) + url_size(batch.resource_schema_url);
  std::size_t pieces = 4;
  for (const ScopeSpans& scope : batch.scopes) {
    size += field_size(scope_spans_size(scope));
    pieces += 4 + scope.spans.size();
  }
  prefixes.clear();
  prefixes.reserve((3 + 3 * batch.scopes.size()) * kTagAndLength);
  out.reserve(out.size() + pieces);

  Writer writer(prefixes, out);
  writer.open(kResourceSpans, size);
  writer.open(kResource, batch.resource.size);
  writer.bytes(batch.resource);
  for (const ScopeSpans& scope : batch.scopes) {
    writer.open(kScopeSpans, scope_spans_size(scope));
    writer.open(kScope, scope.scope.size);
    writer.bytes(scope.scope);
    for (const SpanBytes& spans : scope.spans) writer.bytes(spans);
    writer.url(scope.schema_url);
  }
  writer.url(batch.resource_schema_url);
  writer.flush();
}

}  // namespace cairn::trace::transport
