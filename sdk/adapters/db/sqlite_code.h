// SPDX-License-Identifier: Apache-2.0
//
// Names of SQLite's result codes. Source: SQLite, "Result and Error Codes".
#pragma once

#include <string_view>

#include <sqlite3.h>

namespace cairn::trace::sqlite {

// Of the primary code in `code`: SQLITE_CONSTRAINT for all kinds of constraints.
inline std::string_view code_name(int code) noexcept {
  static constexpr std::string_view kNames[] = {
      "SQLITE_OK",       "SQLITE_ERROR",     "SQLITE_INTERNAL", "SQLITE_PERM",
      "SQLITE_ABORT",    "SQLITE_BUSY",      "SQLITE_LOCKED",   "SQLITE_NOMEM",
      "SQLITE_READONLY", "SQLITE_INTERRUPT", "SQLITE_IOERR",    "SQLITE_CORRUPT",
      "SQLITE_NOTFOUND", "SQLITE_FULL",      "SQLITE_CANTOPEN", "SQLITE_PROTOCOL",
      "SQLITE_EMPTY",    "SQLITE_SCHEMA",    "SQLITE_TOOBIG",   "SQLITE_CONSTRAINT",
      "SQLITE_MISMATCH", "SQLITE_MISUSE",    "SQLITE_NOLFS",    "SQLITE_AUTH",
      "SQLITE_FORMAT",   "SQLITE_RANGE",     "SQLITE_NOTADB"};
  const auto primary = static_cast<unsigned>(code) & 0xFFU;
  return primary < sizeof kNames / sizeof kNames[0] ? kNames[primary] : "SQLITE_ERROR";
}

}  // namespace cairn::trace::sqlite
