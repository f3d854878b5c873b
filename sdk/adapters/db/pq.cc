// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <new>
#include <string_view>

#include <cairn/adapters/pq.h>
#include <cairn/adapters/sql_span.h>

#include "pq_queue.h"

namespace cairn::trace::pq {
namespace {

constexpr int kDefaultPort = 5432;

std::string_view text_or_empty(const char* text) {
  return text != nullptr ? std::string_view(text) : std::string_view();
}

SqlCall call_on(PGconn* connection, std::string_view method) {
  SqlCall call;
  call.system = "postgresql";
  call.method = method;
  call.database = text_or_empty(PQdb(connection));
  call.server_address = text_or_empty(PQhost(connection));
  const char* port = PQport(connection);
  const int number = port != nullptr ? std::atoi(port) : 0;
  if (number != kDefaultPort) call.server_port = number;
  return call;
}

SqlSpan start_text(PGconn* connection, std::string_view method, const char* text) {
  SqlCall call = call_on(connection, method);
  call.statement = text_or_empty(text);
  return SqlSpan(call);
}

SqlSpan start_prepared(PGconn* connection, const char* name) {
  // Whether it gives rows is the server's secret.
  SqlCall call = call_on(connection, "Exec");
  call.prepared = text_or_empty(name);
  if (call.prepared.empty()) call.prepared = "(unnamed)";
  return SqlSpan(call);
}

// What a result says about its query. True when it failed.
bool tell(SqlSpan& span, PGconn* connection, const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_BAD_RESPONSE:
    case PGRES_FATAL_ERROR: {
      const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      // Only the primary message: the detail quotes rows.
      const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
      if (message == nullptr) {
        message = result != nullptr ? PQresultErrorMessage(result) : PQerrorMessage(connection);
      }
      span.fail(text_or_empty(state), message);
      return true;
    }
    case PGRES_PIPELINE_ABORTED:
      span.fail({}, "an earlier query of the pipeline failed");
      return true;
    default:
      return false;
  }
}

PGresult* finish(SqlSpan& span, PGconn* connection, PGresult* result) {
  if (!tell(span, connection, result)) span.succeed();
  span.end();
  return result;
}

int handle_event(PGEventId event, void* info, void* /*pass_through*/);

SpanQueue* queue_of(PGconn* connection) {
  return static_cast<SpanQueue*>(PQinstanceData(connection, handle_event));
}

// Makes it when it is not there; null without memory, then nothing is traced.
SpanQueue* make_queue(PGconn* connection) {
  if (SpanQueue* there = queue_of(connection)) return there;
  auto* queue = new (std::nothrow) SpanQueue();
  if (queue == nullptr) return nullptr;
  // Registered already after a reset of the data: that is fine, then only the data is missing.
  PQregisterEventProc(connection, handle_event, "cairn", nullptr);
  if (PQsetInstanceData(connection, handle_event, queue) == 0) {
    delete queue;
    return nullptr;
  }
  return queue;
}

int handle_event(PGEventId event, void* info, void*) {
  if (event == PGEVT_CONNRESET) {
    if (auto* queue = queue_of(static_cast<PGEventConnReset*>(info)->conn)) queue->abandon();
  } else if (event == PGEVT_CONNDESTROY) {
    delete queue_of(static_cast<PGEventConnDestroy*>(info)->conn);
  }
  return 1;
}

// Whether one more query may have a span.
bool has_room(PGconn* connection) {
  const SpanQueue* queue = queue_of(connection);
  return queue == nullptr || queue->has_room() || PQpipelineStatus(connection) == PQ_PIPELINE_OFF;
}

// A blocking call throws away what earlier sends left unread.
void forget_unread(PGconn* connection) {
  // In a pipeline they are refused and throw nothing away.
  if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF) return;
  if (SpanQueue* queue = queue_of(connection)) queue->abandon();
}

