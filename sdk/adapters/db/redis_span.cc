// SPDX-License-Identifier: Apache-2.0
#include "redis_span.h"

#include <algorithm>
#include <cstring>

#include <cairn/trace/instrumentation.h>

#include "error_text.h"

namespace cairn::trace::hiredis {
namespace {

constexpr Key kRedisCmds{"redis.cmds"};
constexpr Key kSystem{"db.system.name"};
constexpr Key kOperation{"db.operation.name"};
constexpr Key kBatchSize{"db.operation.batch.size"};
constexpr Key kServerAddress{"server.address"};
constexpr Key kServerPort{"server.port"};
constexpr Key kStatusCode{"db.response.status_code"};
constexpr Key kErrorType{"error.type"};

constexpr std::size_t kMaxName = 32;
constexpr int kDefaultPort = 6379;
constexpr std::string_view kUnknownName = "?";

const Tracer& redis_tracer() {
  static const Tracer one = tracer("cairn.redis");
  return one;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-' || c == '|';
}

// go-zero's client writes names in lower case.
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Calls use(Attributes) with redis.cmds.
template <class Use>
void with_commands(const CommandNames& names, Use&& use) {
  std::vector<std::string> texts;
  texts.reserve(names.names().size());
  for (const std::string& name : names.names()) texts.push_back(lower(name));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  use(Attributes{{kRedisCmds, ListView<std::string_view>(views)}});
}

// Calls use(Attributes) with the stable conventions' description.
template <class Use>
void with_operation(const redisContext& context, const CommandNames& names, std::string_view name,
                    Use&& use) {
  Attribute all[5];
  std::size_t size = 0;
  all[size++] = {kSystem, "redis"};
  all[size++] = {kOperation, name};
  if (names.count() > 1) all[size++] = {kBatchSize, names.count()};
  if (context.connection_type == REDIS_CONN_UNIX && context.unix_sock.path != nullptr) {
    all[size++] = {kServerAddress, context.unix_sock.path};
  } else if (context.connection_type == REDIS_CONN_TCP && context.tcp.host != nullptr) {
    all[size++] = {kServerAddress, context.tcp.host};
    if (context.tcp.port != kDefaultPort) all[size++] = {kServerPort, context.tcp.port};
  }
  use(Attributes(all, size));
}

std::string_view client_error_name(int code) {
  switch (code) {
    case REDIS_ERR_IO:
      return "REDIS_ERR_IO";
    case REDIS_ERR_EOF:
      return "REDIS_ERR_EOF";
    case REDIS_ERR_PROTOCOL:
      return "REDIS_ERR_PROTOCOL";
    case REDIS_ERR_OOM:
      return "REDIS_ERR_OOM";
    default:
      return "REDIS_ERR_OTHER";
  }
}

// Whether replies are redisReply: language bindings have the reader make objects of their own.
bool makes_own_replies(const redisContext& context) {
  static const redisReplyObjectFunctions* const usual = [] {
    redisReader* const reader = redisReaderCreate();
    const auto* const functions = reader != nullptr ? reader->fn : nullptr;
    if (reader != nullptr) redisReaderFree(reader);
    return functions;
  }();
  return context.reader != nullptr && context.reader->fn == usual;
}

// ERR, WRONGTYPE: the word an error reply starts with.
std::string_view error_prefix(std::string_view message) {
  const std::string_view word = message.substr(0, message.find(' '));
  const bool upper = std::all_of(word.begin(), word.end(),
                                 [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
  return upper && !word.empty() && word.size() <= kMaxName ? word : std::string_view("ERR");
}

// Redis quotes a command it does not know, with its arguments.
std::string_view without_arguments(std::string_view message) {
  constexpr std::string_view kUnknown = "unknown command";
  const std::size_t at = message.find(kUnknown);
  return at == std::string_view::npos ? message : message.substr(0, at + kUnknown.size());
}

}  // namespace

std::string_view command_name(const char* text, std::size_t size) noexcept {
  if (text == nullptr || size == 0 || size > kMaxName) return kUnknownName;
  return std::all_of(text, text + size, is_name_character) ? std::string_view(text, size)
                                                           : kUnknownName;
}

std::string_view command_name(const char* format, va_list arguments) noexcept {
  if (format == nullptr) return kUnknownName;
  format += std::strspn(format, " ");
  const std::string_view word(format, std::strcspn(format, " "));
  if (word != "%s" && word != "%b") return command_name(word.data(), word.size());
  va_list copy;
  va_copy(copy, arguments);
  const char* const text = va_arg(copy, const char*);
  const std::size_t size = word == "%b"      ? va_arg(copy, std::size_t)
                           : text == nullptr ? 0
                                             : strnlen(text, kMaxName + 1);
  va_end(copy);
  return command_name(text, size);
}

std::string CommandNames::operation() const {
  if (names_.empty()) return "PIPELINE";
  if (count_ == 1) return names_[0];
  const bool same = std::all_of(names_.begin(), names_.end(),
                                [&](const std::string& name) { return name == names_[0]; });
  return same ? "BATCH " + names_[0] : "PIPELINE";
}

RedisSpan::RedisSpan(const redisContext& context, const CommandNames& names)
    : stable_(instrumentation().conventions == Conventions::kStable) {
  if (!redis_tracer().enabled()) return;
  if (stable_) {
    const std::string name = names.operation();
    with_operation(context, names, name, [&](Attributes attributes) {
      span_ = redis_tracer().start(name, SpanKind::kClient, attributes);
    });
  } else {
    with_commands(names, [&](Attributes attributes) {
      span_ = redis_tracer().start("redis", SpanKind::kClient, attributes);
    });
  }
}

void RedisSpan::rename(const CommandNames& names) {
  if (!span_.is_recording()) return;
  if (!stable_) {
    with_commands(names, [&](Attributes attributes) { span_.set(attributes); });
    return;
  }
  const std::string name = names.operation();
  span_.update_name(name);
  span_.set({{kOperation, name}, {kBatchSize, names.count()}});
}

void RedisSpan::fail(std::string_view code, std::string_view message, bool from_server) noexcept {
  if (failed_ || !span_.is_recording()) return;
  failed_ = true;
  message = detail::first_line(message);
  detail::add_exception_event(span_.ref(), code, message);
  if (stable_) {
    span_.set(kErrorType, code);
    if (from_server) span_.set(kStatusCode, code);
  }
  span_.set_status(StatusCode::kError, message);
}

void RedisSpan::judge(const redisContext& context, const void* reply) noexcept {
  if (reply != nullptr && !makes_own_replies(context)) {
    unknown_ = true;
    return;
  }
  if (reply == nullptr) {
    const std::string_view message(context.errstr, strnlen(context.errstr, sizeof context.errstr));
    fail(client_error_name(context.err), message.empty() ? "the connection was closed" : message,
         false);
    return;
  }
  const auto* const answer = static_cast<const redisReply*>(reply);
  if (answer->type != REDIS_REPLY_ERROR || answer->str == nullptr) return;
  const std::string_view message = without_arguments({answer->str, answer->len});
  // What Redis quotes may be an argument, of ACL SETUSER a password.
  const bool quotes_command = message.find(" arguments for '") != std::string_view::npos;
  const detail::UnquotedText unquoted(message, "'");
  fail(error_prefix(message), quotes_command ? message : unquoted.view(), true);
}

void RedisSpan::end() noexcept {
  if (!failed_ && !unknown_ && !stable_) span_.set_status(StatusCode::kOk);
  span_.end();
}

}  // namespace cairn::trace::hiredis
