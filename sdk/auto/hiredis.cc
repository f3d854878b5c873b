// SPDX-License-Identifier: Apache-2.0
// hiredis: the program's calls go to the adapter's functions of the same name.
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <cairn/adapters/hiredis.h>

#include "sdk/adapters/fork_mutex.h"
#include "sdk/auto/call.h"

namespace cairn::trace::zero_code {
namespace {

#define CAIRN_FOREIGN(name) constinit Foreign<decltype(name)> next_##name(#name)
CAIRN_FOREIGN(redisvCommand);
CAIRN_FOREIGN(redisCommandArgv);
CAIRN_FOREIGN(redisvAppendCommand);
CAIRN_FOREIGN(redisAppendCommandArgv);
CAIRN_FOREIGN(redisAppendFormattedCommand);
CAIRN_FOREIGN(redisGetReply);
CAIRN_FOREIGN(redisFree);
CAIRN_FOREIGN(redisReconnect);
CAIRN_FOREIGN(redisvAsyncCommand);
CAIRN_FOREIGN(redisAsyncCommandArgv);
CAIRN_FOREIGN(redisAsyncFormattedCommand);
CAIRN_FOREIGN(freeReplyObject);
CAIRN_FOREIGN(redisReaderCreate);
CAIRN_FOREIGN(redisReaderFree);

constexpr Kind kKind = Kind::kHiredis;
void* const kNoReply = nullptr;

// The pipelines of connections that have appended commands. Bounded: more are not traced.
class Pipelines {
 public:
  static constexpr std::size_t kMax = 16384;
  static Pipelines& instance() {
    static auto* const one = new Pipelines();  // leaked: connections outlive static objects
    return *one;
  }
  // Null when there is none. It stays until remove(): a connection has one thread at a time.
  hiredis::Pipeline* find(redisContext* context) {
    const std::lock_guard lock(mutex_);
    const auto at = pipelines_.find(context);
    return at != pipelines_.end() ? at->second.get() : nullptr;
  }
  hiredis::Pipeline* make(redisContext* context) noexcept {
    try {
      const std::lock_guard lock(mutex_);
      if (pipelines_.size() >= kMax && pipelines_.count(context) == 0) return nullptr;
      auto& place = pipelines_[context];
      if (place == nullptr) place = std::make_unique<hiredis::Pipeline>(context);
      return place.get();
    } catch (...) {  // no memory: not traced
      return nullptr;
    }
  }
  void remove(redisContext* context) {
    std::unique_ptr<hiredis::Pipeline> removed;  // its span ends without the lock
    const std::lock_guard lock(mutex_);
    const auto at = pipelines_.find(context);
    if (at == pipelines_.end()) return;
    removed = std::move(at->second);
    pipelines_.erase(at);
  }

 private:
  detail::ForkMutex mutex_;
  std::unordered_map<redisContext*, std::unique_ptr<hiredis::Pipeline>> pipelines_;
};

bool is_traced(const Call& call, const void* context) noexcept {
  return context != nullptr && call.outermost() && tracing();
}

// The name in a command that is formatted already: "*2\r\n$3\r\nGET\r\n...".
std::string_view name_of(const char* command, std::size_t size) noexcept {
  const std::string_view text(command, command != nullptr ? size : 0);
  const std::size_t dollar = text.find("\r\n$");
  const std::size_t start =
      dollar == std::string_view::npos ? dollar : text.find("\r\n", dollar + 3);
  if (start == std::string_view::npos) return {};
  const std::size_t end = text.find("\r\n", start + 2);
  return end == std::string_view::npos ? std::string_view()
                                       : text.substr(start + 2, end - start - 2);
}

// The adapter knows commands by their arguments; what it then passes to hiredis is this instead.
struct Formatted {
  const char* command;
  std::size_t size;
};
thread_local constinit const Formatted* formatted = nullptr;

// Calls use(argc, argv, lengths) with the name alone, and has the command itself sent.
template <class Use>
int with_name(const Formatted& command, Use use) {
  const std::string_view name = name_of(command.command, command.size);
  const char* argument = name.data() != nullptr ? name.data() : "";
  const std::size_t length = name.size();
  formatted = &command;
  const int result = use(1, &argument, &length);
  formatted = nullptr;
  return result;
}

int append(const Call& call, redisContext* context, const char* format, va_list arguments) {
  hiredis::Pipeline* const pipeline =
      is_traced(call, context) ? Pipelines::instance().make(context) : nullptr;
  if (pipeline == nullptr) {
    return call.pass(next_redisvAppendCommand, REDIS_ERR, context, format, arguments);
  }
  return pipeline->vappend(format, arguments);
}

void* command(const Call& call, redisContext* context, const char* format, va_list arguments) {
  if (!is_traced(call, context)) {
    return call.pass(next_redisvCommand, kNoReply, context, format, arguments);
  }
  const ProcessParent parent;
  return hiredis::vcommand(context, format, arguments);
}

int async_command(const Call& call, redisAsyncContext* context, redisCallbackFn* callback,
                  void* data, const char* format, va_list arguments) {
  if (!is_traced(call, context)) {
    return call.pass(next_redisvAsyncCommand, REDIS_ERR, context, callback, data, format,
                     arguments);
  }
  const ProcessParent parent;
  return hiredis::async_vcommand(context, callback, data, format, arguments);
}

}  // namespace
}  // namespace cairn::trace::zero_code

