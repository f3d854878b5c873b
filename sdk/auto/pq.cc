// SPDX-License-Identifier: Apache-2.0
// libpq: the program's calls go to the adapter's functions of the same name.
#include <cairn/adapters/pq.h>
#include <libpq-events.h>

#include "sdk/auto/call.h"

namespace cairn::trace::zero_code {
namespace {

using Parameters = const char* const*;

#define CAIRN_FOREIGN(name) constinit Foreign<decltype(name)> next_##name(#name)
CAIRN_FOREIGN(PQexec);
CAIRN_FOREIGN(PQexecParams);
CAIRN_FOREIGN(PQprepare);
CAIRN_FOREIGN(PQexecPrepared);
CAIRN_FOREIGN(PQsendQuery);
CAIRN_FOREIGN(PQsendQueryParams);
CAIRN_FOREIGN(PQsendPrepare);
CAIRN_FOREIGN(PQsendQueryPrepared);
CAIRN_FOREIGN(PQsendDescribePrepared);
CAIRN_FOREIGN(PQgetResult);
CAIRN_FOREIGN(PQfinish);
CAIRN_FOREIGN(PQreset);
CAIRN_FOREIGN(PQresetPoll);
CAIRN_FOREIGN(PQdb);
CAIRN_FOREIGN(PQhost);
CAIRN_FOREIGN(PQport);
CAIRN_FOREIGN(PQerrorMessage);
CAIRN_FOREIGN(PQresultStatus);
CAIRN_FOREIGN(PQresultErrorField);
CAIRN_FOREIGN(PQresultErrorMessage);
CAIRN_FOREIGN(PQpipelineStatus);
CAIRN_FOREIGN(PQregisterEventProc);
CAIRN_FOREIGN(PQsetInstanceData);
CAIRN_FOREIGN(PQinstanceData);

// libpq calls itself by these names, and calls nobody back who would.
bool is_traced(const Call& call, const PGconn* connection) noexcept {
  return connection != nullptr && call.outermost() && tracing();
}

PGresult* const kNoResult = nullptr;

}  // namespace
}  // namespace cairn::trace::zero_code

using namespace cairn::trace::zero_code;
namespace pq = cairn::trace::pq;

