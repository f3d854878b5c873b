// SPDX-License-Identifier: Apache-2.0
//
// Whether a stored row is the same span as one that arrives.
#pragma once

#include "model/batch.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

// A span whose resource and scope were looked up in the table's schema.
struct IncomingSpan {
  const model::Span& span;
  ResourceId resource = 0;
  ScopeId scope = 0;
};

// Equal in every field, resource and scope included. Allocates nothing but, at times, in `scratch`.
// Cost: what the incoming span has, however large the row is.
bool same_span(const SpanTable& table, RowIndex row, const IncomingSpan& incoming, Bytes& scratch);

}  // namespace cairn::storage::columnar