using namespace cairn::trace::zero_code;
namespace hiredis = cairn::trace::hiredis;

extern "C" CAIRN_INTERPOSED void* redisvCommand(redisContext* c, const char* format,
                                                va_list arguments) {
  const Call call(kKind, "redisvCommand", CAIRN_CALLER);
  return command(call, c, format, arguments);
}
extern "C" CAIRN_INTERPOSED void* redisCommand(redisContext* c, const char* format, ...) {
  const Call call(kKind, "redisCommand", CAIRN_CALLER);
  va_list arguments;
  va_start(arguments, format);
  void* const reply = command(call, c, format, arguments);
  va_end(arguments);
  return reply;
}
extern "C" CAIRN_INTERPOSED void* redisCommandArgv(redisContext* c, int argc, const char** argv,
                                                   const size_t* lengths) {
  const Call call(kKind, "redisCommandArgv", CAIRN_CALLER);
  if (!is_traced(call, c)) {
    return call.pass(next_redisCommandArgv, kNoReply, c, argc, argv, lengths);
  }
  const ProcessParent parent;
  return hiredis::command_argv(c, argc, argv, lengths);
}

extern "C" CAIRN_INTERPOSED int redisvAppendCommand(redisContext* c, const char* format,
                                                    va_list arguments) {
  const Call call(kKind, "redisvAppendCommand", CAIRN_CALLER);
  return append(call, c, format, arguments);
}
extern "C" CAIRN_INTERPOSED int redisAppendCommand(redisContext* c, const char* format, ...) {
  const Call call(kKind, "redisAppendCommand", CAIRN_CALLER);
  va_list arguments;
  va_start(arguments, format);
  const int result = append(call, c, format, arguments);
  va_end(arguments);
  return result;
}
extern "C" CAIRN_INTERPOSED int redisAppendCommandArgv(redisContext* c, int argc, const char** argv,
                                                       const size_t* lengths) {
  const Call call(kKind, "redisAppendCommandArgv", CAIRN_CALLER);
  hiredis::Pipeline* const pipeline = is_traced(call, c) ? Pipelines::instance().make(c) : nullptr;
  if (pipeline != nullptr) return pipeline->append_argv(argc, argv, lengths);
  return call.pass(next_redisAppendCommandArgv, REDIS_ERR, c, argc, argv, lengths);
}
extern "C" CAIRN_INTERPOSED int redisAppendFormattedCommand(redisContext* c, const char* text,
                                                            size_t size) {
  const Call call(kKind, "redisAppendFormattedCommand", CAIRN_CALLER);
  hiredis::Pipeline* const pipeline = is_traced(call, c) ? Pipelines::instance().make(c) : nullptr;
  if (pipeline == nullptr) {
    return call.pass(next_redisAppendFormattedCommand, REDIS_ERR, c, text, size);
  }
  return with_name({text, size}, [&](int argc, const char** argv, const size_t* lengths) {
    return pipeline->append_argv(argc, argv, lengths);
  });
}

extern "C" CAIRN_INTERPOSED int redisGetReply(redisContext* c, void** reply) {
  const Call call(kKind, "redisGetReply", CAIRN_CALLER);
  hiredis::Pipeline* const pipeline = is_traced(call, c) ? Pipelines::instance().find(c) : nullptr;
  if (pipeline == nullptr) return call.pass(next_redisGetReply, REDIS_ERR, c, reply);
  const ProcessParent parent;
  return pipeline->get_reply(reply);
}

extern "C" CAIRN_INTERPOSED void redisFree(redisContext* c) {
  const Call call(kKind, "redisFree", CAIRN_CALLER);
  Pipelines::instance().remove(c);
  call.pass(next_redisFree, c);
}
extern "C" CAIRN_INTERPOSED int redisReconnect(redisContext* c) {
  const Call call(kKind, "redisReconnect", CAIRN_CALLER);
  Pipelines::instance().remove(c);
  return call.pass(next_redisReconnect, REDIS_ERR, c);
}