// What the program calls: the adapter's function, or the original, with the arguments as they came.
#define CAIRN_PQ(result, name, otherwise, adapter, parameters, ...)                 \
  extern "C" CAIRN_INTERPOSED result name parameters {                              \
    const Call call(Kind::kPq, #name, CAIRN_CALLER);                                \
    if (!is_traced(call, c)) return call.pass(next_##name, otherwise, __VA_ARGS__); \
    const ProcessParent parent;                                                     \
    return pq::adapter(__VA_ARGS__);                                                \
  }

CAIRN_PQ(PGresult*, PQexec, kNoResult, exec, (PGconn * c, const char* q), c, q)
CAIRN_PQ(PGresult*, PQexecParams, kNoResult, exec_params,
         (PGconn * c, const char* q, int n, const Oid* t, Parameters v, const int* l, const int* f,
          int r),
         c, q, n, t, v, l, f, r)
CAIRN_PQ(PGresult*, PQprepare, kNoResult, prepare,
         (PGconn * c, const char* s, const char* q, int n, const Oid* t), c, s, q, n, t)
CAIRN_PQ(PGresult*, PQexecPrepared, kNoResult, exec_prepared,
         (PGconn * c, const char* s, int n, Parameters v, const int* l, const int* f, int r), c, s,
         n, v, l, f, r)
CAIRN_PQ(int, PQsendQuery, 0, send_query, (PGconn * c, const char* q), c, q)
CAIRN_PQ(int, PQsendQueryParams, 0, send_query_params,
         (PGconn * c, const char* q, int n, const Oid* t, Parameters v, const int* l, const int* f,
          int r),
         c, q, n, t, v, l, f, r)
CAIRN_PQ(int, PQsendPrepare, 0, send_prepare,
         (PGconn * c, const char* s, const char* q, int n, const Oid* t), c, s, q, n, t)
CAIRN_PQ(int, PQsendQueryPrepared, 0, send_query_prepared,
         (PGconn * c, const char* s, int n, Parameters v, const int* l, const int* f, int r), c, s,
         n, v, l, f, r)
CAIRN_PQ(int, PQsendDescribePrepared, 0, send_describe_prepared, (PGconn * c, const char* s), c, s)
CAIRN_PQ(PGresult*, PQgetResult, kNoResult, get_result, (PGconn * c), c)

// Their events reach the adapter, which then asks the right copy of libpq.
extern "C" CAIRN_INTERPOSED void PQfinish(PGconn* c) {
  const Call call(Kind::kPq, "PQfinish", CAIRN_CALLER);
  call.pass(next_PQfinish, c);
}
extern "C" CAIRN_INTERPOSED void PQreset(PGconn* c) {
  const Call call(Kind::kPq, "PQreset", CAIRN_CALLER);
  call.pass(next_PQreset, c);
}
extern "C" CAIRN_INTERPOSED PostgresPollingStatusType PQresetPoll(PGconn* c) {
  const Call call(Kind::kPq, "PQresetPoll", CAIRN_CALLER);
  return call.pass(next_PQresetPoll, PGRES_POLLING_FAILED, c);
}

// What the adapter calls: the linker gives it these (--wrap).
#define CAIRN_FORWARD(result, name, otherwise, parameters, ...)     \
  extern "C" result __wrap_##name parameters;                       \
  extern "C" result __wrap_##name parameters {                      \
    return forward(Kind::kPq, next_##name, otherwise, __VA_ARGS__); \
  }

CAIRN_FORWARD(PGresult*, PQexec, kNoResult, (PGconn * c, const char* q), c, q)
CAIRN_FORWARD(PGresult*, PQexecParams, kNoResult,
              (PGconn * c, const char* q, int n, const Oid* t, Parameters v, const int* l,
               const int* f, int r),
              c, q, n, t, v, l, f, r)
CAIRN_FORWARD(PGresult*, PQprepare, kNoResult,
              (PGconn * c, const char* s, const char* q, int n, const Oid* t), c, s, q, n, t)
CAIRN_FORWARD(PGresult*, PQexecPrepared, kNoResult,
              (PGconn * c, const char* s, int n, Parameters v, const int* l, const int* f, int r),
              c, s, n, v, l, f, r)
CAIRN_FORWARD(int, PQsendQuery, 0, (PGconn * c, const char* q), c, q)
CAIRN_FORWARD(int, PQsendQueryParams, 0,
              (PGconn * c, const char* q, int n, const Oid* t, Parameters v, const int* l,
               const int* f, int r),
              c, q, n, t, v, l, f, r)
CAIRN_FORWARD(int, PQsendPrepare, 0,
              (PGconn * c, const char* s, const char* q, int n, const Oid* t), c, s, q, n, t)
CAIRN_FORWARD(int, PQsendQueryPrepared, 0,
              (PGconn * c, const char* s, int n, Parameters v, const int* l, const int* f, int r),
              c, s, n, v, l, f, r)
CAIRN_FORWARD(int, PQsendDescribePrepared, 0, (PGconn * c, const char* s), c, s)
CAIRN_FORWARD(PGresult*, PQgetResult, kNoResult, (PGconn * c), c)

CAIRN_FORWARD(char*, PQdb, static_cast<char*>(nullptr), (const PGconn* c), c)
CAIRN_FORWARD(char*, PQhost, static_cast<char*>(nullptr), (const PGconn* c), c)
CAIRN_FORWARD(char*, PQport, static_cast<char*>(nullptr), (const PGconn* c), c)
CAIRN_FORWARD(char*, PQerrorMessage, const_cast<char*>(""), (const PGconn* c), c)
CAIRN_FORWARD(ExecStatusType, PQresultStatus, PGRES_FATAL_ERROR, (const PGresult* r), r)
CAIRN_FORWARD(char*, PQresultErrorField, static_cast<char*>(nullptr), (const PGresult* r, int f), r,
              f)
CAIRN_FORWARD(char*, PQresultErrorMessage, const_cast<char*>(""), (const PGresult* r), r)
// libpq before 14 has no pipelines.
CAIRN_FORWARD(PGpipelineStatus, PQpipelineStatus, PQ_PIPELINE_OFF, (const PGconn* c), c)
CAIRN_FORWARD(int, PQregisterEventProc, 0, (PGconn * c, PGEventProc p, const char* n, void* t), c,
              p, n, t)
CAIRN_FORWARD(int, PQsetInstanceData, 0, (PGconn * c, PGEventProc p, void* d), c, p, d)
CAIRN_FORWARD(void*, PQinstanceData, static_cast<void*>(nullptr), (const PGconn* c, PGEventProc p),
              c, p)
