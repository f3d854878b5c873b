// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/message_reader.h"

#include <algorithm>

namespace cairn::net {
namespace {

// What a length may make us allocate before the bytes have come; more grows with what comes.
constexpr std::size_t kTrustedBytes = 1_MiB;

}  // namespace

Result<void> MessageReader::read_prefix() {
  if (prefix_[0] > std::byte{1}) return internal_error("bad compressed flag in a message's frame");
  for (std::size_t i = 1; i < kPrefixBytes; ++i) {
    length_ = length_ << 8 | std::to_integer<std::size_t>(prefix_[i]);
  }
  if (length_ > limit_) {
    return resource_exhausted("received a message of " + std::to_string(length_) +
                              " bytes, larger than the limit of " + std::to_string(limit_));
  }
  message_.reserve(std::min(length_, kTrustedBytes));
  return {};
}

Result<void> MessageReader::feed(ByteView bytes) {
  if (prefix_size_ < kPrefixBytes) {
    const std::size_t taken = std::min(kPrefixBytes - prefix_size_, bytes.size());
    std::copy_n(bytes.begin(), taken, prefix_.begin() + static_cast<std::ptrdiff_t>(prefix_size_));
    prefix_size_ += taken;
    bytes = bytes.subspan(taken);
    if (prefix_size_ < kPrefixBytes) return {};
    RETURN_IF_ERROR(read_prefix());
  }
  if (bytes.size() > length_ - message_.size()) {
    return internal_error("more than one message in a call that takes one");
  }
  if (!message_.append(bytes, length_)) {
    return unavailable("the server holds too many bytes of requests and answers, try again");
  }
  return {};
}

Result<void> MessageReader::finish() const {
  if (prefix_size_ == 0) return internal_error("the request has no message");
  if (prefix_size_ < kPrefixBytes || message_.size() < length_) {
    return internal_error("the request's message is cut short");
  }
  return {};
}

std::string message_prefix(std::size_t length) {
  std::string prefix(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    prefix.push_back(static_cast<char>(length >> shift & 0xff));
  }
  return prefix;
}

}  // namespace cairn::net
