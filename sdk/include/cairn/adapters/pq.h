// SPDX-License-Identifier: Apache-2.0
//
// libpq, traced: each function is the PQ function of its name, with a span around it.
//
//   PGresult* rows = cairn::trace::pq::exec_params(db, "select ... where id = $1", 1, ...);
//
// Blocking calls are one span each. A send_*() starts a span that get_result() ends with the last
// result of that query, the NULL; in pipeline mode each query has its span, ended in their order.
// So send everything of a pipeline, and take all its results, with these functions (PQpipelineSync
// and PQsendFlushRequest excepted, they stay as they are). What is open when the connection is
// reset or finished ends as an error. Of one connection at most 1024 spans are open; more are not
// traced.
//
// Thread rule: as libpq's, one thread at a time for a connection. The parent is the context current
// at the call or the send. Source: PostgreSQL 15, "Command Execution Functions", "Asynchronous
// Command Processing", "Pipeline Mode", "Event System".
#pragma once

#include <libpq-fe.h>

namespace cairn::trace::pq {

// As PQexec, PQexecParams, PQprepare, PQexecPrepared: arguments, results and ownership are theirs.
PGresult* exec(PGconn* connection, const char* query);
PGresult* exec_params(PGconn* connection, const char* command, int count, const Oid* types,
                      const char* const* values, const int* lengths, const int* formats,
                      int result_format);
PGresult* prepare(PGconn* connection, const char* name, const char* query, int count,
                  const Oid* types);
PGresult* exec_prepared(PGconn* connection, const char* name, int count, const char* const* values,
                        const int* lengths, const int* formats, int result_format);

// As PQsendQuery, PQsendQueryParams, PQsendPrepare, PQsendQueryPrepared: 1 when it is sent; 0, and
// a span that failed, when not.
int send_query(PGconn* connection, const char* query);
int send_query_params(PGconn* connection, const char* command, int count, const Oid* types,
                      const char* const* values, const int* lengths, const int* formats,
                      int result_format);
int send_prepare(PGconn* connection, const char* name, const char* query, int count,
                 const Oid* types);
int send_query_prepared(PGconn* connection, const char* name, int count, const char* const* values,
                        const int* lengths, const int* formats, int result_format);
// As PQsendDescribePrepared: has no span, but keeps its place among those of a pipeline.
int send_describe_prepared(PGconn* connection, const char* name);

// As PQgetResult.
PGresult* get_result(PGconn* connection);

}  // namespace cairn::trace::pq
