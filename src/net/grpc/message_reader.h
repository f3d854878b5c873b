// SPDX-License-Identifier: Apache-2.0
//
// The one message of a gRPC request, out of its frame, as the bytes come in:
//   1 byte compressed flag | 4 bytes length, big endian | message
// Source: gRPC over HTTP/2, "Length-Prefixed-Message".
// Thread rule: one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/connection/byte_budget.h"
#include "net/encoding/raw_buffer.h"

namespace cairn::net {

class MessageReader {
 public:
  // `limit` is for the message as received. The bytes are charged to `budget` while they live.
  MessageReader(std::size_t limit, std::shared_ptr<ByteBudget> budget)
      : limit_(limit), message_(ByteLease(std::move(budget))) {}

  // Errors: kResourceExhausted past the limit, kUnavailable when the budget is used up, kInternal
  // for a bad flag or a second message.
  Result<void> feed(ByteView bytes);
  // The end of the request. Errors: kInternal when the message is missing or cut short.
  Result<void> finish() const;

  bool compressed() const { return prefix_[0] == std::byte{1}; }
  // REQUIRES: finish() was fine.
  PinnedBytes take() { return std::move(message_).pin(); }

 private:
  static constexpr std::size_t kPrefixBytes = 5;
  Result<void> read_prefix();

  const std::size_t limit_;
  std::array<std::byte, kPrefixBytes> prefix_{};
  std::size_t prefix_size_ = 0;
  std::size_t length_ = 0;  // known once the prefix is whole
  RawBuffer message_;
};

// The prefix of a message to send.
std::string message_prefix(std::size_t length);

}  // namespace cairn::net
