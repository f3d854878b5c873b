// SPDX-License-Identifier: Apache-2.0
#include "server/config/foreign_environment.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "base/duration_text.h"

namespace cairn::server {
namespace {

using Environment = std::map<std::string, std::string>;

// One variable at a time, into what it means here.
struct Translation {
  const Environment& environment;
  ForeignSettings& to;
  std::string variable;  // the one at hand

  void set(std::string key, std::string text) {
    to.settings.push_back({std::move(key), std::move(text), variable});
  }
  void warn(std::string text) { to.warnings.push_back(std::move(text)); }
  std::string_view other(const std::string& name) const {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string_view() : std::string_view(found->second);
  }
};

struct Variable {
  std::string_view name;
  // Handed the variable's text, which is not empty, and `setting`.
  void (*translate)(Translation&, const Variable&, const std::string& text);
  std::string_view setting = {};  // or the reason why there is none
};

// As Go reads them, which both images' users are used to.
bool is_true(std::string_view text) {
  return text == "true" || text == "1" || text == "t" || text == "T" || text == "TRUE" ||
         text == "True";
}

void as_it_is(Translation& t, const Variable& v, const std::string& text) {
  t.set(std::string(v.setting), text);
}

bool is_false(std::string_view text) {
  return text == "false" || text == "0" || text == "f" || text == "F" || text == "FALSE" ||
         text == "False";
}

// Of several settings, with spaces between them.
void truth(Translation& t, const Variable& v, const std::string& text) {
  if (!is_true(text) && !is_false(text)) {
    return t.warn(fmt::format("{}: '{}' is not true or false", v.name, text));
  }
  std::string_view rest = v.setting;
  while (!rest.empty()) {
    const std::string_view setting = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(setting.size() + 1, rest.size()));
    t.set(std::string(setting), is_true(text) ? "true" : "false");
  }
}

// ":9411", "0.0.0.0:9411", "[::]:9411" or "9411", for an endpoint of ours.
void host_port(Translation& t, const Variable& v, const std::string& text) {
  const std::string endpoint(v.setting);
  const std::size_t colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  std::string host = colon == std::string::npos ? "" : text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  t.set(endpoint + ".enabled", "true");
  t.set(endpoint + ".port", port);
  if (!host.empty()) t.set(endpoint + ".listen", host);
}

void without_effect(Translation& t, const Variable& v, const std::string&) {
  t.warn(fmt::format("{} has no effect: {}", v.name, v.setting));
}

// Nothing to do and nothing to say: what it asks for is so already.
void is_so(Translation&, const Variable&, const std::string&) {
}

void log_level(Translation& t, const Variable&, const std::string& text) {
  std::string level;
  for (const char c : text) level += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (level == "warning") level = "warn";
  if (level == "fatal" || level == "panic" || level == "dpanic") level = "error";
  if (level == "trace") level = "debug";
  t.set("log.level", level);
}

void no_such_engine(Translation& t, const Variable& v, const std::string& text) {
  t.set("storage.engine", "columnar");
  t.to.alarms.push_back(fmt::format(
      "{}={} asks for a store that this version of Cairn does not speak to. Spans are kept in "
      "Cairn's own store, in the folder of the setting `data`. Nothing is written to or read from "
      "{}.",
      v.name, text, text));
}

void jaeger_storage(Translation& t, const Variable& v, const std::string& text) {
  if (text == "memory") return t.set("storage.engine", "memory");
  if (text == "badger") {
    t.set("storage.engine", "columnar");
    const std::string_view folder = t.other("BADGER_DIRECTORY_VALUE");
    if (!folder.empty()) t.set("data", fmt::format("{}/cairn", folder));
    return;
  }
  if (text == "kafka") {
    t.set("exporters.kafka.enabled", "true");
    return t.set("exporters.kafka.instead_of_store", "true");
  }
  no_such_engine(t, v, text);
}

void zipkin_storage(Translation& t, const Variable& v, const std::string& text) {
  if (text == "mem") return t.set("storage.engine", "memory");
  no_such_engine(t, v, text);
}

// "k=v,k2=v2": attributes for every resource that lacks them.
void collector_tags(Translation& t, const Variable& v, const std::string& text) {
  std::string rules;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view pair = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (pair.empty()) continue;
    if (pair.find("${") != std::string_view::npos) {
      t.warn(fmt::format("{}: '{}' is taken literally; variables are not expanded", v.name, pair));
    }
    rules += fmt::format("resource {}\n", pair);
  }
  t.set("ingest.processors", rules);
}

