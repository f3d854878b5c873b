// SPDX-License-Identifier: Apache-2.0
// librdkafka's consumers: the span of a message lasts from its delivery until the same thread asks
// for the next one, and is what is current in between.
#include <cstring>
#include <utility>

#include <cairn/adapters/kafka.h>

#include "sdk/auto/call.h"

namespace cairn::trace::zero_code {
namespace {

#define CAIRN_FOREIGN(name) constinit Foreign<decltype(name)> next_##name(#name)
CAIRN_FOREIGN(rd_kafka_consumer_poll);
CAIRN_FOREIGN(rd_kafka_consume);
CAIRN_FOREIGN(rd_kafka_consume_queue);
CAIRN_FOREIGN(rd_kafka_consume_batch);
CAIRN_FOREIGN(rd_kafka_consume_batch_queue);
CAIRN_FOREIGN(rd_kafka_consumer_close);
CAIRN_FOREIGN(rd_kafka_destroy);
CAIRN_FOREIGN(rd_kafka_conf);
CAIRN_FOREIGN(rd_kafka_conf_get);
CAIRN_FOREIGN(rd_kafka_message_headers);
CAIRN_FOREIGN(rd_kafka_topic_name);
CAIRN_FOREIGN(rd_kafka_header_get_last);
CAIRN_FOREIGN(rd_kafka_err2name);
CAIRN_FOREIGN(rd_kafka_err2str);

constexpr Kind kKind = Kind::kKafka;
rd_kafka_message_t* const kNoMessage = nullptr;

// What this thread works on. Ends with the thread at the latest.
class Work {
 public:
  ~Work() { finish(); }
  void finish() noexcept {
    if (!busy_) return;
    span_.end();
    span_ = Span();
    set_thread_context(std::exchange(before_, Context()));
    busy_ = false;
  }
  // `started` is a KafkaProcessSpan or KafkaBatchSpan, current now: its span outlives it.
  template <class Started>
  void begin(Started& started, Context before) noexcept {
    after_ = Context::current();
    span_ = std::move(started.span());
    before_ = std::move(before);
    busy_ = true;
  }
  // When `started` is gone.
  void make_current() noexcept { set_thread_context(std::exchange(after_, Context())); }

 private:
  Span span_;
  Context before_, after_;
  bool busy_ = false;
};
Work& work() noexcept {
  thread_local Work one;
  return one;
}

// The consumer's group.id in `text`; empty when it has none.
std::string_view group_of(const Library& library, rd_kafka_t* client, char (&text)[256]) noexcept {
  auto* const conf = next_rd_kafka_conf.in(library);
  auto* const get = next_rd_kafka_conf_get.in(library);
  if (client == nullptr || conf == nullptr || get == nullptr) return {};
  std::size_t size = sizeof text;
  if (get(conf(client), "group.id", text, &size) != RD_KAFKA_CONF_OK) return {};
  return {text, strnlen(text, sizeof text)};
}

bool is_traced(const Call& call) noexcept {
  return call.outer() && tracing();
}

void begin(const Call& call, rd_kafka_t* client, rd_kafka_message_t** messages, std::size_t count) {
  if (count == 0 || (count == 1 && (messages[0] == nullptr || messages[0]->err != 0))) return;
  char text[256];
  const std::string_view group = group_of(*call.library(), client, text);
  Context before = Context::current();
  {
    const ProcessParent parent;
    if (count == 1) {
      KafkaProcessSpan started(messages[0], group);
      work().begin(started, std::move(before));
    } else {
      KafkaBatchSpan started(messages, count, group);
      work().begin(started, std::move(before));
    }
  }
  work().make_current();
}

// One call that may give messages: take() is the original.
template <class Take>
rd_kafka_message_t* one(const Call& call, rd_kafka_t* client, Take take) {
  if (!is_traced(call)) return take();
  work().finish();
  rd_kafka_message_t* message = take();
  try {
    begin(call, client, &message, 1);
  } catch (...) {  // no memory: not traced
  }
  return message;
}
template <class Take>
ssize_t many(const Call& call, rd_kafka_message_t** messages, Take take) {
  if (!is_traced(call)) return take();
  work().finish();
  const ssize_t count = take();
  try {
    if (count > 0) begin(call, nullptr, messages, static_cast<std::size_t>(count));
  } catch (...) {
  }
  return count;
}

}  // namespace
}  // namespace cairn::trace::zero_code

