// SPDX-License-Identifier: Apache-2.0
//
// A trace in the JSON of Jaeger's query API, the form that Jaeger's UI and its clients read.
//   {"traceID","spans":[…],"processes":{"p1":{"serviceName","tags"}},"warnings":null}
// Which tags stand for which fields is in span_mapping.h. Reserved attributes are not shown; flags
// and warnings that came from Jaeger are given back.
// Lost on the way, since the form has no place for them: nanoseconds, attributes of scopes and
// links, dropped counts, schema URLs.
// Source: Jaeger, model/json (Trace, Span, Process, KeyValue, Log, Reference); the translation of
// OTLP into Jaeger's terms; docs/protocols/jaeger.md has the table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_writer.h"
#include "model/batch.h"
#include "wire/jaeger/mapping/span_mapping.h"

namespace cairn::wire::jaeger {

// What was noticed about each span of a batch, by index; an empty list stands for "nothing at all".
using SpanWarnings = std::span<const std::vector<std::string>>;

// 32 lower-case digits; 16 when the high half is zero, as Jaeger prints its 64-bit ids.
std::string trace_id_text(const model::TraceId& id);

// The `serviceName` of a resource. Where there is no usable service.name, a name that says why:
// `OTLPResourceNoServiceName` (no attributes at all), `missing-service-name`, `empty-service-name`,
// `service-name-wrong-type`.
std::string_view service_name_text(const model::Resource& resource);

// Writes one trace piece by piece, so that a large one never has to exist as one text.
//   TraceEncoder encoder(batch, warnings, {});
//   while (!encoder.append_some(out, 1_MiB)) { send(out); out.clear(); }
//   send(out);
// Thread rule: one thread at a time. Ownership: what it is given outlives it.
class TraceEncoder {
 public:
  // `trace` holds spans of one trace, in the order to write. `warnings` are empty or one list a
  // span. `trace_warnings` concern the trace.
  // REQUIRES: `trace` is not empty.
  TraceEncoder(const model::Batch& trace, SpanWarnings warnings,
               std::span<const std::string> trace_warnings);

  // Appends spans until `out` holds at least `enough` bytes or the trace is complete; true when it
  // is. REQUIRES: it did not return true before.
  [[nodiscard]] bool append_some(std::string& out, std::size_t enough);

 private:
  void append_head(std::string& out) const;
  void append_span(std::string& out, std::size_t index);
  void append_logs(JsonWriter& json, const model::Span& span);
  void append_tail(std::string& out) const;
  // Index of the resource's process in processes_.
  std::size_t process_of(const model::Span& span);

  const model::Batch& trace_;
  SpanWarnings warnings_;
  std::span<const std::string> trace_warnings_;
  std::string trace_id_;
  std::size_t next_ = 0;                // span
  std::vector<model::Attribute> tags_;  // of the span, log or process being written
  std::vector<Reference> references_;
  // Equal resources share a process; numbered by first appearance.
  std::vector<std::string> processes_;                       // as JSON
  std::unordered_map<std::string, std::size_t> by_content_;  // JSON → index in processes_
  std::vector<std::size_t> by_resource_;                     // kUnknown until first seen
};

// Appends the whole trace at once.
void append_trace(std::string& out, const model::Batch& trace, SpanWarnings warnings,
                  std::span<const std::string> trace_warnings);

}  // namespace cairn::wire::jaeger