void kafka_consumer_brokers(Translation& t, const Variable&, const std::string& text) {
  t.set("receivers.kafka.enabled", "true");
  t.set("receivers.kafka.brokers", text);
}

// Zipkin's Kafka collector: names of its own, and any of its encodings in one topic.
void zipkin_kafka(Translation& t, const Variable& v, const std::string& text) {
  kafka_consumer_brokers(t, v, text);
  const auto or_else = [&](const char* name, const char* otherwise) {
    const std::string_view given = t.other(name);
    return std::string(given.empty() ? otherwise : given);
  };
  t.set("receivers.kafka.topics", or_else("KAFKA_TOPIC", "zipkin"));
  t.set("receivers.kafka.group", or_else("KAFKA_GROUP_ID", "zipkin"));
  t.set("receivers.kafka.encoding", "auto");
}

void kafka_authentication(Translation& t, const Variable& v, const std::string& text) {
  const std::string client(v.setting);
  if (text == "none") return;
  if (text == "tls") return t.set(client + ".tls.enabled", "true");
  if (text == "plaintext") return t.set(client + ".mechanism", "PLAIN");
  t.warn(fmt::format("{}={} is not supported; `{}.properties` takes librdkafka's settings", v.name,
                     text, client));
}

void adaptive(Translation& t, const Variable& v, const std::string& text) {
  if (text == "adaptive") return t.set("sampling.adaptive.enabled", "true");
  if (text != "file") t.warn(fmt::format("{}={} is not one of file, adaptive", v.name, text));
}

void retention(Translation& t, const Variable& v, const std::string& text) {
  const auto age = parse_duration(text);
  if (!age) return t.warn(fmt::format("{}: '{}' is not a duration", v.name, text));
  t.set("storage.retention.max_age", text);
}

constexpr std::string_view kNoQueue =
    "there is no queue to size: spans are stored before they are acknowledged";
constexpr std::string_view kNoForeignStore = "spans are kept in Cairn's own store";
constexpr std::string_view kNoTls = "TLS is not offered on this port yet; put a proxy before it";

