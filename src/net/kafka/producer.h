// SPDX-License-Identifier: Apache-2.0
//
// Writes to one topic: acks=all, idempotent, so that a message that is answered is safe and in its
// partition once. Equal keys go to one partition, the one that Java's clients choose too (murmur2).
// Source: librdkafka 2.0, wrapped here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/kafka/options.h"

namespace cairn::net::kafka {

// Thread rule: produce() and connected() may be called from any thread; stop() by the owner.
class Producer {
 public:
  // Once, when the brokers acknowledged or it is certain that they will not. kUnavailable: a retry
  // may help; kInvalidArgument: the message is too large for the broker.
  using Delivered = std::function<void(Result<void>)>;

  // Connects in the background. Errors: kInvalidArgument, an option is wrong.
  static Result<std::unique_ptr<Producer>> open(const ProducerOptions& options);
  // As stop(0).
  virtual ~Producer() = default;

  // Never blocks. `delivered` runs on the producer's thread, or inside this call when librdkafka
  // does not take the message.
  virtual void produce(std::string_view key, std::string value, Delivered delivered) = 0;
  virtual bool connected() const = 0;

  // Waits at most that long for what is under way; the rest is answered with kUnavailable.
  // Idempotent. Nothing is taken afterwards.
  virtual void stop(Duration timeout) = 0;
};

}  // namespace cairn::net::kafka
