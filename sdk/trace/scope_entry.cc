// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/scope_entry.h"

#include <mutex>
#include <vector>

#include "sdk/trace/encode_attributes.h"

namespace cairn::trace {
namespace detail {
namespace {

struct Scopes {
  std::mutex mutex;
  std::atomic<const ScopeEntry*> entries[kMaxScopes] = {};
  std::size_t count = 0;
};

Scopes& scopes() noexcept {
  static Scopes* const instance = new Scopes();  // leaked: tracers outlive everything
  return *instance;
}

// InstrumentationScope: name = 1, version = 2, attributes = 3, dropped_attributes_count = 4.
std::string encode_scope(std::string_view name, std::string_view version, Attributes attributes) {
  std::vector<std::uint8_t> room(text_bound(name) + text_bound(version) +
                                 encoded_list_bound(attributes, UINT32_MAX) + encode::kSlack + 16);
  std::uint8_t* at = room.data();
  if (!name.empty()) at = encode_text(at, 0x0A, name);
  if (!version.empty()) at = encode_text(at, 0x12, version);
  std::uint32_t dropped = 0;
  at = encode_list(at, 0x1A, attributes, 128, UINT32_MAX, dropped);
  if (dropped != 0) {
    *at++ = 0x20;
    at = encode::varint(at, dropped);
  }
  return std::string(reinterpret_cast<const char*>(room.data()),
                     static_cast<std::size_t>(at - room.data()));
}

}  // namespace

const ScopeEntry& scope_entry(std::uint32_t index) noexcept {
  return *scopes().entries[index].load(std::memory_order_acquire);
}

void lock_scopes_for_fork() noexcept {
  scopes().mutex.lock();
}
void unlock_scopes_after_fork() noexcept {
  scopes().mutex.unlock();
}

}  // namespace detail

Tracer tracer(std::string_view name, std::string_view version, std::string_view schema_url,
              Attributes attributes) {
  std::string encoded = detail::encode_scope(name, version, attributes);
  const std::string url = repaired(schema_url);
  detail::Scopes& all = detail::scopes();
  const std::lock_guard lock(all.mutex);
  for (std::size_t i = 0; i < all.count; ++i) {
    const auto* entry = all.entries[i].load(std::memory_order_relaxed);
    if (entry->encoded == encoded && entry->schema_url == url) return Tracer(entry);
  }
  if (all.count == detail::kMaxScopes) {
    return Tracer(all.entries[all.count - 1].load(std::memory_order_relaxed));
  }
  auto* const entry = new detail::ScopeEntry();
  entry->index = static_cast<std::uint16_t>(all.count);
  entry->name = repaired(name);
  entry->version = repaired(version);
  entry->schema_url = url;
  entry->encoded = std::move(encoded);
  all.entries[all.count++].store(entry, std::memory_order_release);
  return Tracer(entry);
}

}  // namespace cairn::trace