// Exact names first; then those that end in *, by prefix.
const std::vector<Variable>& variables() {
  static const std::vector<Variable> table = {
      // Jaeger: which store
      {"SPAN_STORAGE_TYPE", jaeger_storage},
      {"DEPENDENCY_STORAGE_TYPE", is_so},
      {"SAMPLING_STORAGE_TYPE", without_effect, "adaptive sampling keeps its state in `data`"},
      {"METRICS_STORAGE_TYPE", without_effect, "service performance metrics are not served yet"},
      {"PROMETHEUS_SERVER_URL", without_effect, "service performance metrics are not served yet"},
      {"MEMORY_MAX_TRACES", without_effect,
       "memory is bounded by storage.memory.max_bytes and max_spans, not by traces"},
      {"BADGER_DIRECTORY_VALUE", is_so},
      {"BADGER_DIRECTORY_KEY", is_so},
      {"BADGER_EPHEMERAL", without_effect, "what is stored survives a restart"},
      {"BADGER_SPAN_STORE_TTL", retention},
      // Jaeger: collector
      {"COLLECTOR_OTLP_ENABLED", truth, "receivers.otlp.grpc.enabled receivers.otlp.http.enabled"},
      {"COLLECTOR_OTLP_GRPC_HOST_PORT", host_port, "receivers.otlp.grpc"},
      {"COLLECTOR_OTLP_HTTP_HOST_PORT", host_port, "receivers.otlp.http"},
      {"COLLECTOR_OTLP_HTTP_CORS_ALLOWED_ORIGINS", as_it_is,
       "receivers.otlp.http.cors.allowed_origins"},
      {"COLLECTOR_OTLP_HTTP_CORS_ALLOWED_HEADERS", as_it_is,
       "receivers.otlp.http.cors.allowed_headers"},
      {"COLLECTOR_ZIPKIN_HOST_PORT", host_port, "receivers.zipkin.http"},
      {"COLLECTOR_ZIPKIN_CORS_ALLOWED_ORIGINS", as_it_is,
       "receivers.zipkin.http.cors.allowed_origins"},
      {"COLLECTOR_ZIPKIN_CORS_ALLOWED_HEADERS", as_it_is,
       "receivers.zipkin.http.cors.allowed_headers"},
      {"COLLECTOR_ZIPKIN_ALLOWED_ORIGINS", as_it_is, "receivers.zipkin.http.cors.allowed_origins"},
      {"COLLECTOR_ZIPKIN_ALLOWED_HEADERS", as_it_is, "receivers.zipkin.http.cors.allowed_headers"},
      {"COLLECTOR_ZIPKIN_HTTP_PORT", host_port, "receivers.zipkin.http"},
      {"COLLECTOR_HTTP_SERVER_HOST_PORT", host_port, "receivers.jaeger.http"},
      {"COLLECTOR_GRPC_SERVER_HOST_PORT", host_port, "receivers.jaeger.grpc"},
      {"COLLECTOR_TAGS", collector_tags},
      {"COLLECTOR_QUEUE_SIZE", without_effect, kNoQueue},
      {"COLLECTOR_QUEUE_SIZE_MEMORY", without_effect, kNoQueue},
      {"COLLECTOR_NUM_WORKERS", without_effect, kNoQueue},
      // Jaeger: the agent that all-in-one brought
      {"PROCESSOR_JAEGER_COMPACT_SERVER_HOST_PORT", host_port, "receivers.jaeger.compact"},
      {"PROCESSOR_JAEGER_BINARY_SERVER_HOST_PORT", host_port, "receivers.jaeger.binary"},
      {"PROCESSOR_ZIPKIN_COMPACT_SERVER_HOST_PORT", host_port, "receivers.jaeger.zipkin_compact"},
      {"HTTP_SERVER_HOST_PORT", host_port, "sampling.http"},
      // Jaeger: sampling
      {"SAMPLING_CONFIG_TYPE", adaptive},
      {"SAMPLING_STRATEGIES_FILE", as_it_is, "sampling.file"},
      {"SAMPLING_STRATEGIES_RELOAD_INTERVAL", is_so},
      {"SAMPLING_TARGET_SAMPLES_PER_SECOND", as_it_is, "sampling.adaptive.target"},
      {"SAMPLING_INITIAL_SAMPLING_PROBABILITY", as_it_is, "sampling.adaptive.initial_probability"},
      {"SAMPLING_MIN_SAMPLING_PROBABILITY", as_it_is, "sampling.adaptive.min_probability"},
      {"SAMPLING_MIN_SAMPLES_PER_SECOND", as_it_is, "sampling.adaptive.min_traces_per_second"},
      // Jaeger: query, admin, log
      {"QUERY_BASE_PATH", as_it_is, "query.base_path"},
      {"QUERY_HTTP_SERVER_HOST_PORT", host_port, "query.http"},
      {"QUERY_HOST_PORT", host_port, "query.http"},
      {"QUERY_MAX_CLOCK_SKEW_ADJUSTMENT", as_it_is, "query.max_clock_skew"},
      {"QUERY_GRPC_SERVER_HOST_PORT", without_effect, "the query API over gRPC is not served yet"},
      {"QUERY_UI_CONFIG", without_effect, "the page has no configuration file yet"},
      {"QUERY_STATIC_FILES", without_effect, "the page is inside the binary"},
      {"ADMIN_HTTP_HOST_PORT", host_port, "admin"},
      {"LOG_LEVEL", log_level},
      {"JAEGER_LISTEN_HOST", as_it_is, "listen"},
      {"JAEGER_DISABLED", is_so},
      {"MULTI_TENANCY_ENABLED", without_effect, "there is one tenant"},
      // Jaeger: Kafka
      {"KAFKA_CONSUMER_BROKERS", kafka_consumer_brokers},
      {"KAFKA_CONSUMER_TOPIC", as_it_is, "receivers.kafka.topics"},
      {"KAFKA_CONSUMER_GROUP_ID", as_it_is, "receivers.kafka.group"},
      {"KAFKA_CONSUMER_ENCODING", as_it_is, "receivers.kafka.encoding"},
      {"KAFKA_CONSUMER_AUTHENTICATION", kafka_authentication, "receivers.kafka"},
      {"KAFKA_CONSUMER_PLAINTEXT_USERNAME", as_it_is, "receivers.kafka.username"},
      {"KAFKA_CONSUMER_PLAINTEXT_PASSWORD", as_it_is, "receivers.kafka.password"},
      {"KAFKA_CONSUMER_PLAINTEXT_MECHANISM", as_it_is, "receivers.kafka.mechanism"},
      {"KAFKA_CONSUMER_TLS_CA", as_it_is, "receivers.kafka.tls.ca"},
      {"KAFKA_CONSUMER_TLS_CERT", as_it_is, "receivers.kafka.tls.certificate"},
      {"KAFKA_CONSUMER_TLS_KEY", as_it_is, "receivers.kafka.tls.key"},
      {"KAFKA_PRODUCER_BROKERS", as_it_is, "exporters.kafka.brokers"},
      {"KAFKA_PRODUCER_TOPIC", as_it_is, "exporters.kafka.topic"},
      {"KAFKA_PRODUCER_ENCODING", without_effect, "spans are written as OTLP protobuf"},
      {"KAFKA_PRODUCER_AUTHENTICATION", kafka_authentication, "exporters.kafka"},
      {"KAFKA_PRODUCER_PLAINTEXT_USERNAME", as_it_is, "exporters.kafka.username"},
      {"KAFKA_PRODUCER_PLAINTEXT_PASSWORD", as_it_is, "exporters.kafka.password"},
      {"KAFKA_PRODUCER_PLAINTEXT_MECHANISM", as_it_is, "exporters.kafka.mechanism"},
      {"KAFKA_PRODUCER_TLS_CA", as_it_is, "exporters.kafka.tls.ca"},
      {"KAFKA_PRODUCER_TLS_CERT", as_it_is, "exporters.kafka.tls.certificate"},
      {"KAFKA_PRODUCER_TLS_KEY", as_it_is, "exporters.kafka.tls.key"},
      // Zipkin
      {"STORAGE_TYPE", zipkin_storage},
      {"QUERY_PORT", host_port, "receivers.zipkin.http"},
      {"MEM_MAX_SPANS", as_it_is, "storage.memory.max_spans"},
      {"COLLECTOR_SAMPLE_RATE", as_it_is, "ingest.sampling.probability"},
      {"COLLECTOR_HTTP_ENABLED", truth, "receivers.zipkin.http.enabled"},
      {"COLLECTOR_GRPC_ENABLED", is_so},
      {"COLLECTOR_PORT", without_effect, "Scribe is not spoken"},
      {"COLLECTOR_SCRIBE_ENABLED", without_effect, "Scribe is not spoken"},
      {"KAFKA_BOOTSTRAP_SERVERS", zipkin_kafka},
      {"KAFKA_TOPIC", is_so},
      {"KAFKA_GROUP_ID", is_so},
      {"KAFKA_STREAMS", without_effect, "one consumer serves all partitions"},
      {"STRICT_TRACE_ID", without_effect, "trace ids are compared whole"},
      {"SEARCH_ENABLED", without_effect, "search is always on"},
      {"QUERY_ENABLED", without_effect, "query.http.enabled is the switch"},
      {"QUERY_LOOKBACK", without_effect, "query.default_lookback is the setting"},
      {"QUERY_TIMEOUT", without_effect, "net.handle_time is the setting"},
      {"AUTOCOMPLETE_KEYS", without_effect, "every attribute is completed"},
      {"RABBIT_ADDRESSES", without_effect, "RabbitMQ is not spoken"},
      {"RABBIT_URI", without_effect, "RabbitMQ is not spoken"},
      {"ACTIVEMQ_URL", without_effect, "ActiveMQ is not spoken"},
      {"PULSAR_SERVICE_URL", without_effect, "Pulsar is not spoken"},
      {"SELF_TRACING_ENABLED", without_effect, "Cairn does not trace itself yet"},
      // By prefix
      {"ES_*", without_effect, kNoForeignStore},
      {"CASSANDRA_*", without_effect, kNoForeignStore},
      {"BADGER_*", without_effect, kNoForeignStore},
      {"GRPC_STORAGE_*", without_effect, kNoForeignStore},
      {"COLLECTOR_*", without_effect, "Cairn has no setting like it"},
      {"QUERY_*", without_effect, "Cairn has no setting like it"},
      {"SAMPLING_*", without_effect, "Cairn has no setting like it"},
      {"PROCESSOR_*", without_effect, "Cairn has no setting like it"},
      {"REPORTER_*", without_effect, "there is no agent that reports elsewhere"},
      {"KAFKA_CONSUMER_*", without_effect,
       "receivers.kafka.properties takes librdkafka's settings"},
      {"KAFKA_PRODUCER_*", without_effect,
       "exporters.kafka.properties takes librdkafka's settings"},
      {"MULTI_TENANCY_*", without_effect, "there is one tenant"},
  };
  return table;
}

