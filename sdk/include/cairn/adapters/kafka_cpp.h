// SPDX-License-Identifier: Apache-2.0
//
// Kafka (librdkafka's C++ API): cairn/adapters/kafka.h for RdKafka's classes.
//
//   cairn::trace::kafka_trace_deliveries(*conf);  // spans end at delivery
//   cairn::trace::kafka_produce(*producer, record, headers);
//   cairn::trace::KafkaMessageSpan work(*message, "billing");
//
// Nothing but headers over cairn::kafka.
#pragma once

#include <string>
#include <vector>

#include <cairn/adapters/kafka.h>
#include <cairn/trace/propagation.h>
#include <librdkafka/rdkafkacpp.h>

namespace cairn::trace {

namespace detail {

class KafkaCppHeaderReader final : public TextMapReader {
 public:
  explicit KafkaCppHeaderReader(const RdKafka::Headers* headers) noexcept : headers_(headers) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    if (headers_ == nullptr || index != 0) return false;
    last_ = headers_->get_last(std::string(name));
    if (last_.err() != RdKafka::ERR_NO_ERROR || last_.value() == nullptr) return false;
    value = std::string_view(static_cast<const char*>(last_.value()), last_.value_size());
    return true;
  }

 private:
  const RdKafka::Headers* headers_;
  // What the last view looks into.
  mutable RdKafka::Headers::Header last_{std::string(), nullptr, 0, RdKafka::ERR__NOENT};
};

// The message as the spans see it, while it lives. Message::headers() takes the headers out of the
// C message, so they are asked for here and nowhere else.
class KafkaCppIncoming {
 public:
  explicit KafkaCppIncoming(RdKafka::Message& message)
      : topic_(message.err() == RdKafka::ERR_NO_ERROR ? message.topic_name() : std::string()),
        reader_(topic_.empty() ? nullptr : message.headers()),
        received_() {
    if (topic_.empty()) return;
    received_.partition = message.partition();
    received_.offset = message.offset();
    received_.payload = message.payload();
    received_.payload_size = message.len();
    received_.key = message.key_pointer();
    received_.key_size = message.key_len();
  }
  KafkaReceived received() const noexcept {
    KafkaReceived received = received_;
    received.topic = topic_;
    received.headers = &reader_;
    return received;
  }

 private:
  std::string topic_;
  KafkaCppHeaderReader reader_;
  KafkaReceived received_;
};

inline std::vector<KafkaCppIncoming> kafka_cpp_incoming(
    const std::vector<RdKafka::Message*>& messages) {
  std::vector<KafkaCppIncoming> all;
  all.reserve(messages.size());
  for (RdKafka::Message* message : messages) all.emplace_back(*message);
  return all;
}
inline std::vector<KafkaReceived> kafka_cpp_received(
    const std::vector<KafkaCppIncoming>& messages) {
  std::vector<KafkaReceived> all;
  all.reserve(messages.size());
  for (const KafkaCppIncoming& message : messages) all.push_back(message.received());
  return all;
}

}  // namespace detail

// As kafka_produce() in C: `record.headers` is not used; `headers`, which may be null, is deleted
// when the call succeeds and stays the caller's when not, as Producer::produce() has it.
inline RdKafka::ErrorCode kafka_produce(RdKafka::Producer& producer, KafkaRecord record,
                                        RdKafka::Headers* headers = nullptr) {
  record.headers = nullptr;
  if (headers != nullptr) {
    record.headers = rd_kafka_headers_new(headers->size());
    for (const RdKafka::Headers::Header& header : headers->get_all()) {
      const std::string name = header.key();
      rd_kafka_header_add(record.headers, name.data(), static_cast<ssize_t>(name.size()),
                          header.value(), static_cast<ssize_t>(header.value_size()));
    }
  }
  const rd_kafka_resp_err_t error = kafka_produce(producer.c_ptr(), record);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    delete headers;
  } else if (record.headers != nullptr) {
    rd_kafka_headers_destroy(record.headers);
  }
  return static_cast<RdKafka::ErrorCode>(error);
}

inline RdKafka::ErrorCode kafka_trace_deliveries(RdKafka::Conf& conf) {
  return static_cast<RdKafka::ErrorCode>(kafka_trace_deliveries(conf.c_ptr_global()));
}

class KafkaMessageSpan final : public KafkaProcessSpan {
 public:
  explicit KafkaMessageSpan(RdKafka::Message& message, std::string_view group = {})
      : KafkaProcessSpan(detail::KafkaCppIncoming(message).received(), group) {}
};

class KafkaMessagesSpan final : public KafkaBatchSpan {
 public:
  // No null among them.
  explicit KafkaMessagesSpan(const std::vector<RdKafka::Message*>& messages,
                             std::string_view group = {})
      : KafkaBatchSpan(detail::kafka_cpp_received(detail::kafka_cpp_incoming(messages)).data(),
                       messages.size(), group) {}
};

}  // namespace cairn::trace
