// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/kafka/message_attributes.h"

#include <algorithm>
#include <charconv>

namespace cairn::trace::kafka_adapter {
namespace {

constexpr Key kSystem{"messaging.system"};
constexpr Key kDestination{"messaging.destination"};
constexpr Key kDestinationName{"messaging.destination.name"};
constexpr Key kDestinationKind{"messaging.destination_kind"};
constexpr Key kOperation{"messaging.operation"};
constexpr Key kOperationName{"messaging.operation.name"};
constexpr Key kOperationType{"messaging.operation.type"};
constexpr Key kPayloadSize{"messaging.message_payload_size_bytes"};
constexpr Key kBodySize{"messaging.message.body.size"};
constexpr Key kTombstone{"messaging.kafka.tombstone"};
constexpr Key kMessageTombstone{"messaging.kafka.message.tombstone"};
constexpr Key kOldKey{"messaging.kafka.message_key"};
constexpr Key kMessageKey{"messaging.kafka.message.key"};
constexpr Key kPartition{"messaging.kafka.partition"};
constexpr Key kPartitionId{"messaging.destination.partition.id"};
constexpr Key kMessageOffset{"messaging.kafka.message.offset"};
constexpr Key kOffset{"messaging.kafka.offset"};
constexpr Key kConsumerGroup{"messaging.kafka.consumer_group"};
constexpr Key kGroupName{"messaging.consumer.group.name"};
constexpr Key kMessageCount{"messaging.batch.message_count"};
constexpr Key kErrorType{"error.type"};

constexpr std::size_t kMaxKey = 128;

bool is_stable() {
  return instrumentation().conventions == Conventions::kStable;
}

template <std::size_t... I>
constexpr std::array<Attribute, sizeof...(I)> blank_attributes(std::index_sequence<I...>) {
  return {((void)I, Attribute{kSystem, {}})...};
}

}  // namespace

std::string span_name(Operation operation, std::string_view topic) {
  const bool publish = operation == Operation::kPublish;
  const std::string name(topic.empty() ? "(several topics)" : topic);
  if (is_stable()) return (publish ? "send " : "process ") + name;
  return name + (publish ? " publish" : " process");
}

MessageAttributes::MessageAttributes(Operation operation, std::string_view topic)
    : stable_(is_stable()), list_(blank_attributes(std::make_index_sequence<kMax>())) {
  const bool publish = operation == Operation::kPublish;
  add(kSystem, "kafka");
  if (!topic.empty()) add(stable_ ? kDestinationName : kDestination, topic);
  if (stable_) {
    add(kOperationName, publish ? "send" : "process");
    add(kOperationType, publish ? "send" : "process");
    return;
  }
  add(kDestinationKind, "topic");
  if (!publish) add(kOperation, "process");  // 1.4 has none for producers
}

void MessageAttributes::add(const Key& key, Value value) {
  if (size_ < kMax) list_[size_++] = Attribute{key, value};
}

void MessageAttributes::add_payload(const void* payload, std::size_t size) {
  add(stable_ ? kBodySize : kPayloadSize, size);
  if (payload == nullptr) add(stable_ ? kMessageTombstone : kTombstone, true);
}

void MessageAttributes::add_key(const void* key, std::size_t size) {
  if (key == nullptr || size > kMaxKey) return;
  const std::string_view text(static_cast<const char*>(key), size);
  const auto plain = [](char c) { return c >= 0x20 && c <= 0x7e; };
  if (std::all_of(text.begin(), text.end(), plain)) add(stable_ ? kMessageKey : kOldKey, text);
}

void MessageAttributes::add_partition(std::int32_t partition) {
  if (partition < 0) return;
  if (!stable_) return add(kPartition, partition);
  const auto end =
      std::to_chars(partition_.data(), partition_.data() + partition_.size(), partition).ptr;
  add(kPartitionId,
      std::string_view(partition_.data(), static_cast<std::size_t>(end - partition_.data())));
}

void MessageAttributes::add_offset(std::int64_t offset) {
  if (offset >= 0) add(stable_ ? kOffset : kMessageOffset, offset);
}

void MessageAttributes::add_group(std::string_view group) {
  if (!group.empty()) add(stable_ ? kGroupName : kConsumerGroup, group);
}

void MessageAttributes::add_count(std::size_t messages) {
  add(kMessageCount, messages);
}

void set_delivery(const Span& span, const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return set_error(span, message.err);
  const bool stable = is_stable();
  const std::string partition = std::to_string(message.partition);
  if (message.partition >= 0) {
    span.set(stable ? kPartitionId : kPartition,
             stable ? Value(partition) : Value(message.partition));
  }
  if (message.offset >= 0) span.set(stable ? kOffset : kMessageOffset, message.offset);
}

void set_error(const Span& span, rd_kafka_resp_err_t error) {
  if (is_stable()) span.set(kErrorType, rd_kafka_err2name(error));
  span.set_status(StatusCode::kError, rd_kafka_err2str(error));
}

const Tracer& kafka_tracer() {
  static const Tracer one = tracer("cairn.kafka");
  return one;
}

}  // namespace cairn::trace::kafka_adapter
