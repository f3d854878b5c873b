// SPDX-License-Identifier: Apache-2.0
//
// What an SQL text says that may be told: its operation, its table, and itself without literals.
//
// A scanner, not a parser: it knows strings, quoted names, numbers and comments of the SQL
// dialects, and takes the rest as words. What it does not understand becomes `?`, never a value.
// Pure functions; any thread. Source: PostgreSQL, "Lexical Structure"; SQLite, "SQL Language
// Expressions"; OpenTelemetry database spans, "Sanitization of db.query.text" and "Generating a
// summary".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cairn::trace::detail {

enum class SqlDialect : std::uint8_t {
  kStandard,  // "name" is a name, '...' knows no backslash (PostgreSQL; E'...' does)
  kSqlite,    // "name" may be a string, so it counts as one in values
  kMysql      // "..." is a string, '...' knows backslash, # starts a comment
};
// By db.system.name; unknown systems are read as the standard says, with "..." taken as a string.
SqlDialect sql_dialect(std::string_view system) noexcept;

struct SqlSummary {
  std::string_view operation;   // the first word (past WITH ...: SELECT, UPDATE, ...), as written
  std::string_view collection;  // the first table, as written; empty when there is none to name
};
// Views into `text`, of which the first 8 KiB are read. Empty text: empty.
SqlSummary summarize_sql(std::string_view text, SqlDialect dialect) noexcept;

inline constexpr std::size_t kMaxQueryText = 2048;
// Writes `text` without literals and comments, runs of spaces as one. Reads 64 KiB of it and writes
// at most kMaxQueryText bytes, cut at a character; returns how many.
std::size_t sanitize_sql(std::string_view text, SqlDialect dialect,
                         char (&out)[kMaxQueryText]) noexcept;

// Whether go-zero would call it QueryRows: the operation gives rows.
bool gives_rows(std::string_view operation) noexcept;
bool equals_ignoring_case(std::string_view a, std::string_view upper) noexcept;

}  // namespace cairn::trace::detail
