// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <vector>

#include <cairn/adapters/kafka.h>
#include <cairn/trace/propagation.h>

#include "sdk/adapters/kafka/headers.h"
#include "sdk/adapters/kafka/message_attributes.h"

namespace cairn::trace {
namespace {

using kafka_adapter::HeaderReader;
using kafka_adapter::MessageAttributes;
using kafka_adapter::Operation;

const rd_kafka_headers_t* headers_of(const rd_kafka_message_t* message) {
  rd_kafka_headers_t* headers = nullptr;
  if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return nullptr;
  const auto error = rd_kafka_message_headers(message, &headers);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR ? headers : nullptr;
}

// librdkafka's message as what the spans are made of.
class Incoming {
 public:
  explicit Incoming(const rd_kafka_message_t* message) : reader_(headers_of(message)) {
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (message->rkt != nullptr) received_.topic = rd_kafka_topic_name(message->rkt);
    received_.partition = message->partition;
    received_.offset = message->offset;
    received_.payload = message->payload;
    received_.payload_size = message->len;
    received_.key = message->key;
    received_.key_size = message->key_len;
  }
  KafkaReceived received() const {
    KafkaReceived received = received_;
    received.headers = &reader_;
    return received;
  }

 private:
  HeaderReader reader_;
  KafkaReceived received_;
};

Context parent_of(const KafkaReceived& message, const Context& base) {
  return message.headers == nullptr ? base : propagator().extract(*message.headers, base);
}

Span start_process(const KafkaReceived& message, std::string_view group, const Context& parent) {
  if (message.topic.empty()) return Span();
  MessageAttributes attributes(Operation::kProcess, message.topic);
  attributes.add_payload(message.payload, message.payload_size);
  attributes.add_key(message.key, message.key_size);
  attributes.add_partition(message.partition);
  attributes.add_offset(message.offset);
  attributes.add_group(group);
  SpanOptions options;
  options.kind = SpanKind::kConsumer;
  options.parent = &parent;
  options.attributes = attributes.view();
  return kafka_adapter::kafka_tracer().start(
      kafka_adapter::span_name(Operation::kProcess, message.topic), options);
}

std::vector<KafkaReceived> received_of(const std::vector<Incoming>& messages) {
  std::vector<KafkaReceived> received;
  received.reserve(messages.size());
  for (const Incoming& message : messages) received.push_back(message.received());
  return received;
}

// The topic and partition that all messages have, empty and RD_KAFKA_PARTITION_UA if they differ.
KafkaReceived common_place(const KafkaReceived* messages, std::size_t count) {
  KafkaReceived common;
  for (std::size_t i = 0; i < count; ++i) {
    const KafkaReceived& message = messages[i];
    if (message.topic.empty()) continue;
    if (common.topic.empty()) {
      common.topic = message.topic;
      common.partition = message.partition;
    }
    if (message.topic != common.topic) return {};
    if (message.partition != common.partition) common.partition = RD_KAFKA_PARTITION_UA;
  }
  return common;
}

Span start_batch(const KafkaReceived* messages, std::size_t count, std::string_view group) {
  std::vector<Link> links;
  std::size_t real = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (messages[i].topic.empty()) continue;
    ++real;
    const Context sender = parent_of(messages[i], Context());
    if (sender.span_context().is_valid()) links.push_back(Link{sender.span_context(), {}});
  }
  if (real == 0) return Span();
  const KafkaReceived common = common_place(messages, count);
  MessageAttributes attributes(Operation::kProcess, common.topic);
  attributes.add_partition(common.partition);
  attributes.add_group(group);
  attributes.add_count(real);
  SpanOptions options;
  options.kind = SpanKind::kConsumer;
  options.attributes = attributes.view();
  options.links = links;
  return kafka_adapter::kafka_tracer().start(
      kafka_adapter::span_name(Operation::kProcess, common.topic), options);
}

// Without a span, what was current stays current.
Context within(const Context& parent, const Span& span) {
  return span.context().is_valid() ? parent.with(span) : parent;
}

std::vector<Incoming> incoming(const rd_kafka_message_t* const* messages, std::size_t count) {
  std::vector<Incoming> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) all.emplace_back(messages[i]);
  return all;
}

}  // namespace

KafkaProcessSpan::KafkaProcessSpan(const rd_kafka_message_t* message, std::string_view group)
    : KafkaProcessSpan(Incoming(message).received(), group) {
}

KafkaProcessSpan::KafkaProcessSpan(const KafkaReceived& message, std::string_view group)
    : exceptions_(std::uncaught_exceptions()),
      parent_(parent_of(message, Context::current())),
      span_(start_process(message, group, parent_)),
      scope_(within(parent_, span_)) {
}

KafkaProcessSpan::~KafkaProcessSpan() {
  if (std::uncaught_exceptions() > exceptions_) fail("left by an exception");
}

// The delegating calls use the vectors while the temporaries are still there.
KafkaBatchSpan::KafkaBatchSpan(const rd_kafka_message_t* const* messages, std::size_t count,
                               std::string_view group)
    : KafkaBatchSpan(received_of(incoming(messages, count)).data(), count, group) {
}

KafkaBatchSpan::KafkaBatchSpan(const KafkaReceived* messages, std::size_t count,
                               std::string_view group)
    : exceptions_(std::uncaught_exceptions()),
      span_(start_batch(messages, count, group)),
      scope_(within(Context::current(), span_)) {
}

KafkaBatchSpan::~KafkaBatchSpan() {
  if (std::uncaught_exceptions() > exceptions_) fail("left by an exception");
}

}  // namespace cairn::trace
