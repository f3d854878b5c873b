// SPDX-License-Identifier: Apache-2.0
//
// What an engine does itself. Declared, not sniffed: the query layer is the one place that reads
// this, re-checks what is only narrowed and refuses what is impossible.
#pragma once

namespace cairn::storage {

enum class Support {
  kExact,     // the answer is right as it is
  kNarrowed,  // the answer may hold too much; the caller evaluates the condition again
  kNone,      // the call is answered with kUnimplemented
};

struct Capabilities {
  Support conditions = Support::kExact;   // attribute and span-intrinsic comparisons
  Support regex = Support::kExact;        // kMatches, kNotMatches
  Support trace_level = Support::kExact;  // trace intrinsics and combinations of some_span
  Support aggregate = Support::kExact;
  bool longest_first = true;  // SearchOrder::kLongestFirst
  bool nested_sets = false;   // ScanBlock carries tree positions
  bool erase = true;
  bool durable = false;  // an acknowledged span survives a crash
};

}  // namespace cairn::storage
