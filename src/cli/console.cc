// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace cairn::cli {
namespace {

std::function<void(std::string_view)> writer_to(std::FILE* file) {
  return [file](std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); };
}

bool is_terminal(int descriptor) {
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && (term == nullptr || std::string_view(term) != "dumb");
}

std::string_view code_of(Color color) {
  switch (color) {
    case Color::kRed:
      return "\x1b[31m";
    case Color::kYellow:
      return "\x1b[33m";
    case Color::kGreen:
      return "\x1b[32m";
    case Color::kPlain:
      break;
  }
  return "";
}

}  // namespace

std::string Console::paint(Color color, std::string_view text) const {
  if (!colored || color == Color::kPlain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code_of(color), text);
}

void Console::complain(std::string_view what) const {
  err(fmt::format("cairn: {}\n", what));
}

Console make_console() {
  Console console;
  console.out = writer_to(stdout);
  console.err = writer_to(stderr);
  const char* no_color = std::getenv("NO_COLOR");
  console.colored = is_terminal(STDOUT_FILENO) && (no_color == nullptr || *no_color == '\0');
  console.shows_progress = is_terminal(STDERR_FILENO);
  return console;
}

void Progress::show(std::string_view text) {
  if (!console_.shows_progress) return;
  console_.err(fmt::format("\r\x1b[K{}", text));
  shown_ = true;
}

void Progress::clear() {
  if (shown_) console_.err("\r\x1b[K");
  shown_ = false;
}

}  // namespace cairn::cli
