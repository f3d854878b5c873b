// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/environment.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <utility>

#include "sdk/telemetry/text_values.h"

namespace cairn::telemetry {
namespace {

using std::chrono::milliseconds;

struct NamedPropagator {
  std::string_view text;
  PropagatorName name;
};
constexpr std::array<NamedPropagator, 5> kPropagators = {{
    {"tracecontext", PropagatorName::kTraceContext},
    {"baggage", PropagatorName::kBaggage},
    {"b3", PropagatorName::kB3},
    {"b3multi", PropagatorName::kB3Multi},
    {"jaeger", PropagatorName::kJaeger},
}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    const std::string_view part = trimmed(text.substr(0, at));
    if (!part.empty()) parts.push_back(part);
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// Reads variables by name and complains about them by name.
class Reader {
 public:
  Reader(const Variables& variables, Findings& findings)
      : variables_(variables), findings_(findings) {}

  std::optional<std::string> text(const char* name) const {
    std::optional<std::string> value = variables_(name);
    if (value) *value = std::string(trimmed(*value));
    if (value && value->empty()) value.reset();
    return value;
  }
  // The first of two that is set.
  std::optional<std::string> text(const char* first, const char* second) const {
    std::optional<std::string> value = text(first);
    return value ? value : text(second);
  }
  bool is_true(const char* name) const {
    const auto value = text(name);
    if (!value) return false;
    const std::string word = lowercase(*value);
    if (word != "true" && word != "false") warn(name, *value, "is neither true nor false");
    return word == "true";
  }
  std::optional<std::uint64_t> count(const char* name) const {
    const auto value = text(name);
    if (!value) return std::nullopt;
    std::uint64_t number = 0;
    // A day in milliseconds, and any number of spans, are well below.
    if (parse_count(*value, number) && number <= std::numeric_limits<std::uint32_t>::max()) {
      return number;
    }
    warn(name, *value, "is not a whole number");
    return std::nullopt;
  }
  std::optional<std::uint64_t> positive(const char* name) const {
    const auto number = count(name);
    if (number != std::uint64_t{0}) return number;
    warn(name, "0", "is not positive");
    return std::nullopt;
  }
  // The first of two (the second may be null) that is one of `words`; others are warned of.
  std::optional<std::size_t> choice(const char* first, const char* second,
                                    const std::vector<std::string_view>& words) const {
    for (const char* name : {first, second}) {
      const auto value = name == nullptr ? std::nullopt : text(name);
      if (!value) continue;
      const auto found = std::find(words.begin(), words.end(), lowercase(*value));
      if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
      warn(name, *value, "is not known");
    }
    return std::nullopt;
  }
  std::optional<milliseconds> millis(const char* name) const {
    const auto number = count(name);
    if (!number) return std::nullopt;
    return milliseconds(*number);
  }
  void limit(const char* name, std::uint32_t& out) const {
    if (const auto number = count(name)) out = static_cast<std::uint32_t>(*number);
  }
  // key=value pairs by comma, values percent-decoded; none when one is malformed.
  std::optional<TextPairs> pairs(const char* name) const {
    const auto value = text(name);
    if (!value) return std::nullopt;
    TextPairs result;
    for (const std::string_view part : split(*value, ',')) {
      const std::size_t equals = part.find('=');
      std::string key;
      std::string decoded;
      if (equals == std::string_view::npos || equals == 0 ||
          !percent_decode(trimmed(part.substr(0, equals)), key) ||
          !percent_decode(trimmed(part.substr(equals + 1)), decoded)) {
        // The value may be a secret.
        findings_.warn(0, std::string(name) + ": malformed, ignored");
        return std::nullopt;
      }
      result.emplace_back(std::move(key), std::move(decoded));
    }
    return result;
  }
  void warn(const char* name, std::string_view value, std::string_view why) const {
    findings_.warn(
        0, std::string(name) + ": `" + std::string(value) + "` " + std::string(why) + ", ignored");
  }

 private:
  const Variables& variables_;
  Findings& findings_;
};

void read_remote_argument(const Reader& reader, OtelEnvironment::Sampler& sampler) {
  static constexpr const char* kName = "OTEL_TRACES_SAMPLER_ARG";
  const std::string argument = reader.text(kName).value_or("");
  for (const std::string_view part : split(argument, ',')) {
    const std::size_t equals = part.find('=');
    const std::string_view key = trimmed(part.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? "" : trimmed(part.substr(equals + 1));
    std::uint64_t interval = 0;
    double ratio = 0;
    if (key == "endpoint" && !value.empty()) {
      sampler.remote = value;
    } else if (key == "pollingIntervalMs" && parse_count(value, interval) && interval > 0 &&
               interval <= std::numeric_limits<std::uint32_t>::max()) {
      sampler.remote_interval = milliseconds(interval);
    } else if (key == "initialSamplingRate" && parse_number(value, ratio) && ratio >= 0 &&
               ratio <= 1) {
      sampler.remote_initial_ratio = ratio;
    } else {
      reader.warn(kName, part, "is not understood");
    }
  }
}

double read_ratio(const Reader& reader) {
  static constexpr const char* kName = "OTEL_TRACES_SAMPLER_ARG";
  const auto argument = reader.text(kName);
  double ratio = 1;
  if (!argument) return ratio;
  double number = 0;
  if (!parse_number(*argument, number) || number < 0 || number > 1) {
    reader.warn(kName, *argument, "is not a ratio from 0 to 1");
    return ratio;
  }
  return number;
}

void read_sampler(const Reader& reader, OtelEnvironment& out) {
  const auto named = reader.text("OTEL_TRACES_SAMPLER");
  if (!named) return;
  std::string name = lowercase(*named);
  OtelEnvironment::Sampler sampler;
  static constexpr std::string_view kPrefix = "parentbased_";
  sampler.parent_based = name.compare(0, kPrefix.size(), kPrefix) == 0;
  if (sampler.parent_based) name.erase(0, kPrefix.size());
  if (name == "always_on") {
    sampler.ratio = 1;
  } else if (name == "always_off") {
    sampler.ratio = 0;
  } else if (name == "traceidratio") {
    sampler.ratio = read_ratio(reader);
  } else if (name == "jaeger_remote") {
    sampler.remote = "http://localhost:5778/sampling";
    read_remote_argument(reader, sampler);
  } else {
    return reader.warn("OTEL_TRACES_SAMPLER", *named, "is not a known sampler");
  }
  out.sampler = sampler;
}

void read_propagators(const Reader& reader, OtelEnvironment& out) {
  static constexpr const char* kName = "OTEL_PROPAGATORS";
  const auto value = reader.text(kName);
  if (!value) return;
  std::vector<PropagatorName> propagators;
  bool understood = false;
  for (const std::string_view part : split(*value, ',')) {
    PropagatorName name{};
    const bool is_known = propagator_named(lowercase(part), name);
    if (!is_known && lowercase(part) != "none") {
      reader.warn(kName, part, "is not a known propagator");
      continue;
    }
    understood = true;
    if (is_known && std::count(propagators.begin(), propagators.end(), name) == 0) {
      propagators.push_back(name);
    }
  }
  if (understood) out.propagators = propagators;
}

void read_log_level(const Reader& reader, OtelEnvironment& out) {
  static constexpr const char* kName = "OTEL_LOG_LEVEL";
  // There is nothing below info.
  static const std::vector<std::string_view> kWords = {"none", "error", "warn", "warning",
                                                       "info", "debug", "trace"};
  static constexpr LogThreshold kMeant[] = {
      LogThreshold::kNothing, LogThreshold::kError, LogThreshold::kWarning, LogThreshold::kWarning,
      LogThreshold::kInfo,    LogThreshold::kInfo,  LogThreshold::kInfo};
  if (const auto word = reader.choice(kName, nullptr, kWords)) out.log_threshold = kMeant[*word];
}

// The name of a host or its address, the port of an agent.
void read_jaeger(const Reader& reader, OtelEnvironment& out) {
  out.jaeger_endpoint = reader.text("OTEL_EXPORTER_JAEGER_ENDPOINT");
  out.jaeger_agent_host = reader.text("OTEL_EXPORTER_JAEGER_AGENT_HOST");
  static constexpr const char* kPort = "OTEL_EXPORTER_JAEGER_AGENT_PORT";
  out.jaeger_agent_port = reader.positive(kPort);
  if (out.jaeger_agent_port > std::uint64_t{65535}) {
    reader.warn(kPort, std::to_string(*out.jaeger_agent_port), "is not a port");
    out.jaeger_agent_port.reset();
  }
  out.jaeger_timeout = reader.millis("OTEL_EXPORTER_JAEGER_TIMEOUT");
}

// A file that would outrank all other variables.
void warn_of_config_file(const Reader& reader) {
  for (const char* name : {"OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE"}) {
    if (const auto path = reader.text(name)) reader.warn(name, *path, "is not read here");
  }
}

void read_limits(const Reader& reader, trace::SpanLimits& limits) {
  reader.limit("OTEL_ATTRIBUTE_COUNT_LIMIT", limits.attributes);
  reader.limit("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", limits.attributes);
  reader.limit("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", limits.value_size);
  reader.limit("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", limits.value_size);
  reader.limit("OTEL_SPAN_EVENT_COUNT_LIMIT", limits.events);
  reader.limit("OTEL_SPAN_LINK_COUNT_LIMIT", limits.links);
  reader.limit("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", limits.attributes_per_event);
  reader.limit("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", limits.attributes_per_link);
}

void read_exporters(const Reader& reader, OtelEnvironment& out) {
  using Exporter = OtelEnvironment::Exporter;
  static constexpr const char* kName = "OTEL_TRACES_EXPORTER";
  const auto value = reader.text(kName);
  if (!value) return;
  std::vector<Exporter> exporters;
  bool understood = false;
  for (const std::string_view part : split(*value, ',')) {
    const std::string name = lowercase(part);
    std::optional<Exporter> exporter;
    if (name == "otlp") exporter = Exporter::kOtlp;
    if (name == "zipkin") exporter = Exporter::kZipkin;
    if (name == "jaeger") exporter = Exporter::kJaeger;
    if (name == "console" || name == "logging" || name == "otlp/stdout") {
      exporter = Exporter::kConsole;
    }
    if (!exporter && name != "none") {
      reader.warn(kName, part, "is not a known exporter");
      continue;
    }
    understood = true;
    if (exporter && std::count(exporters.begin(), exporters.end(), *exporter) == 0) {
      exporters.push_back(*exporter);
    }
  }
  if (understood) out.exporters = exporters;
}

void read_otlp(const Reader& reader, OtelEnvironment& out) {
  auto& otlp = out.otlp;
  otlp.base_endpoint = reader.text("OTEL_EXPORTER_OTLP_ENDPOINT");
  otlp.traces_endpoint = reader.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  otlp.headers = reader.pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS");
  if (!otlp.headers) otlp.headers = reader.pairs("OTEL_EXPORTER_OTLP_HEADERS");
  otlp.timeout = reader.millis("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT");
  if (!otlp.timeout) otlp.timeout = reader.millis("OTEL_EXPORTER_OTLP_TIMEOUT");
  otlp.certificate =
      reader.text("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE");
  otlp.client_certificate = reader.text("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
                                        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE");
  otlp.client_key =
      reader.text("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY");
  otlp.insecure = reader.is_true(reader.text("OTEL_EXPORTER_OTLP_TRACES_INSECURE")
                                     ? "OTEL_EXPORTER_OTLP_TRACES_INSECURE"
                                     : "OTEL_EXPORTER_OTLP_INSECURE");
}

void read_otlp_choices(const Reader& reader, OtelEnvironment& out) {
  using Protocol = OtelEnvironment::Protocol;
  static constexpr Protocol kProtocols[] = {Protocol::kGrpc, Protocol::kHttpProtobuf,
                                            Protocol::kHttpJson};
  const auto protocol =
      reader.choice("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL",
                    {"grpc", "http/protobuf", "http/json"});
  if (protocol) out.otlp.protocol = kProtocols[*protocol];
  const auto compression = reader.choice("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
                                         "OTEL_EXPORTER_OTLP_COMPRESSION", {"none", "gzip"});
  if (compression) out.otlp.gzip = *compression == 1;
}

}  // namespace

bool propagator_named(std::string_view name, PropagatorName& out) {
  for (const NamedPropagator& known : kPropagators) {
    if (known.text != name) continue;
    out = known.name;
    return true;
  }
  return false;
}

std::string_view name_of(PropagatorName name) {
  for (const NamedPropagator& known : kPropagators) {
    if (known.name == name) return known.text;
  }
  return "unknown";
}

Variables process_variables() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

OtelEnvironment read_environment(const Variables& variables, Findings& findings) {
  const Reader reader(variables, findings);
  OtelEnvironment out;
  out.disabled = reader.is_true("OTEL_SDK_DISABLED");
  read_log_level(reader, out);
  out.service_name = reader.text("OTEL_SERVICE_NAME");
  out.resource = reader.pairs("OTEL_RESOURCE_ATTRIBUTES").value_or(TextPairs());
  read_sampler(reader, out);
  read_propagators(reader, out);
  out.schedule_delay = reader.millis("OTEL_BSP_SCHEDULE_DELAY");
  out.export_timeout = reader.millis("OTEL_BSP_EXPORT_TIMEOUT");
  out.queue_spans = reader.positive("OTEL_BSP_MAX_QUEUE_SIZE");
  out.batch_spans = reader.positive("OTEL_BSP_MAX_EXPORT_BATCH_SIZE");
  read_limits(reader, out.limits);
  read_exporters(reader, out);
  read_otlp(reader, out);
  read_otlp_choices(reader, out);
  out.zipkin_endpoint = reader.text("OTEL_EXPORTER_ZIPKIN_ENDPOINT");
  out.zipkin_timeout = reader.millis("OTEL_EXPORTER_ZIPKIN_TIMEOUT");
  read_jaeger(reader, out);
  warn_of_config_file(reader);
  return out;
}

}  // namespace cairn::telemetry
