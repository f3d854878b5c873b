// SPDX-License-Identifier: Apache-2.0
//
// MessageAttributes: what the spans of messages are called and told, in both conventions.
//
// Source: OpenTelemetry semantic conventions 1.4, "Messaging systems"; as "stable": the latest
// "Messaging spans" and "Kafka".
#pragma once

#include <array>
#include <string>

#include <cairn/adapters/kafka.h>
#include <cairn/trace/instrumentation.h>
#include <cairn/trace/tracer.h>

namespace cairn::trace::kafka_adapter {

enum class Operation : std::uint8_t { kPublish, kProcess };

// `orders publish`, or in stable names `send orders`. Messages of several topics have none.
std::string span_name(Operation operation, std::string_view topic);

// Collects attributes; views stay valid as long as it and what was added.
class MessageAttributes {
 public:
  MessageAttributes(Operation operation, std::string_view topic);
  MessageAttributes(const MessageAttributes&) = delete;
  MessageAttributes& operator=(const MessageAttributes&) = delete;

  void add_payload(const void* payload, std::size_t size);
  // Keys that are short plain text; others say nothing to a reader.
  void add_key(const void* key, std::size_t size);
  // Nothing when it is not known yet.
  void add_partition(std::int32_t partition);
  void add_offset(std::int64_t offset);
  void add_group(std::string_view group);
  void add_count(std::size_t messages);

  Attributes view() const noexcept { return {list_.data(), size_}; }

 private:
  static constexpr std::size_t kMax = 12;
  void add(const Key& key, Value value);

  const bool stable_;
  std::size_t size_ = 0;
  std::array<char, 12> partition_{};  // as text
  std::array<Attribute, kMax> list_;
};

// How a record was delivered: `message` as delivery reports have it.
void set_delivery(const Span& span, const rd_kafka_message_t& message);
void set_error(const Span& span, rd_kafka_resp_err_t error);

const Tracer& kafka_tracer();

}  // namespace cairn::trace::kafka_adapter
