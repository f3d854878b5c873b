// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/exporter_settings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sdk/export/remote_exporter.h"
#include "sdk/telemetry/endpoint.h"

namespace cairn::telemetry {
namespace {

using Kind = ExporterSettings::Kind;
using EnvironmentExporter = OtelEnvironment::Exporter;
using std::chrono::milliseconds;

constexpr std::string_view kWeb = "http https ";
constexpr EndpointDefaults kOtlpGrpc = {"http", "4317", "", kWeb};
constexpr EndpointDefaults kOtlpHttp = {"http", "4318", "/v1/traces", kWeb};
constexpr EndpointDefaults kZipkin = {"http", "9411", "/api/v2/spans", kWeb};
constexpr EndpointDefaults kJaeger = {"http", "14268", "/api/traces", "http https udp "};

// Makes exporters out of the block and the environment; complaints name where the endpoint is from.
class Chooser {
 public:
  Chooser(const TelemetryBlock& block, const OtelEnvironment& environment, Findings& findings)
      : block_(block), environment_(environment), findings_(findings) {}

  std::optional<ExporterSettings> from_block() const;
  std::vector<ExporterSettings> from_environment() const;

 private:
  // False after a complaint. `name` is the key or variable that `text` was given by.
  bool complete(std::string_view name, std::string_view text, EndpointDefaults defaults,
                Endpoint& out) const;
  ExporterSettings remote(Kind kind, std::string url) const;
  TextPairs environment_headers() const;
  std::optional<ExporterSettings> block_otlp_http() const;
  std::optional<ExporterSettings> jaeger(std::string_view name, std::string_view text) const;
  std::optional<ExporterSettings> environment_otlp() const;
  std::optional<ExporterSettings> environment_exporter(EnvironmentExporter exporter) const;
  OtelEnvironment::Protocol environment_protocol() const;

