// SPDX-License-Identifier: Apache-2.0
//
// Propagation headers of Kafka records.
#pragma once

#include <cairn/trace/propagation.h>
#include <librdkafka/rdkafka.h>

namespace cairn::trace::kafka_adapter {

// Names are matched exactly; of several with one name the last counts. Values are bytes of a known
// size, null is none.
class HeaderReader final : public TextMapReader {
 public:
  // Null: no headers.
  explicit HeaderReader(const rd_kafka_headers_t* headers) noexcept : headers_(headers) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override;

 private:
  const rd_kafka_headers_t* headers_;
};

class HeaderWriter final : public TextMapWriter {
 public:
  explicit HeaderWriter(rd_kafka_headers_t& headers) noexcept : headers_(headers) {}
  void set(std::string_view name, std::string_view value) override;

 private:
  rd_kafka_headers_t& headers_;
};

}  // namespace cairn::trace::kafka_adapter
