// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/kafka/deliveries.h"

#include <cstdint>
#include <utility>

#include <cairn/adapters/kafka.h>

#include "sdk/adapters/kafka/message_attributes.h"

namespace cairn::trace {
namespace kafka_adapter {
namespace {

constexpr char kName[] = "cairn";

thread_local Span* offered = nullptr;

rd_kafka_resp_err_t on_send(rd_kafka_t* producer, rd_kafka_message_t* message, void*) {
  if (offered != nullptr) {
    Span* span = std::exchange(offered, nullptr);
    Deliveries::instance().add(producer, message, std::move(*span));
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_acknowledgement(rd_kafka_t*, rd_kafka_message_t* message, void*) {
  Deliveries::instance().finish(*message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_destroy(rd_kafka_t* producer, void*) {
  Deliveries::instance().abandon(producer);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_new(rd_kafka_t* client, const rd_kafka_conf_t*, void*, char*, std::size_t) {
  rd_kafka_interceptor_add_on_send(client, kName, on_send, nullptr);
  rd_kafka_interceptor_add_on_acknowledgement(client, kName, on_acknowledgement, nullptr);
  rd_kafka_interceptor_add_on_destroy(client, kName, on_destroy, nullptr);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// librdkafka does not copy interceptors with a configuration (and its C++ API always copies).
rd_kafka_resp_err_t on_conf_dup(rd_kafka_conf_t* copy, const rd_kafka_conf_t*, std::size_t,
                                const char**, void*) {
  return kafka_trace_deliveries(copy);
}

}  // namespace

Deliveries& Deliveries::instance() {
  static auto* const deliveries = new Deliveries();
  return *deliveries;
}

Deliveries::Shard& Deliveries::shard_of(const rd_kafka_message_t* message) noexcept {
  return shards_[(reinterpret_cast<std::uintptr_t>(message) / 64) % kShards];
}

void Deliveries::add(const rd_kafka_t* producer, const rd_kafka_message_t* message, Span span) {
  Shard& shard = shard_of(message);
  const std::lock_guard lock(shard.mutex);
  shard.entries.insert_or_assign(message, Entry{producer, std::move(span)});
}

void Deliveries::finish(const rd_kafka_message_t& message) {
  Span span;
  {
    Shard& shard = shard_of(&message);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(&message);
    if (found == shard.entries.end()) return;
    span = std::move(found->second.span);
    shard.entries.erase(found);
  }
  set_delivery(span, message);
}

void Deliveries::abandon(const rd_kafka_t* producer) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto at = shard.entries.begin(); at != shard.entries.end();) {
      if (at->second.producer != producer) {
        ++at;
        continue;
      }
      set_error(at->second.span, RD_KAFKA_RESP_ERR__DESTROY);
      at = shard.entries.erase(at);
    }
  }
}

OfferedSpan::OfferedSpan(Span& span) noexcept {
  offered = span.is_recording() ? &span : nullptr;
}
OfferedSpan::~OfferedSpan() {
  offered = nullptr;
}
bool OfferedSpan::taken() const noexcept {
  return offered == nullptr;
}

}  // namespace kafka_adapter

rd_kafka_resp_err_t kafka_trace_deliveries(rd_kafka_conf_t* conf) {
  using kafka_adapter::kName;
  const auto done = [](rd_kafka_resp_err_t error) {
    // It is there already.
    return error == RD_KAFKA_RESP_ERR__CONFLICT ? RD_KAFKA_RESP_ERR_NO_ERROR : error;
  };
  const auto error =
      done(rd_kafka_conf_interceptor_add_on_new(conf, kName, kafka_adapter::on_new, nullptr));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  return done(
      rd_kafka_conf_interceptor_add_on_conf_dup(conf, kName, kafka_adapter::on_conf_dup, nullptr));
}

}  // namespace cairn::trace
