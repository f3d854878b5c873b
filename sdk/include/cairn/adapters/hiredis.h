// SPDX-License-Identifier: Apache-2.0
//
// hiredis, traced: a span `redis` for each command, and one for a whole pipeline.
//
//   auto* reply = static_cast<redisReply*>(cairn::trace::hiredis::command(redis, "GET %s", key));
//
// Spans carry the names of commands (redis.cmds, as go-zero; db.operation.name with the stable
// conventions), never their arguments. A nil reply is Ok, an error reply and a lost connection are
// Error. Replies of another kind than hiredis's own redisReply (reader->fn) are not looked at: the
// status stays unset.
//
// Thread rule: as hiredis's, one thread at a time for a connection. The parent is the context
// current at the call. Source: go-zero core/stores/redis, "hook"; OpenTelemetry semantic
// conventions, "Redis client operations"; hiredis 0.14, "README".
#pragma once

#include <cstdarg>
#include <memory>

#include <cairn/trace/context.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

namespace cairn::trace::hiredis {

// As redisCommandArgv, redisvCommand and redisCommand: the caller frees the reply.
void* command_argv(redisContext* context, int argc, const char** argv, const size_t* lengths);
void* vcommand(redisContext* context, const char* format, va_list arguments);
void* command(redisContext* context, const char* format, ...);

// Commands that are sent together: one span, from the first get_reply() to the last, or to the end
// of the Pipeline. Of the names the first 128 are kept.
class Pipeline {
 public:
  // Borrows `context` for its life.
  explicit Pipeline(redisContext* context);
  // Ends the span; replies that were not taken stay in the connection, as with hiredis.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // As redisAppendCommandArgv, redisvAppendCommand and redisAppendCommand.
  int append_argv(int argc, const char** argv, const size_t* lengths);
  int vappend(const char* format, va_list arguments);
  int append(const char* format, ...);
  // As redisGetReply, for one of the commands appended here; the caller frees the reply.
  int get_reply(void** reply);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// As redisAsyncCommandArgv, redisvAsyncCommand and redisAsyncCommand. The span ends with the reply,
// or with the connection; `callback` runs in the context the command was sent in, and may be null.
// (P)SUBSCRIBE, their opposites and MONITOR have many replies: their span is the sending alone, and
// `callback` runs in no context.
int async_command_argv(redisAsyncContext* context, redisCallbackFn* callback, void* data, int argc,
                       const char** argv, const size_t* lengths);
int async_vcommand(redisAsyncContext* context, redisCallbackFn* callback, void* data,
                   const char* format, va_list arguments);
int async_command(redisAsyncContext* context, redisCallbackFn* callback, void* data,
                  const char* format, ...);

}  // namespace cairn::trace::hiredis
