// SPDX-License-Identifier: Apache-2.0
#include "api/cairn/answer_json.h"

#include <algorithm>

#include "api/cairn/cursor_text.h"
#include "base/json_writer.h"
#include "net/error_status.h"

namespace cairn::api::cairn {
namespace {

void write_optional(JsonWriter& json, std::string_view name,
                    const std::optional<std::string>& text) {
  json.key(name);
  if (text) {
    json.string(*text);
  } else {
    json.null();
  }
}

template <typename Integer>
void write_nanos(JsonWriter& json, std::string_view name, Integer nanos) {
  json.member(name, std::string_view(std::to_string(nanos)));
}

void write_summary(JsonWriter& json, const query::TraceSummary& trace) {
  json.begin_object();
  json.member("traceId", std::string_view(trace.id.to_hex()));
  write_optional(json, "rootService", trace.root_service);
  write_optional(json, "rootName", trace.root_name);
  write_nanos(json, "startUnixNano", trace.start.unix_nanos);
  write_nanos(json, "durationNano", trace.duration.count());
  json.member("spanCount", trace.spans);
  json.member("errorCount", trace.errors);
  json.key("services");
  json.begin_array();
  for (const auto& service : trace.services) {
    json.begin_object();
    json.member("name", std::string_view(service.name));
    json.member("spanCount", service.spans);
    json.member("errorCount", service.errors);
    json.end_object();
  }
  json.end_array();
  json.member("incomplete", !trace.root_name.has_value());
  json.end_object();
}

void write_time(JsonWriter& json, std::string_view name, model::Timestamp time) {
  if (time != model::Timestamp{}) return write_nanos(json, name, time.unix_nanos);
  json.key(name);
  json.null();
}

}  // namespace

std::string search_page_json(const query::SearchPage& page, query::SearchOrder order) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("traces");
  json.begin_array();
  for (const query::TraceSummary& trace : page.traces) write_summary(json, trace);
  json.end_array();
  std::optional<std::string> next;
  if (page.next) next = to_text(PageCursor{.order = order, .after = *page.next});
  write_optional(json, "next", next);
  std::optional<std::string> partial;
  if (!page.completeness.complete) partial = page.completeness.why_partial;
  write_optional(json, "partial", partial);
  json.end_object();
  return out;
}

std::string storage_json(const query::StoreStatistics& statistics,
                         std::span<const query::ColumnStatistics> columns) {
  constexpr std::size_t kMostColumns = 500;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("spans", statistics.spans);
  json.member("traces", statistics.traces);
  json.member("memoryBytes", statistics.memory_bytes);
  json.member("diskBytes", statistics.disk_bytes);
  json.member("evictedSpans", statistics.evicted_spans);
  write_time(json, "oldestStartUnixNano", statistics.oldest_start);
  write_time(json, "newestStartUnixNano", statistics.newest_start);
  json.key("details");
  json.begin_object();
  for (const auto& [name, value] : statistics.details) json.member(name, value);
  json.end_object();
  json.key("columns");
  json.begin_array();
  for (const auto& column : columns.first(std::min(columns.size(), kMostColumns))) {
    json.begin_object();
    json.member("column", std::string_view(column.column));
    json.member("encoding", std::string_view(column.encoding));
    json.member("bytes", column.bytes);
    json.member("pages", column.pages);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

net::Response failure(const Error& error) {
  const int status = net::http_status(error.code);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("error");
  json.begin_object();
  json.member("code", status);
  json.member("message", std::string_view(error.message));
  json.end_object();
  json.end_object();
  net::Response response = net::Response::of(status, "application/json", std::move(out));
  response.headers.add("x-content-type-options", "nosniff");
  return response;
}

}  // namespace cairn::api::cairn