int sent(int ok, PGconn* connection, SqlSpan span) {
  if (ok == 0) {
    span.fail({}, PQerrorMessage(connection));
    return ok;
  }
  if (SpanQueue* queue = make_queue(connection)) {
    // Outside of a pipeline libpq sends only when nothing is under way: what is left was not read.
    if (PQpipelineStatus(connection) == PQ_PIPELINE_OFF) queue->abandon();
    queue->push(static_cast<SqlSpan&&>(span));
  }
  return ok;
}

}  // namespace

PGresult* exec(PGconn* connection, const char* query) {
  forget_unread(connection);
  SqlSpan span = start_text(connection, {}, query);
  return finish(span, connection, PQexec(connection, query));
}

PGresult* exec_params(PGconn* connection, const char* command, int count, const Oid* types,
                      const char* const* values, const int* lengths, const int* formats,
                      int result_format) {
  forget_unread(connection);
  SqlSpan span = start_text(connection, {}, command);
  return finish(
      span, connection,
      PQexecParams(connection, command, count, types, values, lengths, formats, result_format));
}

PGresult* prepare(PGconn* connection, const char* name, const char* query, int count,
                  const Oid* types) {
  forget_unread(connection);
  SqlSpan span = start_text(connection, "Prepare", query);
  return finish(span, connection, PQprepare(connection, name, query, count, types));
}

PGresult* exec_prepared(PGconn* connection, const char* name, int count, const char* const* values,
                        const int* lengths, const int* formats, int result_format) {
  forget_unread(connection);
  SqlSpan span = start_prepared(connection, name);
  return finish(span, connection,
                PQexecPrepared(connection, name, count, values, lengths, formats, result_format));
}

int send_query(PGconn* connection, const char* query) {
  SqlSpan span = has_room(connection) ? start_text(connection, {}, query) : SqlSpan();
  return sent(PQsendQuery(connection, query), connection, static_cast<SqlSpan&&>(span));
}

int send_query_params(PGconn* connection, const char* command, int count, const Oid* types,
                      const char* const* values, const int* lengths, const int* formats,
                      int result_format) {
  SqlSpan span = has_room(connection) ? start_text(connection, {}, command) : SqlSpan();
  return sent(
      PQsendQueryParams(connection, command, count, types, values, lengths, formats, result_format),
      connection, static_cast<SqlSpan&&>(span));
}

int send_prepare(PGconn* connection, const char* name, const char* query, int count,
                 const Oid* types) {
  SqlSpan span = has_room(connection) ? start_text(connection, "Prepare", query) : SqlSpan();
  return sent(PQsendPrepare(connection, name, query, count, types), connection,
              static_cast<SqlSpan&&>(span));
}

int send_query_prepared(PGconn* connection, const char* name, int count, const char* const* values,
                        const int* lengths, const int* formats, int result_format) {
  SqlSpan span = has_room(connection) ? start_prepared(connection, name) : SqlSpan();
  return sent(PQsendQueryPrepared(connection, name, count, values, lengths, formats, result_format),
              connection, static_cast<SqlSpan&&>(span));
}

int send_describe_prepared(PGconn* connection, const char* name) {
  return sent(PQsendDescribePrepared(connection, name), connection, SqlSpan());
}

PGresult* get_result(PGconn* connection) {
  PGresult* result = PQgetResult(connection);
  SpanQueue* queue = queue_of(connection);
  if (queue == nullptr || queue->empty()) return result;
  const bool pipeline = PQpipelineStatus(connection) != PQ_PIPELINE_OFF;
  if (result == nullptr) {
    // In a pipeline a NULL before any result of a query only says "nothing yet".
    if (!pipeline || queue->answered()) queue->pop();
    return nullptr;
  }
  // A sync point is an answer to no query.
  if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
    queue->answer([&](SqlSpan& span) { return tell(span, connection, result); });
  }
  return result;
}

}  // namespace cairn::trace::pq
