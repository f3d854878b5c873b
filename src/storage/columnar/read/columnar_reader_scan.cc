// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/columnar_reader.h"
#include "storage/columnar/read/scan/span_scan.h"

namespace cairn::storage::columnar {

Result<Completeness> ColumnarReader::scan(const ReadContext& context, const ScanRequest& request,
                                          const ScanSink& sink) {
  for (const Field& field : request.projection) RETURN_IF_ERROR(validate_span_field(field));
  ASSIGN_OR_RETURN(RowMatcher matcher, RowMatcher::make(request.condition, request.range));
  ReadSession session(snapshots_, context);
  SpanScan(request, matcher, session, sink).run();
  return session.completeness();
}

}  // namespace cairn::storage::columnar
