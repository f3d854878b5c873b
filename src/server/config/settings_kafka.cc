// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

using net::kafka::InitialOffset;
using receivers::kafka::Encoding;
using Properties = std::map<std::string, std::string>;

Result<InitialOffset> parse_offset(std::string_view text) {
  if (text == "earliest") return InitialOffset::kEarliest;
  if (text == "latest") return InitialOffset::kLatest;
  return invalid_argument(fmt::format("'{}' is not one of earliest, latest", text));
}

Result<Properties> parse_properties(std::string_view text) {
  Properties properties;
  ASSIGN_OR_RETURN(const auto items, parse_list(text));
  for (const std::string& item : items) {
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid_argument(
          fmt::format("'{}' is not a property like fetch.max.bytes=1048576", item));
    }
    properties[item.substr(0, equals)] = item.substr(equals + 1);
  }
  return properties;
}

std::string print_properties(const Properties& properties) {
  std::vector<std::string> items;
  for (const auto& [name, value] : properties) items.push_back(name + "=" + value);
  return list_text(items);
}

// How the brokers are reached; the same for reading and writing.
template <typename Access>
void add_connection(std::vector<Setting>& table, const std::string& key, Access connection) {
  table.push_back(list(key + ".brokers", "Brokers of the cluster, host:port; any of them will do.",
                       [connection](auto& c) -> auto& { return connection(c).brokers; }));
  table.push_back(flag(key + ".tls.enabled", "Speak TLS to the brokers.",
                       [connection](auto& c) -> auto& { return connection(c).tls.enabled; }));
  table.push_back(text(key + ".tls.ca", "PEM file of who vouches for them; empty: the system's.",
                       [connection](auto& c) -> auto& { return connection(c).tls.ca_file; }));
  table.push_back(
      text(key + ".tls.certificate", "PEM file of our own certificate, with its key.",
           [connection](auto& c) -> auto& { return connection(c).tls.certificate_file; }));
  table.push_back(text(key + ".tls.key", "PEM file of its key.",
                       [connection](auto& c) -> auto& { return connection(c).tls.key_file; }));
  table.push_back(
      secret(key + ".tls.key_password", "Password of that file.",
             [connection](auto& c) -> auto& { return connection(c).tls.key_password; }));
  table.push_back(flag(key + ".tls.verify", "Check the brokers' certificates and names.",
                       [connection](auto& c) -> auto& { return connection(c).tls.verify; }));
  table.push_back(text(key + ".mechanism",
                       "SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: none.",
                       [connection](auto& c) -> auto& { return connection(c).sasl.mechanism; }));
  table.push_back(text(key + ".username", "SASL user.",
                       [connection](auto& c) -> auto& { return connection(c).sasl.username; }));
  table.push_back(secret(key + ".password", "SASL password.",
                         [connection](auto& c) -> auto& { return connection(c).sasl.password; }));
  Setting properties = make(
      key + ".properties", "Further settings of librdkafka, `fetch.max.bytes=1048576`.",
      [connection](auto& c) -> auto& { return connection(c).properties; }, parse_properties,
      print_properties);
  properties.is_list = true;
  properties.is_secret = true;  // they may hold passwords
  table.push_back(std::move(properties));
}

void add_receiver(std::vector<Setting>& table) {
  const auto consumer = [](auto& c) -> auto& { return c.kafka_receiver.options.consumer; };
  table.push_back(flag("receivers.kafka.enabled", "Read spans from Kafka.",
                       [](auto& c) -> auto& { return c.kafka_receiver.enabled; }));
  add_connection(table, "receivers.kafka",
                 [consumer](auto& c) -> auto& { return consumer(c).connection; });
  table.push_back(list("receivers.kafka.topics", "Topics; one that begins with ^ is a pattern.",
                       [consumer](auto& c) -> auto& { return consumer(c).topics; }));
  table.push_back(text("receivers.kafka.group", "Consumer group.",
                       [consumer](auto& c) -> auto& { return consumer(c).group; }));
  table.push_back(make(
      "receivers.kafka.encoding",
      "What messages hold: otlp_proto, otlp_json, jaeger_proto, jaeger_json, zipkin_proto, "
      "zipkin_json, zipkin_thrift, or auto.",
      [](auto& c) -> auto& { return c.kafka_receiver.options.encoding; },
      receivers::kafka::parse_encoding,
      [](Encoding encoding) { return std::string(receivers::kafka::to_text(encoding)); }));
  table.push_back(make(
      "receivers.kafka.offset", "Where a new group begins: earliest or latest.",
      [consumer](auto& c) -> auto& { return consumer(c).initial_offset; }, parse_offset,
      [](InitialOffset offset) {
        return std::string(offset == InitialOffset::kEarliest ? "earliest" : "latest");
      }));
  table.push_back(
      size("receivers.kafka.max_in_flight_bytes",
           "Messages and spans on their way to the store; beyond it the topics wait.",
           [](auto& c) -> auto& { return c.kafka_receiver.options.max_in_flight_bytes; }));
}

void add_exporter(std::vector<Setting>& table) {
  const auto producer = [](auto& c) -> auto& { return c.kafka_exporter.options.producer; };
  table.push_back(flag("exporters.kafka.enabled", "Write the spans that come in to Kafka, as OTLP.",
                       [](auto& c) -> auto& { return c.kafka_exporter.enabled; }));
  table.push_back(flag("exporters.kafka.instead_of_store",
                       "Write them there only, and keep none here.",
                       [](auto& c) -> auto& { return c.kafka_exporter.instead_of_store; }));
  add_connection(table, "exporters.kafka",
                 [producer](auto& c) -> auto& { return producer(c).connection; });
  table.push_back(text("exporters.kafka.topic", "Topic.",
                       [producer](auto& c) -> auto& { return producer(c).topic; }));
  table.push_back(text("exporters.kafka.compression", "none, gzip, snappy, lz4 or zstd.",
                       [producer](auto& c) -> auto& { return producer(c).compression; }));
  table.push_back(size("exporters.kafka.max_message_bytes",
                       "The brokers' message.max.bytes must not be less.",
                       [producer](auto& c) -> auto& { return producer(c).max_message_bytes; }));
  table.push_back(duration("exporters.kafka.delivery_timeout",
                           "Until spans that the brokers do not acknowledge are refused.",
                           [producer](auto& c) -> auto& { return producer(c).delivery_timeout; }));
  table.push_back(size("exporters.kafka.max_queued_bytes",
                       "Spans that the brokers have not acknowledged; beyond it more are refused.",
                       [](auto& c) -> auto& { return c.kafka_exporter.options.max_queued_bytes; }));
}

}  // namespace

void add_kafka(std::vector<Setting>& table) {
  add_receiver(table);
  add_exporter(table);
}

}  // namespace cairn::server