extern "C" CAIRN_INTERPOSED int redisvAsyncCommand(redisAsyncContext* c, redisCallbackFn* callback,
                                                   void* data, const char* format,
                                                   va_list arguments) {
  const Call call(kKind, "redisvAsyncCommand", CAIRN_CALLER);
  return async_command(call, c, callback, data, format, arguments);
}
extern "C" CAIRN_INTERPOSED int redisAsyncCommand(redisAsyncContext* c, redisCallbackFn* callback,
                                                  void* data, const char* format, ...) {
  const Call call(kKind, "redisAsyncCommand", CAIRN_CALLER);
  va_list arguments;
  va_start(arguments, format);
  const int result = async_command(call, c, callback, data, format, arguments);
  va_end(arguments);
  return result;
}
extern "C" CAIRN_INTERPOSED int redisAsyncCommandArgv(redisAsyncContext* c,
                                                      redisCallbackFn* callback, void* data,
                                                      int argc, const char** argv,
                                                      const size_t* lengths) {
  const Call call(kKind, "redisAsyncCommandArgv", CAIRN_CALLER);
  if (!is_traced(call, c)) {
    return call.pass(next_redisAsyncCommandArgv, REDIS_ERR, c, callback, data, argc, argv, lengths);
  }
  const ProcessParent parent;
  return hiredis::async_command_argv(c, callback, data, argc, argv, lengths);
}
extern "C" CAIRN_INTERPOSED int redisAsyncFormattedCommand(redisAsyncContext* c,
                                                           redisCallbackFn* callback, void* data,
                                                           const char* text, size_t size) {
  const Call call(kKind, "redisAsyncFormattedCommand", CAIRN_CALLER);
  if (!is_traced(call, c)) {
    return call.pass(next_redisAsyncFormattedCommand, REDIS_ERR, c, callback, data, text, size);
  }
  const ProcessParent parent;
  return with_name({text, size}, [&](int argc, const char** argv, const size_t* lengths) {
    return hiredis::async_command_argv(c, callback, data, argc, argv, lengths);
  });
}

// What the adapter calls: the linker gives it these (--wrap).
#define CAIRN_FORWARD(result, name, otherwise, parameters, ...)               \
  extern "C" result __wrap_##name parameters;                                 \
  extern "C" result __wrap_##name parameters {                                \
    return forward(kKind, next_##name, otherwise __VA_OPT__(, ) __VA_ARGS__); \
  }

CAIRN_FORWARD(void*, redisvCommand, kNoReply, (redisContext * c, const char* f, va_list a), c, f, a)
CAIRN_FORWARD(void*, redisCommandArgv, kNoReply,
              (redisContext * c, int n, const char** v, const size_t* l), c, n, v, l)
CAIRN_FORWARD(int, redisvAppendCommand, REDIS_ERR, (redisContext * c, const char* f, va_list a), c,
              f, a)
CAIRN_FORWARD(int, redisGetReply, REDIS_ERR, (redisContext * c, void** r), c, r)
CAIRN_FORWARD(int, redisvAsyncCommand, REDIS_ERR,
              (redisAsyncContext * c, redisCallbackFn* b, void* d, const char* f, va_list a), c, b,
              d, f, a)

extern "C" int __wrap_redisAppendCommandArgv(redisContext* c, int argc, const char** argv,
                                             const size_t* lengths);
extern "C" int __wrap_redisAppendCommandArgv(redisContext* c, int argc, const char** argv,
                                             const size_t* lengths) {
  if (formatted != nullptr) {
    return forward(kKind, next_redisAppendFormattedCommand, REDIS_ERR, c, formatted->command,
                   formatted->size);
  }
  return forward(kKind, next_redisAppendCommandArgv, REDIS_ERR, c, argc, argv, lengths);
}
extern "C" int __wrap_redisAsyncCommandArgv(redisAsyncContext* c, redisCallbackFn* callback,
                                            void* data, int argc, const char** argv,
                                            const size_t* lengths);
extern "C" int __wrap_redisAsyncCommandArgv(redisAsyncContext* c, redisCallbackFn* callback,
                                            void* data, int argc, const char** argv,
                                            const size_t* lengths) {
  if (formatted != nullptr) {
    return forward(kKind, next_redisAsyncFormattedCommand, REDIS_ERR, c, callback, data,
                   formatted->command, formatted->size);
  }
  return forward(kKind, next_redisAsyncCommandArgv, REDIS_ERR, c, callback, data, argc, argv,
                 lengths);
}
CAIRN_FORWARD(redisReader*, redisReaderCreate, static_cast<redisReader*>(nullptr), ())
extern "C" void __wrap_redisReaderFree(redisReader* reader);
extern "C" void __wrap_redisReaderFree(redisReader* reader) {
  forward(kKind, next_redisReaderFree, reader);
}
extern "C" void __wrap_freeReplyObject(void* reply);
extern "C" void __wrap_freeReplyObject(void* reply) {
  forward(kKind, next_freeReplyObject, reply);
}
