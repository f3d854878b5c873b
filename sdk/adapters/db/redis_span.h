// SPDX-License-Identifier: Apache-2.0
//
// RedisSpan: the span of one command or pipeline, and how a command's name is found.
//
// Thread rule: as Span's; one owner.
#pragma once

#include <cstdarg>
#include <string>
#include <string_view>
#include <vector>

#include <cairn/trace/tracer.h>
#include <hiredis/hiredis.h>

namespace cairn::trace::hiredis {

// The name a command may be called by: `argv[0]` if it looks like a name (letters, digits, . _ - |,
// at most 32 of them), else `?`: arguments get there by mistakes.
std::string_view command_name(const char* text, std::size_t size) noexcept;
// The same of a format string; reads an argument when the name is a `%s` or `%b`.
std::string_view command_name(const char* format, va_list arguments) noexcept;

// The names of a pipeline's commands.
class CommandNames {
 public:
  static constexpr std::size_t kMax = 128;
  CommandNames() = default;
  explicit CommandNames(std::string_view name) { add(name); }
  void add(std::string_view name) {
    if (names_.size() < kMax) names_.emplace_back(name);
    ++count_;
  }
  const std::vector<std::string>& names() const { return names_; }
  std::size_t count() const { return count_; }  // also those that were not kept
  // GET; of several BATCH GET when all are the same, else PIPELINE.
  std::string operation() const;

 private:
  std::vector<std::string> names_;
  std::size_t count_ = 0;
};

class RedisSpan {
 public:
  RedisSpan() noexcept = default;
  RedisSpan(const redisContext& context, const CommandNames& names);

  // More commands than it was started with.
  void rename(const CommandNames& names);
  // What a reply says; null is a lost connection. Keeps the first failure. Of replies that are not
  // redisReply nothing is known.
  void judge(const redisContext& context, const void* reply) noexcept;
  // Ends it, Ok unless it failed or nothing is known.
  void end() noexcept;

 private:
  void fail(std::string_view code, std::string_view message, bool from_server) noexcept;

  Span span_;
  bool stable_ = false;
  bool failed_ = false;
  bool unknown_ = false;
};

}  // namespace cairn::trace::hiredis
