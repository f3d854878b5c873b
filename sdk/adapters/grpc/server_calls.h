// SPDX-License-Identifier: Apache-2.0
//
// ServerCalls: which context belongs to which ServerContext. Any thread.
#pragma once

#include <array>
#include <mutex>
#include <unordered_map>

#include <cairn/trace/context.h>

namespace grpc {
class ServerContextBase;
}

namespace cairn::trace::grpc_adapter {

// One entry for each call that is being answered: it grows with what gRPC itself admits.
class ServerCalls {
 public:
  // Of the process. Never destroyed: calls end while static objects go.
  static ServerCalls& instance();

  // `owner` tells an entry from a later one for the same address.
  void add(const grpc::ServerContextBase* call, const void* owner, const Context& context);
  void remove(const grpc::ServerContextBase* call, const void* owner) noexcept;
  Context find(const grpc::ServerContextBase* call) noexcept;

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    const void* owner = nullptr;
    Context context;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<const grpc::ServerContextBase*, Entry> entries;
  };
  Shard& shard_of(const grpc::ServerContextBase* call) noexcept;

  std::array<Shard, kShards> shards_;
};

}  // namespace cairn::trace::grpc_adapter
