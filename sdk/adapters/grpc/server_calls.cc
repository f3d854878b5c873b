// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/server_calls.h"

#include <cstdint>

namespace cairn::trace::grpc_adapter {

ServerCalls& ServerCalls::instance() {
  static auto* const calls = new ServerCalls();
  return *calls;
}

ServerCalls::Shard& ServerCalls::shard_of(const grpc::ServerContextBase* call) noexcept {
  // Contexts are large objects: their low bits are alike.
  return shards_[(reinterpret_cast<std::uintptr_t>(call) / 128) % kShards];
}

void ServerCalls::add(const grpc::ServerContextBase* call, const void* owner,
                      const Context& context) {
  Shard& shard = shard_of(call);
  const std::lock_guard lock(shard.mutex);
  shard.entries.insert_or_assign(call, Entry{owner, context});
}

void ServerCalls::remove(const grpc::ServerContextBase* call, const void* owner) noexcept {
  Shard& shard = shard_of(call);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(call);
  if (found != shard.entries.end() && found->second.owner == owner) shard.entries.erase(found);
}

Context ServerCalls::find(const grpc::ServerContextBase* call) noexcept {
  Shard& shard = shard_of(call);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(call);
  return found == shard.entries.end() ? Context() : found->second.context;
}

}  // namespace cairn::trace::grpc_adapter
