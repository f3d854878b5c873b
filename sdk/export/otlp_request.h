// SPDX-License-Identifier: Apache-2.0
//
// OtlpRequest: an ExportTraceServiceRequest around the spans of a batch, without copying them.
//
//   resource_spans 1 { resource 1, scope_spans 2 { scope 1, spans 2 ..., schema_url 3 } ...,
//   schema_url 3 }
//
// The spans are encoded already, with their tags; this writes what stands before and after them.
// Source: opentelemetry-proto, collector/trace/v1 and trace/v1.
#pragma once

#include <string>

#include <cairn/trace/exporter.h>

#include "sdk/export/http/segment.h"

namespace cairn::trace::transport {

// Appends the request to `out`. Ownership: the segments point into the batch and into `prefixes`,
// which must stay where it is and unchanged. Empty: a batch without scopes is a request of a
// resource.
void append_otlp_request(const SpanBatch& batch, std::string& prefixes, Segments& out);

}  // namespace cairn::trace::transport
