// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <new>
#include <string_view>

#include <cairn/adapters/hiredis.h>
#include <strings.h>

#include "redis_span.h"

namespace cairn::trace::hiredis {
namespace {

std::string_view name_of(int argc, const char** argv, const size_t* lengths) {
  if (argc < 1 || argv == nullptr || argv[0] == nullptr) return command_name("", std::size_t{0});
  return command_name(argv[0], lengths != nullptr ? lengths[0] : std::strlen(argv[0]));
}

// A blocking connection has the reply by now; a non-blocking one has only written the command.
void* finish(RedisSpan& span, const redisContext& context, void* reply) {
  if (reply != nullptr || (context.flags & REDIS_BLOCK) != 0 || context.err != 0) {
    span.judge(context, reply);
  }
  span.end();
  return reply;
}

bool has_many_replies(std::string_view name) {
  for (const std::string_view one :
       {"subscribe", "psubscribe", "unsubscribe", "punsubscribe", "monitor"}) {
    if (name.size() == one.size() && strncasecmp(name.data(), one.data(), one.size()) == 0) {
      return true;
    }
  }
  return false;
}

// What waits for an asynchronous reply. hiredis calls back exactly once for each command that it
// took, with a null reply when the connection goes first; that call frees it.
struct Waiting {
  redisCallbackFn* callback;
  void* data;
  RedisSpan span;
  Context context;
};

void take_reply(redisAsyncContext* context, void* reply, void* data) {
  const std::unique_ptr<Waiting> waiting(static_cast<Waiting*>(data));
  waiting->span.judge(context->c, reply);
  waiting->span.end();
  if (waiting->callback == nullptr) return;
  const Scope scope(waiting->context);
  waiting->callback(context, reply, waiting->data);
}

// send(callback, data) hands the command to hiredis.
template <class Send>
int send_async(redisAsyncContext* context, redisCallbackFn* callback, void* data,
               std::string_view name, Send&& send) {
  RedisSpan span(context->c, CommandNames(name));
  auto* const waiting = has_many_replies(name) ? nullptr : new (std::nothrow) Waiting;
  if (waiting == nullptr) {
    const int result = send(callback, data);
    if (result != REDIS_OK) span.judge(context->c, nullptr);
    span.end();
    return result;
  }
  *waiting = {callback, data, static_cast<RedisSpan&&>(span), Context::current()};
  const int result = send(take_reply, waiting);
  if (result != REDIS_OK) {
    waiting->span.judge(context->c, nullptr);
    waiting->span.end();
    delete waiting;
  }
  return result;
}

}  // namespace

void* command_argv(redisContext* context, int argc, const char** argv, const size_t* lengths) {
  RedisSpan span(*context, CommandNames(name_of(argc, argv, lengths)));
  return finish(span, *context, redisCommandArgv(context, argc, argv, lengths));
}

void* vcommand(redisContext* context, const char* format, va_list arguments) {
  RedisSpan span(*context, CommandNames(command_name(format, arguments)));
  return finish(span, *context, redisvCommand(context, format, arguments));
}

void* command(redisContext* context, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  void* const reply = vcommand(context, format, arguments);
  va_end(arguments);
  return reply;
}

struct Pipeline::State {
  redisContext* context;
  CommandNames names;
  RedisSpan span;
  std::size_t started_with = 0;  // commands the span knows of; 0: no span yet
  std::size_t unanswered = 0;

  int appended(int result, std::string_view name) {
    if (result != REDIS_OK) return result;
    names.add(name);
    ++unanswered;
    return result;
  }
  void answered(int result, const void* reply) {
    if (result == REDIS_OK && reply == nullptr) return;  // non-blocking, and nothing yet
    span.judge(*context, reply);
    // After an error hiredis gives no more replies.
    unanswered = result == REDIS_OK ? unanswered - 1 : 0;
    if (unanswered == 0) finish();
  }
  void finish() {
    if (started_with == 0) return;
    if (names.count() != started_with) span.rename(names);
    span.end();
    names = CommandNames();
    started_with = 0;
  }
};

Pipeline::Pipeline(redisContext* context) : state_(new State{context, {}, {}}) {
}
Pipeline::~Pipeline() {
  state_->finish();
}

int Pipeline::append_argv(int argc, const char** argv, const size_t* lengths) {
  return state_->appended(redisAppendCommandArgv(state_->context, argc, argv, lengths),
                          name_of(argc, argv, lengths));
}

int Pipeline::vappend(const char* format, va_list arguments) {
  const std::string_view name = command_name(format, arguments);
  return state_->appended(redisvAppendCommand(state_->context, format, arguments), name);
}

int Pipeline::append(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = vappend(format, arguments);
  va_end(arguments);
  return result;
}

int Pipeline::get_reply(void** reply) {
  State& state = *state_;
  if (state.started_with == 0 && state.unanswered > 0) {
    state.span = RedisSpan(*state.context, state.names);
    state.started_with = state.names.count();
  }
  void* taken = nullptr;
  const int result = redisGetReply(state.context, &taken);
  if (state.started_with != 0) state.answered(result, taken);
  if (reply != nullptr) {
    *reply = taken;
  } else if (taken != nullptr) {
    freeReplyObject(taken);
  }
  return result;
}

int async_command_argv(redisAsyncContext* context, redisCallbackFn* callback, void* data, int argc,
                       const char** argv, const size_t* lengths) {
  return send_async(context, callback, data, name_of(argc, argv, lengths),
                    [&](redisCallbackFn* function, void* argument) {
                      return redisAsyncCommandArgv(context, function, argument, argc, argv,
                                                   lengths);
                    });
}

int async_vcommand(redisAsyncContext* context, redisCallbackFn* callback, void* data,
                   const char* format, va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  const int result =
      send_async(context, callback, data, command_name(format, arguments),
                 [&](redisCallbackFn* function, void* argument) {
                   return redisvAsyncCommand(context, function, argument, format, copy);
                 });
  va_end(copy);
  return result;
}

int async_command(redisAsyncContext* context, redisCallbackFn* callback, void* data,
                  const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = async_vcommand(context, callback, data, format, arguments);
  va_end(arguments);
  return result;
}

}  // namespace cairn::trace::hiredis
