// SPDX-License-Identifier: Apache-2.0
//
// ScopeEntry: an instrumentation scope, made once, kept for ever, known by a small number.
#pragma once

#include <string>

#include <cairn/trace/exporter.h>
#include <cairn/trace/tracer.h>

namespace cairn::trace::detail {

struct ScopeEntry {
  std::uint16_t index = 0;
  std::string name;
  std::string version;
  std::string schema_url;
  std::string encoded;  // the InstrumentationScope message
};

inline constexpr std::size_t kMaxScopes = 1024;

// Never null for an index that a Tracer holds. Any thread.
const ScopeEntry& scope_entry(std::uint32_t index) noexcept;

// fork(): see thread_state.h.
void lock_scopes_for_fork() noexcept;
void unlock_scopes_after_fork() noexcept;

}  // namespace cairn::trace::detail
