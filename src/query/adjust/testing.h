// SPDX-License-Identifier: Apache-2.0
//
// Short words for the adjusters' tests.
#pragma once

#include <string>

#include "model/testing.h"
#include "query/trace.h"

namespace cairn::query::adjust {

// The built spans as a Trace of its own.
inline Trace trace_of(model::TestBatch& built) {
  Trace trace;
  trace.batch = std::move(built.batch());
  return trace;
}

// The span with that name. REQUIRES: there is one.
inline const model::Span& named(const Trace& trace, std::string_view name) {
  for (const model::Span& span : trace.batch.spans) {
    if (span.name == name) return span;
  }
  CAIRN_CHECK(false);
}

// "a=1 b=x" of a list of attributes.
inline std::string text_of(std::span<const model::Attribute> attributes) {
  std::string text;
  for (const model::Attribute& attribute : attributes) {
    if (!text.empty()) text += ' ';
    text += std::string(attribute.key) + '=' + model::to_display_text(attribute.value);
  }
  return text;
}

// The span's warnings, joined by "; ".
inline std::string warnings_of(const Trace& trace, std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < trace.span_warnings.size(); ++i) {
    if (trace.batch.spans[i].name != name) continue;
    for (const std::string& warning : trace.span_warnings[i]) {
      text += (text.empty() ? "" : "; ") + warning;
    }
  }
  return text;
}

// A chain of so many spans, each the parent of the next, as long as they like to be.
inline Trace deep_chain(std::size_t spans) {
  Trace trace;
  model::TestBatch built;
  built.resource("deep").span("01", "01");
  trace.batch = std::move(built.batch());
  const model::Span first = trace.batch.spans.front();
  trace.batch.spans.assign(spans, first);
  for (std::size_t i = 0; i < spans; ++i) {
    model::Span& span = trace.batch.spans[i];
    for (std::size_t byte = 0; byte < 8; ++byte) {
      span.span_id.bytes[7 - byte] = static_cast<std::byte>((i + 1) >> (8 * byte));
      span.parent_span_id.bytes[7 - byte] = static_cast<std::byte>(i >> (8 * byte));
    }
  }
  return trace;
}

}  // namespace cairn::query::adjust