  const TelemetryBlock& block_;
  const OtelEnvironment& environment_;
  Findings& findings_;
};

bool Chooser::complete(std::string_view name, std::string_view text, EndpointDefaults defaults,
                       Endpoint& out) const {
  const bool from_block = name == "Endpoint";
  if (block_.tls.present) defaults.scheme = "https";
  std::string error;
  if (!complete_endpoint(text, defaults, out, error)) {
    findings_.fail(from_block ? block_.endpoint_line : 0, std::string(name) + ": " + error);
    return false;
  }
  if (block_.tls.present && out.url.compare(0, 8, "https://") != 0) {
    findings_.warn(from_block ? block_.endpoint_line : 0,
                   std::string(name) + ": is not https, so Tls does nothing");
  }
  return true;
}

// Those that a request can have; nothing in a variable keeps a service from being traced.
TextPairs Chooser::environment_headers() const {
  TextPairs headers;
  for (const auto& [name, value] : environment_.otlp.headers.value_or(TextPairs())) {
    std::string error;
    if (trace::transport::check_header(name, value, error)) {
      headers.emplace_back(name, value);
    } else {
      findings_.warn(0, "OTEL_EXPORTER_OTLP_HEADERS: " + error + ", ignored");
    }
  }
  return headers;
}

// What all that is sent by HTTP has in common.
ExporterSettings Chooser::remote(Kind kind, std::string url) const {
  ExporterSettings exporter;
  exporter.kind = kind;
  trace::RemoteOptions& remote = exporter.remote;
  remote.url = std::move(url);
  const bool is_otlp = kind == Kind::kOtlpGrpc || kind == Kind::kOtlpHttp;
  const auto& otlp = environment_.otlp;
  if (is_otlp) {
    remote.headers = block_.otlp_headers ? *block_.otlp_headers : environment_headers();
    if (block_.json.value_or(false)) exporter.encoding = trace::OtlpEncoding::kJson;
  }
  remote.gzip = block_.gzip.value_or(is_otlp && otlp.gzip.value_or(false));
  if (block_.tls.present) {
    remote.tls.ca_file = block_.tls.ca_file.value_or("");
    remote.tls.certificate_file = block_.tls.certificate_file.value_or("");
    remote.tls.key_file = block_.tls.key_file.value_or("");
    remote.tls.insecure_skip_verify = block_.tls.insecure_skip_verify.value_or(false);
  } else if (is_otlp) {
    remote.tls.ca_file = otlp.certificate.value_or("");
    remote.tls.certificate_file = otlp.client_certificate.value_or("");
    remote.tls.key_file = otlp.client_key.value_or("");
  }
  return exporter;
}

std::optional<ExporterSettings> Chooser::block_otlp_http() const {
  EndpointDefaults defaults = kOtlpHttp;
  const bool secure = block_.otlp_http_secure.value_or(false);
  if (secure) defaults.scheme = "https";
  Endpoint endpoint;
  if (!complete("Endpoint", *block_.endpoint, defaults, endpoint)) return std::nullopt;
  if (block_.otlp_http_path && !block_.otlp_http_path->empty()) {
    const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
    if (std::any_of(block_.otlp_http_path->begin(), block_.otlp_http_path->end(), is_bad)) {
      findings_.fail(block_.endpoint_line, "OtlpHttpPath: has spaces or control characters in it");
      return std::nullopt;
    }
    endpoint.url = with_path(endpoint.url, *block_.otlp_http_path);
  }
  if (secure && endpoint.url.compare(0, 8, "https://") != 0) {
    findings_.warn(block_.endpoint_line, "Endpoint: its http:// outranks OtlpHttpSecure");
  }
  return remote(Kind::kOtlpHttp, endpoint.url);
}

std::optional<ExporterSettings> Chooser::jaeger(std::string_view name,
                                                std::string_view text) const {
  Endpoint endpoint;
  if (!complete(name, text, kJaeger, endpoint)) return std::nullopt;
  if (endpoint.url.compare(0, 6, "udp://") != 0) return remote(Kind::kJaegerHttp, endpoint.url);
  return remote(Kind::kJaegerUdp, endpoint.had_path
                                      ? endpoint.url
                                      : endpoint.url.substr(0, endpoint.url.rfind(kJaeger.path)));
}

std::optional<ExporterSettings> Chooser::from_block() const {
  const Batcher batcher = block_.batcher.value_or(Batcher::kOtlpGrpc);
  Endpoint endpoint;
  switch (batcher) {
    case Batcher::kOtlpGrpc:
      if (!complete("Endpoint", *block_.endpoint, kOtlpGrpc, endpoint)) return std::nullopt;
      return remote(Kind::kOtlpGrpc, endpoint.url);
    case Batcher::kOtlpHttp:
      return block_otlp_http();
    case Batcher::kZipkin:
      if (!complete("Endpoint", *block_.endpoint, kZipkin, endpoint)) return std::nullopt;
      return remote(Kind::kZipkin, endpoint.url);
    case Batcher::kJaeger:
      return jaeger("Endpoint", *block_.endpoint);
    case Batcher::kFile:
      break;
  }
  if (block_.endpoint->find('\0') != std::string::npos) {
    findings_.fail(block_.endpoint_line, "Endpoint: a path cannot have a zero byte");
    return std::nullopt;
  }
  ExporterSettings file;
  file.kind = Kind::kFile;
  file.file.path = *block_.endpoint;
  file.file.rotate_at = block_.rotate_size.value_or(0);
  file.file.keep = static_cast<int>(std::min<std::uint32_t>(
      block_.rotate_keep.value_or(static_cast<std::uint32_t>(file.file.keep)), 1000));
  return file;
}

OtelEnvironment::Protocol Chooser::environment_protocol() const {
  using Protocol = OtelEnvironment::Protocol;
  if (block_.batcher == Batcher::kOtlpGrpc) return Protocol::kGrpc;
  const Protocol said = environment_.otlp.protocol.value_or(Protocol::kHttpProtobuf);
  if (block_.batcher != Batcher::kOtlpHttp) return said;
  return said == Protocol::kGrpc ? Protocol::kHttpProtobuf : said;
}

std::optional<ExporterSettings> Chooser::environment_otlp() const {
  using Protocol = OtelEnvironment::Protocol;
  const auto& otlp = environment_.otlp;
  const Protocol protocol = environment_protocol();
  Endpoint endpoint;
  if (protocol == Protocol::kGrpc) {
    EndpointDefaults defaults = kOtlpGrpc;
    const auto& given = otlp.traces_endpoint ? otlp.traces_endpoint : otlp.base_endpoint;
    if (given && !otlp.insecure) defaults.scheme = "https";
    if (!complete("OTEL_EXPORTER_OTLP_ENDPOINT", given.value_or("localhost"), defaults, endpoint)) {
      return std::nullopt;
    }
    return remote(Kind::kOtlpGrpc, endpoint.url);
  }
  if (otlp.traces_endpoint) {
    EndpointDefaults as_it_is = kOtlpHttp;
    as_it_is.path = "/";
    if (!complete("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", *otlp.traces_endpoint, as_it_is,
                  endpoint)) {
      return std::nullopt;
    }
  } else {
    if (!complete("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.base_endpoint.value_or("localhost"),
                  kOtlpHttp, endpoint)) {
      return std::nullopt;
    }
    if (endpoint.had_path) endpoint.url = under_path(endpoint.url, kOtlpHttp.path);
  }
  ExporterSettings exporter = remote(Kind::kOtlpHttp, endpoint.url);
  if (protocol == Protocol::kHttpJson) exporter.encoding = trace::OtlpEncoding::kJson;
  return exporter;
}

std::optional<ExporterSettings> Chooser::environment_exporter(EnvironmentExporter exporter) const {
  Endpoint endpoint;
  switch (exporter) {
    case EnvironmentExporter::kOtlp:
      return environment_otlp();
    case EnvironmentExporter::kZipkin:
      if (!complete("OTEL_EXPORTER_ZIPKIN_ENDPOINT",
                    environment_.zipkin_endpoint.value_or("http://localhost:9411"), kZipkin,
                    endpoint)) {
        return std::nullopt;
      }
      return remote(Kind::kZipkin, endpoint.url);
    case EnvironmentExporter::kJaeger:
      if (!environment_.jaeger_endpoint && environment_.jaeger_agent_host) {
        const auto port = std::to_string(environment_.jaeger_agent_port.value_or(6831));
        std::string host = *environment_.jaeger_agent_host;
        if (host.find(':') != std::string::npos && host[0] != '[') host = "[" + host + "]";
        return jaeger("OTEL_EXPORTER_JAEGER_AGENT_HOST", "udp://" + host + ":" + port);
      }
      return jaeger("OTEL_EXPORTER_JAEGER_ENDPOINT",
                    environment_.jaeger_endpoint.value_or("http://localhost:14268"));
    case EnvironmentExporter::kConsole:
      break;
  }
  ExporterSettings console;
  console.kind = Kind::kFile;
  console.file.path = "-";
  return console;
}

std::vector<ExporterSettings> Chooser::from_environment() const {
  std::vector<EnvironmentExporter> wanted = {EnvironmentExporter::kOtlp};
  if (environment_.exporters) {
    wanted = *environment_.exporters;
  } else if (!environment_.otlp.base_endpoint && !environment_.otlp.traces_endpoint) {
    if (environment_.jaeger_endpoint || environment_.jaeger_agent_host) {
      wanted = {EnvironmentExporter::kJaeger};
    }
    if (environment_.zipkin_endpoint) wanted = {EnvironmentExporter::kZipkin};
  }
  std::vector<ExporterSettings> exporters;
  for (const EnvironmentExporter exporter : wanted) {
    if (auto made = environment_exporter(exporter)) exporters.push_back(std::move(*made));
  }
  return exporters;
}

// The block's; else the longest that a variable allows one of the exporters; else the processor's.
milliseconds choose_timeout(const TelemetryBlock& block, const OtelEnvironment& environment,
                            const Settings& settings) {
  milliseconds longest{0};
  for (const ExporterSettings& exporter : settings.exporters) {
    std::optional<milliseconds> own;
    if (exporter.kind == Kind::kOtlpGrpc || exporter.kind == Kind::kOtlpHttp) {
      own = environment.otlp.timeout;
    }
    if (exporter.kind == Kind::kZipkin) own = environment.zipkin_timeout;
    if (exporter.kind == Kind::kJaegerHttp) own = environment.jaeger_timeout;
    longest = std::max(longest, own.value_or(milliseconds(0)));
  }
  milliseconds chosen = settings.export_timeout;
  const auto set = [&](std::optional<milliseconds> timeout) {
    if (timeout && timeout->count() > 0) chosen = *timeout;
  };
  set(environment.export_timeout);
  set(longest);
  if (block.batch.timeout) set(std::chrono::ceil<milliseconds>(*block.batch.timeout));
  return chosen;
}

}  // namespace

void choose_exporters(const TelemetryBlock& block, const OtelEnvironment& environment,
                      Source source, Settings& settings, Findings& findings) {
  const Chooser chooser(block, environment, findings);
  if (block.endpoint && !block.endpoint->empty()) {
    if (auto exporter = chooser.from_block()) settings.exporters.push_back(std::move(*exporter));
  } else if (environment.names_exporter() || source == Source::kEnvironment) {
    settings.exporters = chooser.from_environment();
  } else {
    settings.start = block.present;
    settings.unsent = findings.origin + (block.present ? ": no Endpoint" : ": no Telemetry block") +
                      ", and no OTEL_* variable names an exporter or endpoint: " +
                      (block.present ? "spans have ids, nothing is sent" : "nothing is traced");
  }
  settings.export_timeout = choose_timeout(block, environment, settings);
}

}  // namespace cairn::telemetry
