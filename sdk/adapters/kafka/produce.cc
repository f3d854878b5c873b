// SPDX-License-Identifier: Apache-2.0
#include <cairn/adapters/kafka.h>
#include <cairn/trace/propagation.h>

#include "sdk/adapters/kafka/deliveries.h"
#include "sdk/adapters/kafka/headers.h"
#include "sdk/adapters/kafka/message_attributes.h"

namespace cairn::trace {
namespace {

using kafka_adapter::HeaderWriter;
using kafka_adapter::MessageAttributes;
using kafka_adapter::OfferedSpan;
using kafka_adapter::Operation;

Span start_publish(std::string_view topic, const KafkaRecord& record) {
  MessageAttributes attributes(Operation::kPublish, topic);
  attributes.add_payload(record.payload, record.payload_size);
  attributes.add_key(record.key, record.key_size);
  attributes.add_partition(record.partition);
  return kafka_adapter::kafka_tracer().start(kafka_adapter::span_name(Operation::kPublish, topic),
                                             SpanKind::kProducer, attributes.view());
}

// `own` and what the propagators say about `context`, as a list of its own; null when that is
// nothing.
rd_kafka_headers_t* with_context(const rd_kafka_headers_t* own, const Context& context) {
  constexpr std::size_t kUsualHeaders = 3;
  rd_kafka_headers_t* headers =
      own == nullptr ? rd_kafka_headers_new(kUsualHeaders) : rd_kafka_headers_copy(own);
  HeaderWriter writer(*headers);
  propagator().inject(context, writer);
  if (rd_kafka_header_cnt(headers) > 0) return headers;
  rd_kafka_headers_destroy(headers);
  return nullptr;
}

rd_kafka_resp_err_t send(rd_kafka_t* producer, const KafkaRecord& record,
                         rd_kafka_headers_t* headers) {
  if (record.topic_handle != nullptr) {
    return rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(record.topic_handle), RD_KAFKA_V_PARTITION(record.partition),
        RD_KAFKA_V_MSGFLAGS(record.flags), RD_KAFKA_V_VALUE(record.payload, record.payload_size),
        RD_KAFKA_V_KEY(record.key, record.key_size), RD_KAFKA_V_HEADERS(headers),
        RD_KAFKA_V_TIMESTAMP(record.timestamp_ms), RD_KAFKA_V_OPAQUE(record.opaque),
        RD_KAFKA_V_END);
  }
  return rd_kafka_producev(
      producer, RD_KAFKA_V_TOPIC(record.topic), RD_KAFKA_V_PARTITION(record.partition),
      RD_KAFKA_V_MSGFLAGS(record.flags), RD_KAFKA_V_VALUE(record.payload, record.payload_size),
      RD_KAFKA_V_KEY(record.key, record.key_size), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_TIMESTAMP(record.timestamp_ms), RD_KAFKA_V_OPAQUE(record.opaque), RD_KAFKA_V_END);
}

}  // namespace

rd_kafka_resp_err_t kafka_produce(rd_kafka_t* producer, const KafkaRecord& record) {
  const char* topic =
      record.topic_handle != nullptr ? rd_kafka_topic_name(record.topic_handle) : record.topic;
  if (topic == nullptr) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  Span span = start_publish(topic, record);
  rd_kafka_headers_t* headers = with_context(record.headers, Context::current().with(span));

  OfferedSpan offered(span);
  const rd_kafka_resp_err_t error = send(producer, record, headers);
  // On success librdkafka owns `headers`, and the caller's were taken over; on failure neither.
  rd_kafka_headers_t* left_over = error == RD_KAFKA_RESP_ERR_NO_ERROR ? record.headers : headers;
  if (left_over != nullptr) rd_kafka_headers_destroy(left_over);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !offered.taken()) {
    kafka_adapter::set_error(span, error);
  }
  return error;
}

}  // namespace cairn::trace
