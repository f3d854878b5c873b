// SPDX-License-Identifier: Apache-2.0
//
// Where a command writes: what it found to `out`, how far it is to `err`. Colours and progress are
// for people, so they are only on a terminal.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace cairn::cli {

enum class Color { kPlain, kRed, kYellow, kGreen };

// Thread rule: one thread.
struct Console {
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> err;
  bool colored = false;         // `out` is a terminal
  bool shows_progress = false;  // `err` is a terminal

  // The text as `out` should have it.
  std::string paint(Color color, std::string_view text) const;
  // "cairn: <what>" as a line to `err`.
  void complain(std::string_view what) const;
};

// Standard output and error. Source of the exceptions: no-color.org (NO_COLOR), terminfo (TERM).
Console make_console();

// One line on `err` that is written over and over; gone when this goes.
class Progress {
 public:
  explicit Progress(const Console& console) : console_(console) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  void show(std::string_view text);
  void clear();

 private:
  const Console& console_;
  bool shown_ = false;
};

}  // namespace cairn::cli