using namespace cairn::trace::zero_code;

extern "C" CAIRN_INTERPOSED rd_kafka_message_t* rd_kafka_consumer_poll(rd_kafka_t* client,
                                                                       int timeout) {
  const Call call(kKind, "rd_kafka_consumer_poll", CAIRN_CALLER);
  return one(call, client,
             [&] { return call.pass(next_rd_kafka_consumer_poll, kNoMessage, client, timeout); });
}
extern "C" CAIRN_INTERPOSED rd_kafka_message_t* rd_kafka_consume(rd_kafka_topic_t* topic,
                                                                 int32_t partition, int timeout) {
  const Call call(kKind, "rd_kafka_consume", CAIRN_CALLER);
  return one(call, nullptr, [&] {
    return call.pass(next_rd_kafka_consume, kNoMessage, topic, partition, timeout);
  });
}
extern "C" CAIRN_INTERPOSED rd_kafka_message_t* rd_kafka_consume_queue(rd_kafka_queue_t* queue,
                                                                       int timeout) {
  const Call call(kKind, "rd_kafka_consume_queue", CAIRN_CALLER);
  return one(call, nullptr,
             [&] { return call.pass(next_rd_kafka_consume_queue, kNoMessage, queue, timeout); });
}
extern "C" CAIRN_INTERPOSED ssize_t rd_kafka_consume_batch(rd_kafka_topic_t* topic,
                                                           int32_t partition, int timeout,
                                                           rd_kafka_message_t** messages,
                                                           size_t size) {
  const Call call(kKind, "rd_kafka_consume_batch", CAIRN_CALLER);
  return many(call, messages, [&] {
    return call.pass(next_rd_kafka_consume_batch, ssize_t{-1}, topic, partition, timeout, messages,
                     size);
  });
}
extern "C" CAIRN_INTERPOSED ssize_t rd_kafka_consume_batch_queue(rd_kafka_queue_t* queue,
                                                                 int timeout,
                                                                 rd_kafka_message_t** messages,
                                                                 size_t size) {
  const Call call(kKind, "rd_kafka_consume_batch_queue", CAIRN_CALLER);
  return many(call, messages, [&] {
    return call.pass(next_rd_kafka_consume_batch_queue, ssize_t{-1}, queue, timeout, messages,
                     size);
  });
}

extern "C" CAIRN_INTERPOSED rd_kafka_resp_err_t rd_kafka_consumer_close(rd_kafka_t* client) {
  const Call call(kKind, "rd_kafka_consumer_close", CAIRN_CALLER);
  if (call.outer()) work().finish();
  return call.pass(next_rd_kafka_consumer_close, RD_KAFKA_RESP_ERR__STATE, client);
}
extern "C" CAIRN_INTERPOSED void rd_kafka_destroy(rd_kafka_t* client) {
  const Call call(kKind, "rd_kafka_destroy", CAIRN_CALLER);
  if (call.outer()) work().finish();
  call.pass(next_rd_kafka_destroy, client);
}

// What the adapter calls: the linker gives it these (--wrap).
#define CAIRN_FORWARD(result, name, otherwise, parameters, ...) \
  extern "C" result __wrap_##name parameters;                   \
  extern "C" result __wrap_##name parameters {                  \
    return forward(kKind, next_##name, otherwise, __VA_ARGS__); \
  }

CAIRN_FORWARD(rd_kafka_resp_err_t, rd_kafka_message_headers, RD_KAFKA_RESP_ERR__NOENT,
              (const rd_kafka_message_t* m, rd_kafka_headers_t** h), m, h)
CAIRN_FORWARD(const char*, rd_kafka_topic_name, "", (const rd_kafka_topic_t* t), t)
CAIRN_FORWARD(rd_kafka_resp_err_t, rd_kafka_header_get_last, RD_KAFKA_RESP_ERR__NOENT,
              (const rd_kafka_headers_t* h, const char* n, const void** v, size_t* s), h, n, v, s)
CAIRN_FORWARD(const char*, rd_kafka_err2name, "", (rd_kafka_resp_err_t e), e)
CAIRN_FORWARD(const char*, rd_kafka_err2str, "", (rd_kafka_resp_err_t e), e)