bool matches(const Variable& variable, std::string_view name) {
  return variable.name.ends_with('*')
             ? name.starts_with(variable.name.substr(0, variable.name.size() - 1))
             : name == variable.name;
}

const Variable* find_variable(std::string_view name) {
  const auto found = std::ranges::find_if(
      variables(), [&](const Variable& variable) { return matches(variable, name); });
  return found == variables().end() ? nullptr : &*found;
}

// What Kubernetes puts into every container about services that happen to be called "query" or
// "collector": QUERY_PORT=tcp://10.0.0.1:80, QUERY_SERVICE_HOST, QUERY_PORT_80_TCP_ADDR.
bool is_service_link(std::string_view name, std::string_view text) {
  const auto names = [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
  return (names("_PORT") && text.find("://") != std::string_view::npos) || names("_SERVICE_HOST") ||
         names("_SERVICE_PORT") || names("_TCP");
}

}  // namespace

ForeignSettings read_foreign_environment(const Environment& environment) {
  ForeignSettings found;
  Translation translation{environment, found, {}};
  for (const auto& [name, text] : environment) {
    if (text.empty() || is_service_link(name, text)) continue;
    const Variable* variable = find_variable(name);
    if (variable == nullptr) continue;
    // A prefix names many; the message is about this one.
    const Variable named{name, variable->translate,
                         name.find("_TLS_") != std::string::npos && variable->name.ends_with('*')
                             ? kNoTls
                             : variable->setting};
    translation.variable = name;
    named.translate(translation, named, text);
  }
  return found;
}

std::vector<std::string_view> foreign_variables() {
  std::vector<std::string_view> names;
  for (const Variable& variable : variables()) names.push_back(variable.name);
  return names;
}

std::optional<std::string> foreign_flag(std::string_view flag) {
  std::string name;
  for (const char c : flag) {
    name +=
        c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (find_variable(name) == nullptr) return std::nullopt;
  return name;
}

}  // namespace cairn::server
