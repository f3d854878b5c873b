// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every batch that an OTLP decoder accepts.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "model/batch.h"
#include "model/text.h"

namespace cairn::fuzz {

// A guard against the decoder's memory budget, which depends on the size of the request: what it
// admits in a large one it may refuse when the same spans come back smaller.
inline constexpr std::size_t kMostInput = 4096;

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %s\n", what);
  std::abort();
}

inline void require_equal(const model::Batch& a, const model::Batch& b, const char* what) {
  bool equal = a.spans.size() == b.spans.size();
  for (std::size_t i = 0; equal && i < a.spans.size(); ++i) {
    equal = same_content(a.spans[i], b.spans[i]) &&
            same_content(a.scope_of(a.spans[i]), b.scope_of(b.spans[i])) &&
            same_content(a.resource_of(a.spans[i]), b.resource_of(b.spans[i]));
  }
  if (equal) return;
  std::fprintf(stderr, "%s\n---\n%s", to_text(a).c_str(), to_text(b).c_str());
  require(false, what);
}

}  // namespace cairn::fuzz
