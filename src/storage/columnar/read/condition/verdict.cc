// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/verdict.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

constexpr std::uint8_t kYesByte = static_cast<std::uint8_t>(Verdict::kYes);

// `out[i]` becomes kYes where holds(i) and the value is present. Branch-free.
template <typename Holds>
void yes_where(std::span<const std::uint8_t> present, std::span<Verdict> out, const Holds& holds) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
  const std::size_t rows = out.size();
  if (present.empty()) {
    for (std::size_t i = 0; i < rows; ++i) {
      bytes[i] = holds(i) ? kYesByte : bytes[i];
    }
    return;
  }
  const std::uint8_t* here = present.data();
  for (std::size_t i = 0; i < rows; ++i) {
    bytes[i] = ((here[i] != 0) & holds(i)) ? kYesByte : bytes[i];
  }
}

}  // namespace

void unify(Verdicts& verdicts) {
  if (verdicts.all || verdicts.rows.empty()) return;
  const Verdict first = verdicts.rows.front();
  if (!std::ranges::all_of(verdicts.rows, [&](Verdict one) { return one == first; })) return;
  verdicts = Verdicts::same(first);
}

void keep_lower(Verdicts& into, const Verdicts& other) {
  if (into.are(Verdict::kNo) || other.are(Verdict::kYes)) return;
  if (into.are(Verdict::kYes) || other.are(Verdict::kNo)) {
    into = other;
    return;
  }
  if (into.all && other.all) {
    into.all = std::min(*into.all, *other.all);
    return;
  }
  if (into.all) into = Verdicts::each(other.rows.size(), *into.all);
  for (std::size_t i = 0; i < into.rows.size(); ++i) {
    into.rows[i] = std::min(into.rows[i], other[i]);
  }
}

void keep_higher(Verdicts& into, const Verdicts& other) {
  if (into.are(Verdict::kYes) || other.are(Verdict::kNo)) return;
  if (into.are(Verdict::kNo) || other.are(Verdict::kYes)) {
    into = other;
    return;
  }
  if (into.all && other.all) {
    into.all = std::max(*into.all, *other.all);
    return;
  }
  if (into.all) into = Verdicts::each(other.rows.size(), *into.all);
  for (std::size_t i = 0; i < into.rows.size(); ++i) {
    into.rows[i] = std::max(into.rows[i], other[i]);
  }
}

void negate(Verdicts& verdicts) {
  if (verdicts.all) verdicts.all = negation(*verdicts.all);
  for (Verdict& verdict : verdicts.rows) verdict = negation(verdict);
}

void raise_where(std::span<const std::uint8_t> flags, Verdict verdict, std::span<Verdict> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = flags[i] != 0 ? std::max(out[i], verdict) : out[i];
  }
}

void yes_by_table(std::span<const std::uint32_t> codes, std::span<const std::uint8_t> table,
                  std::span<const std::uint8_t> present, std::span<Verdict> out) {
  const auto beyond = static_cast<std::uint32_t>(table.size() - 1);
  yes_where(present, out, [&](std::size_t i) { return table[std::min(codes[i], beyond)] != 0; });
}

void yes_where_code(std::span<const std::uint32_t> codes, std::uint32_t code,
                    std::span<const std::uint8_t> present, std::span<Verdict> out) {
  const std::uint32_t* all = codes.data();
  yes_where(present, out, [=](std::size_t i) { return all[i] == code; });
}

void yes_in_interval(std::span<const std::uint64_t> numbers, const IntInterval& interval,
                     std::span<const std::uint8_t> present, std::span<Verdict> out) {
  if (interval.low > interval.high) {
    if (!interval.inside) yes_where(present, out, [](std::size_t) { return true; });
    return;
  }
  // One unsigned comparison: value - low <= high - low modulo 2^64.
  const auto low = static_cast<std::uint64_t>(interval.low);
  const std::uint64_t width = static_cast<std::uint64_t>(interval.high) - low;
  const std::uint64_t* all = numbers.data();
  if (interval.inside) {
    yes_where(present, out, [=](std::size_t i) { return all[i] - low <= width; });
  } else {
    yes_where(present, out, [=](std::size_t i) { return all[i] - low > width; });
  }
}

void no_outside(std::span<const std::uint64_t> starts, const TimeRange& range,
                std::span<Verdict> out) {
  const std::uint64_t begin = range.begin.unix_nanos;
  const bool endless = range.end == model::Timestamp::max();
  const std::uint64_t last = endless ? range.end.unix_nanos : range.end.unix_nanos - 1;
  if (range.end.unix_nanos == 0 || begin > last) {
    std::ranges::fill(out, Verdict::kNo);
    return;
  }
  const std::uint64_t width = last - begin;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = starts[i] - begin <= width ? out[i] : Verdict::kNo;
  }
}

}  // namespace cairn::storage::columnar
