// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/client.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cairn::net::kafka {
namespace {

using PropertyList = std::vector<std::pair<std::string, std::string>>;

// What must stay as it is for a span to be neither lost nor acknowledged too early, and what has an
// option of its own.
constexpr std::array<std::string_view, 12> kOurs{"bootstrap.servers",
                                                 "metadata.broker.list",
                                                 "group.id",
                                                 "enable.auto.commit",
                                                 "auto.commit.enable",
                                                 "enable.auto.offset.store",
                                                 "enable.idempotence",
                                                 "acks",
                                                 "request.required.acks",
                                                 "transactional.id",
                                                 "statistics.interval.ms",
                                                 "message.max.bytes"};

ClientEvents& events_of(void* opaque) {
  return *static_cast<ClientEvents*>(opaque);
}

// librdkafka's own severities are syslog's: 4 is a warning, 5 a notice.
void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  constexpr int kWarning = 4;
  // Broken connections are told to on_error() too.
  if (level > kWarning || std::string_view(facility) == "FAIL")
    return log_debug("kafka", {{"facility", facility}, {"text", text}});
  events_of(rd_kafka_opaque(handle)).log().warn(facility, "kafka client", text);
}

void on_error(rd_kafka_t* handle, int code, const char* reason, void* opaque) {
  events_of(opaque).note_error(handle, code, reason);
}

int on_statistics(rd_kafka_t*, char* json, std::size_t size, void* opaque) {
  events_of(opaque).note_statistics({json, size});
  return 0;  // librdkafka frees the text
}

PropertyList security_properties(const ConnectionOptions& options) {
  const TlsOptions& tls = options.tls;
  const SaslOptions& sasl = options.sasl;
  const bool with_sasl = !sasl.mechanism.empty();
  PropertyList all{{"security.protocol", fmt::format("{}{}", with_sasl ? "sasl_" : "",
                                                     tls.enabled ? "ssl" : "plaintext")}};
  if (tls.enabled) {
    all.insert(all.end(), {{"ssl.ca.location", tls.ca_file},
                           {"ssl.certificate.location", tls.certificate_file},
                           {"ssl.key.location", tls.key_file},
                           {"ssl.key.password", tls.key_password}});
    if (!tls.verify) all.emplace_back("enable.ssl.certificate.verification", "false");
  }
  if (with_sasl) {
    all.insert(all.end(), {{"sasl.mechanisms", sasl.mechanism},
                           {"sasl.username", sasl.username},
                           {"sasl.password", sasl.password}});
  }
  std::erase_if(all, [](const auto& property) { return property.second.empty(); });
  return all;
}

Result<void> set_all(rd_kafka_conf_t& conf, const PropertyList& properties) {
  for (const auto& [name, value] : properties) RETURN_IF_ERROR(set_property(conf, name, value));
  return {};
}

Result<void> check_options(const ConnectionOptions& options) {
  if (options.brokers.empty()) return invalid_argument("kafka: no brokers are named");
  for (const auto& [name, value] : options.properties) {
    if (std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end()) {
      return invalid_argument(
          fmt::format("kafka: the property '{}' is set by Cairn itself, leave it out", name));
    }
  }
  return {};
}

}  // namespace

void ClientEvents::note_error(rd_kafka_t* handle, int code, std::string_view reason) {
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    connected_ = false;
    away_ = true;
  }
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> text{};
    rd_kafka_fatal_error(handle, text.data(), text.size());
    log_error("kafka: the client gave up", {{"why", text.data()}});
    return;
  }
  log_.warn(rd_kafka_err2name(error), "kafka", std::string(reason));
}

// The statistics are a large JSON text of librdkafka's own making. A broker that is connected is
// in state UP there; other states of that name are in lower case.
void ClientEvents::note_statistics(std::string_view json) {
  connected_ = json.find(R"("state":"UP")") != std::string_view::npos;
  if (connected_) note_alive();
}

Result<void> set_property(rd_kafka_conf_t& conf, const std::string& name,
                          const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), why.data(), why.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return invalid_argument(fmt::format("kafka: {}", why.data()));
}

Result<Configuration> make_configuration(const ConnectionOptions& options, ClientEvents& events) {
  RETURN_IF_ERROR(check_options(options));
  Configuration conf(rd_kafka_conf_new());
  rd_kafka_conf_set_opaque(conf.get(), &events);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_stats_cb(conf.get(), on_statistics);
  RETURN_IF_ERROR(
      set_all(*conf, {{"bootstrap.servers", fmt::format("{}", fmt::join(options.brokers, ","))},
                      {"client.id", options.client_id},
                      {"statistics.interval.ms", "2000"},
                      {"log.connection.close", "false"}}));
  RETURN_IF_ERROR(set_all(*conf, security_properties(options)));
  RETURN_IF_ERROR(set_all(*conf, {options.properties.begin(), options.properties.end()}));
  return conf;
}

Result<rd_kafka_t*> start_client(rd_kafka_type_t type, Configuration conf) {
  std::array<char, 512> why{};
  rd_kafka_t* handle = rd_kafka_new(type, conf.get(), why.data(), why.size());
  if (handle == nullptr) return invalid_argument(fmt::format("kafka: {}", why.data()));
  (void)conf.release();  // the handle owns it now
  return handle;
}

int milliseconds(Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return static_cast<int>(
      std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace cairn::net::kafka
