// SPDX-License-Identifier: Apache-2.0
//
// Traces by id: each source is asked where it has the trace, then the rows are made whole.
#include <unordered_set>

#include "storage/columnar/read/columnar_reader.h"
#include "storage/columnar/read/search/fragment_reader.h"

namespace cairn::storage::columnar {

const Capabilities& ColumnarReader::capabilities() const {
  static const Capabilities kAll{.durable = true};
  return kAll;
}

Result<Completeness> ColumnarReader::traces(const ReadContext& context,
                                            const TracesRequest& request, const TraceSink& sink) {
  ReadSession session(snapshots_, context);
  TracePlaces places(session);
  std::unordered_set<model::TraceId> given;
  for (const model::TraceId& id : request.ids) {
    if (!given.insert(id).second) continue;
    if (session.late()) break;
    if (!visit_chunks(places.find(id), session, sink)) break;
  }
  return session.completeness();
}

}  // namespace cairn::storage::columnar
