// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/columnar_reader.h"
#include "storage/columnar/read/search/trace_search.h"

namespace cairn::storage::columnar {

Result<SearchPage> ColumnarReader::search(const ReadContext& context,
                                          const SearchRequest& request) {
  if (request.limit == 0) return invalid_argument("search: limit 0");
  ASSIGN_OR_RETURN(TraceCondition condition,
                   TraceCondition::make(request.condition, request.range));
  ReadSession session(snapshots_, context);
  return TraceSearch(request, std::move(condition), session).run();
}

}  // namespace cairn::storage::columnar
