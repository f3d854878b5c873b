// SPDX-License-Identifier: Apache-2.0
//
// Verdict: what columns say about a row and a condition, and the loops over many of them. They are
// plain loops over byte arrays so that the compiler turns them into vector code.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "storage/api/time_range.h"
#include "storage/columnar/read/condition/value_check.h"

namespace cairn::storage::columnar {

// Ordered so that `and` is the lower, `or` the higher of two (Kleene's logic).
enum class Verdict : std::uint8_t { kNo = 0, kOpen = 1, kYes = 2 };

inline Verdict negation(Verdict verdict) {
  return static_cast<Verdict>(2 - static_cast<std::uint8_t>(verdict));
}
inline Verdict verdict_of(bool holds) {
  return holds ? Verdict::kYes : Verdict::kNo;
}

// The verdicts of the rows of a class: one for all, or one each.
struct Verdicts {
  std::optional<Verdict> all;
  std::vector<Verdict> rows;  // empty when `all` is set

  static Verdicts same(Verdict verdict) { return {verdict, {}}; }
  static Verdicts each(std::size_t rows, Verdict verdict = Verdict::kNo) {
    return {std::nullopt, std::vector<Verdict>(rows, verdict)};
  }
  bool are(Verdict verdict) const { return all == verdict; }
  Verdict operator[](std::size_t row) const { return all ? *all : rows[row]; }
};

// Sets `all` where the rows agree.
void unify(Verdicts& verdicts);
void keep_lower(Verdicts& into, const Verdicts& other);
void keep_higher(Verdicts& into, const Verdicts& other);
void negate(Verdicts& verdicts);

// What `or` (else `and`) says of the verdicts that `evaluate` gives of each child in turn. Once the
// last word is said of all rows, no child is asked any more.
template <typename Node, typename Evaluate>
Result<Verdicts> combine(bool is_or, const std::vector<Node>& children, const Evaluate& evaluate) {
  const Verdict last_word = is_or ? Verdict::kYes : Verdict::kNo;
  Verdicts verdicts = Verdicts::same(negation(last_word));
  for (const Node& child : children) {
    ASSIGN_OR_RETURN(const Verdicts one, evaluate(child));
    is_or ? keep_higher(verdicts, one) : keep_lower(verdicts, one);
    unify(verdicts);
    if (verdicts.are(last_word)) break;
  }
  return verdicts;
}

// ---- loops over rows; `present`: as ColumnValues has it, empty: all ----

// At least `verdict` where the flag is set.
void raise_where(std::span<const std::uint8_t> flags, Verdict verdict, std::span<Verdict> out);
// kYes where `table[code]` is not 0. The last entry of `table` stands for codes beyond.
void yes_by_table(std::span<const std::uint32_t> codes, std::span<const std::uint8_t> table,
                  std::span<const std::uint8_t> present, std::span<Verdict> out);
void yes_where_code(std::span<const std::uint32_t> codes, std::uint32_t code,
                    std::span<const std::uint8_t> present, std::span<Verdict> out);
// Numbers as two's complement.
void yes_in_interval(std::span<const std::uint64_t> numbers, const IntInterval& interval,
                     std::span<const std::uint8_t> present, std::span<Verdict> out);
// kNo where the start lies outside `range`.
void no_outside(std::span<const std::uint64_t> starts, const TimeRange& range,
                std::span<Verdict> out);

}  // namespace cairn::storage::columnar
