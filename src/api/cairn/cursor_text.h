// SPDX-License-Identifier: Apache-2.0
//
// The place after a page of search results as text for clients: opaque to them.
//   order ('n' newest, 'l' longest), 16 hex digits of the order value, 32 hex digits of the trace
//   id
#pragma once

#include <string>
#include <string_view>

#include "query/trace_query.h"

namespace cairn::api::cairn {

struct PageCursor {
  query::SearchOrder order = query::SearchOrder::kNewestFirst;
  query::SearchCursor after;

  bool operator==(const PageCursor&) const = default;
};

std::string to_text(const PageCursor& cursor);

// kInvalidArgument for text that to_text did not make.
Result<PageCursor> parse_cursor(std::string_view text);

}  // namespace cairn::api::cairn
