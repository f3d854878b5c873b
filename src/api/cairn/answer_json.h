// SPDX-License-Identifier: Apache-2.0
//
// The JSON of our own API. Times and durations are strings of nanoseconds: numbers in browsers end
// at 2^53.
#pragma once

#include <span>
#include <string>

#include "net/http/message.h"
#include "query/query_service.h"

namespace cairn::api::cairn {

// {"traces":[…],"next":cursor or null,"partial":why or null}
std::string search_page_json(const query::SearchPage& page, query::SearchOrder order);

// {"spans":…,"traces":…,"memoryBytes":…,"diskBytes":…,"evictedSpans":…,
//  "oldestStartUnixNano":"…" or null,"newestStartUnixNano":…,"details":{name: number},
//  "columns":[{"column":…,"encoding":…,"bytes":…,"pages":…}]}: the largest columns, at most 500
std::string storage_json(const query::StoreStatistics& statistics,
                         std::span<const query::ColumnStatistics> columns);

// {"error":{"code":400,"message":"…"}} with that status.
net::Response failure(const Error& error);

}  // namespace cairn::api::cairn
