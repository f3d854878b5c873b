// SPDX-License-Identifier: Apache-2.0
//
// Kafka (librdkafka's C API): spans for the messages a service writes and for those it works on.
//
//   cairn::trace::KafkaRecord record;
//   record.topic = "orders";
//   record.payload = text.data();
//   cairn::trace::kafka_produce(rk, record);
//
//   const auto* message = rd_kafka_consumer_poll(rk, 1000);
//   cairn::trace::KafkaProcessSpan work(message, "billing");
//   bill(message);  // in the span, a child of the sender's
//
// The context travels in the headers `traceparent`, `tracestate` and `baggage`, as in go-queue; of
// several with one name the last counts. librdkafka 2.0's own interceptors cannot add headers, so
// messages written by rd_kafka_produce*() themselves are not traced.
// Source: OpenTelemetry, "Messaging spans" and "Kafka" (1.4 names, and the latest as "stable").
#pragma once

#include <cstddef>
#include <cstdint>

#include <cairn/trace/context.h>
#include <librdkafka/rdkafka.h>

namespace cairn::trace {

class TextMapReader;

// What rd_kafka_producev() takes.
struct KafkaRecord {
  const char* topic = nullptr;
  rd_kafka_topic_t* topic_handle = nullptr;  // instead of `topic`
  std::int32_t partition = RD_KAFKA_PARTITION_UA;
  int flags = RD_KAFKA_MSG_F_COPY;
  void* payload = nullptr;  // null: a tombstone
  std::size_t payload_size = 0;
  const void* key = nullptr;
  std::size_t key_size = 0;
  // Null, or the record's own headers. Taken over when the call succeeds, the caller's when not.
  rd_kafka_headers_t* headers = nullptr;
  std::int64_t timestamp_ms = 0;  // 0: now
  void* opaque = nullptr;         // for the delivery report
};

// Writes `record` with a PRODUCER span, child of the current context, whose context goes along in
// its headers. The span ends when librdkafka has queued the record, or, after
// kafka_trace_deliveries(), when it has been delivered or given up.
// Errors: those of rd_kafka_producev(); they are on the span too. Any thread.
rd_kafka_resp_err_t kafka_produce(rd_kafka_t* producer, const KafkaRecord& record);

// Makes the producers that will be made of `conf` (and of its copies) end spans at delivery, by
// librdkafka's interceptors: delivery report callbacks and opaques stay the program's own. Spans
// then have the partition, the offset and the error of the delivery.
// Call it once for a `conf`; a second time does nothing.
rd_kafka_resp_err_t kafka_trace_deliveries(rd_kafka_conf_t* conf);

// A message that came, as views that live for one call.
struct KafkaReceived {
  std::string_view topic;
  std::int32_t partition = RD_KAFKA_PARTITION_UA;
  std::int64_t offset = RD_KAFKA_OFFSET_INVALID;
  const void* payload = nullptr;
  std::size_t payload_size = 0;
  const void* key = nullptr;
  std::size_t key_size = 0;
  const TextMapReader* headers = nullptr;  // null: it has none
};

// The CONSUMER span of one message, current on this thread while it lives: make it around what is
// done with the message. Its parent is the sender's span; for messages that carry no (valid)
// context, what is current. Left by an exception, it ends as an error.
class KafkaProcessSpan {
 public:
  // Does nothing for events that are no messages (`message->err`). `group` is the consumer's.
  explicit KafkaProcessSpan(const rd_kafka_message_t* message, std::string_view group = {});
  KafkaProcessSpan(const KafkaReceived& message, std::string_view group);
  ~KafkaProcessSpan();
  KafkaProcessSpan(const KafkaProcessSpan&) = delete;
  KafkaProcessSpan& operator=(const KafkaProcessSpan&) = delete;

  Span& span() noexcept { return span_; }
  void fail(std::string_view why) noexcept { span_.set_status(StatusCode::kError, why); }

 private:
  const int exceptions_;  // under way when it was made
  Context parent_;
  Span span_;
  Scope scope_;
};

// The same for a batch that is worked on as one: a span, child of what is current, with a link to
// the sender of each message.
class KafkaBatchSpan {
 public:
  KafkaBatchSpan(const rd_kafka_message_t* const* messages, std::size_t count,
                 std::string_view group = {});
  KafkaBatchSpan(const KafkaReceived* messages, std::size_t count, std::string_view group);
  ~KafkaBatchSpan();
  KafkaBatchSpan(const KafkaBatchSpan&) = delete;
  KafkaBatchSpan& operator=(const KafkaBatchSpan&) = delete;

  Span& span() noexcept { return span_; }
  void fail(std::string_view why) noexcept { span_.set_status(StatusCode::kError, why); }

 private:
  const int exceptions_;
  Span span_;
  Scope scope_;
};

}  // namespace cairn::trace
