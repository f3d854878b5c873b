// SPDX-License-Identifier: Apache-2.0
//
// What operators ask of the store.
//   GET    /api/admin/storage           what it holds and where the bytes are
//   DELETE /api/admin/traces/{id}       one trace
//   DELETE /api/admin/services/{name}   all spans of a service
//   DELETE /api/admin/spans?start&end   all spans that start in a range, unix microseconds
//   POST   /api/admin/flush             everything accepted goes to its final place
//   POST   /api/admin/compact           all background work that is due, now
// Source: docs/protocols/cairn.md.
#pragma once

#include <string_view>

#include "base/worker_pool.h"
#include "net/http/router.h"
#include "query/query_service.h"

namespace cairn::api::cairn {

// Thread rule: immutable; its handlers run on I/O threads, its work on the pool's.
class AdminApi {
 public:
  // Ownership: both outlive it, and it outlives the server that serves its routes.
  AdminApi(const query::QueryService& query, WorkerPool& workers)
      : query_(query), workers_(workers) {}

  // The GET route.
  void add_reading_routes(net::Router& router, std::string_view base_path) const;
  // The others: for a port that only operators reach. With `allowed` false they answer 403 and name
  // the setting `admin.allow_changes`.
  void add_changing_routes(net::Router& router, bool allowed) const;

 private:
  void storage(const net::Request& call, net::Responder responder) const;
  void erase(const net::Request& call, net::Responder responder,
             const Result<query::EraseTarget>& target) const;

  const query::QueryService& query_;
  WorkerPool& workers_;
};

}  // namespace cairn::api::cairn
