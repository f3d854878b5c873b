// SPDX-License-Identifier: Apache-2.0
//
// RequestPool: encoded requests that are sent round after round, each round with other ids.
// Compressed requests cannot be given other ids in place: they repeat after one round, and the
// report says so.
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bench/workload/workload.h"

namespace cairn::bench {

enum class Encoding { kIdentity, kGzip, kZstd };

// As the Content-Encoding and grpc-encoding headers spell it.
std::string_view to_text(Encoding encoding);
Result<Encoding> parse_encoding(std::string_view text);

class Request {
 public:
  // The five bytes before a gRPC message, and the message.
  std::string_view grpc_message() const { return framed_; }
  std::string_view body() const { return std::string_view(framed_).substr(kGrpcPrefix); }
  std::uint64_t spans() const { return spans_; }
  std::uint64_t plain_bytes() const { return plain_bytes_; }

 private:
  friend class RequestPool;
  static constexpr std::size_t kGrpcPrefix = 5;

  std::string framed_;
  std::vector<std::uint32_t> ids_;  // in framed_; empty when compressed
  std::uint64_t spans_ = 0;
  std::uint64_t plain_bytes_ = 0;
  std::uint64_t mask_ = 0;  // what ids_ are xor-ed with now
  bool lent_ = false;
};

class RequestPool {
 public:
  static Result<RequestPool> prepare(const WorkloadOptions& workload, Encoding encoding);

  // The next request, with the ids of its round, or null while it is still lent out.
  // Ownership: the pool's; it must not change until give_back().
  Request* lend();
  void give_back(Request& request) { request.lent_ = false; }

  std::size_t size() const { return requests_.size(); }
  std::uint64_t spans() const { return spans_; }
  std::uint64_t bytes() const { return bytes_; }  // as sent
  // Ids came again: more than one round was lent, and they could not be changed.
  bool ids_repeat() const { return round_ > 0 && encoding_ != Encoding::kIdentity; }

 private:
  Result<void> add(std::string message, std::uint64_t spans);

  Encoding encoding_ = Encoding::kIdentity;
  std::vector<Request> requests_;
  std::size_t next_ = 0;
  std::uint64_t round_ = 0;
  std::uint64_t mask_ = 0;  // of round_; 0 in the first
  std::uint64_t seed_ = 0;
  std::uint64_t spans_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace cairn::bench
