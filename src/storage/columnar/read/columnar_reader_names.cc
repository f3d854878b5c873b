// SPDX-License-Identifier: Apache-2.0
//
// Attribute names and values with the number of spans that carry them.
#include "storage/columnar/read/columnar_reader.h"
#include "storage/columnar/read/names/name_counter.h"
#include "storage/columnar/read/names/value_counter.h"

namespace cairn::storage::columnar {

Result<NamesResult> ColumnarReader::names(const ReadContext& context, const NamesRequest& request) {
  if (request.limit == 0) return invalid_argument("names: limit 0");
  if (request.level == Level::kTrace || request.level == Level::kAny) {
    return invalid_argument("names: attributes are at the levels from resource to link");
  }
  ReadSession session(snapshots_, context);
  NameCounter counter(request, session);
  for (std::uint32_t s = 0; s < session.snapshot().sources.size() && !session.late(); ++s) {
    const Result<void> outcome = counter.add(session.source(s));
    if (!outcome) session.lose(s, outcome.error());
  }
  NamesResult result;
  result.names = counter.most_frequent();
  result.completeness = session.completeness();
  return result;
}

Result<ValuesResult> ColumnarReader::values(const ReadContext& context,
                                            const ValuesRequest& request) {
  if (request.limit == 0) return invalid_argument("values: limit 0");
  RETURN_IF_ERROR(validate_span_field(request.field));
  ASSIGN_OR_RETURN(RowMatcher matcher, RowMatcher::make(request.condition, request.range));
  ReadSession session(snapshots_, context);
  ValueCounter counter(request, matcher, session);
  for (std::uint32_t s = 0; s < session.snapshot().sources.size() && !session.late(); ++s) {
    for (const auto& group : session.source(s).groups()) {
      if (session.late()) break;
      const Result<void> outcome = counter.add(*group);
      if (!outcome) session.lose(s, outcome.error());
      if (!outcome) break;
    }
  }
  ValuesResult result;
  result.values = counter.most_frequent();
  result.completeness = session.completeness();
  return result;
}

}  // namespace cairn::storage::columnar
