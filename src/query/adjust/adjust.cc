// SPDX-License-Identifier: Apache-2.0
#include "query/adjust/adjust.h"

namespace cairn::query::adjust {

void adjust(Trace& trace, Duration max_skew) {
  sort_attributes(trace);
  drop_duplicates(trace);
  split_shared_ids(trace);
  move_library_attributes(trace);
  show_ip_attributes(trace);
  drop_empty_links(trace);
  shift_skewed_clocks(trace, max_skew);
  warn_of_structure(trace);
  sort_spans(trace);
}

}  // namespace cairn::query::adjust
