// SPDX-License-Identifier: Apache-2.0
//
// YAML in, settings or the error out. What go-zero accepts and refuses was tried with
// go-zero 1.10.3.
#include "sdk/telemetry/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/telemetry/telemetry_testing.h"

namespace cairn::telemetry {
namespace {

using namespace telemetry_testing;  // NOLINT(google-build-using-namespace): the tests' own words
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string settings_of(std::string_view yaml) {
  return settle(yaml).text;
}

// The settings of a block that sends to a collector and has one more line.
std::string with_line(const std::string& line) {
  return settings_of("Telemetry:\n  Endpoint: collector:4317\n  " + line + "\n");
}

TEST(Block, OfTeamgramReadsUnchanged) {
  const Outcome outcome = settle(R"(
Name: service.status
ListenOn: 127.0.0.1:20120
Etcd:
  Hosts:
    - etcd:2379
  Key: service.status
Log:
  Mode: console
Telemetry:
  Name: service.status
  Endpoint: jaeger:4317
  Sampler: 1.0
  Batcher: otlpgrpc
)");
  EXPECT_EQ(outcome.text,
            "resource.service.name = service.status\n"
            "sampler = 1\n"
            "exporter = otlpgrpc http://jaeger:4317\n");
  EXPECT_THAT(outcome.warnings, IsEmpty());
}

TEST(Block, OfLooklookReadsUnchangedButForJaegersAge) {
  const Outcome outcome = settle(R"(
Name: order-api
Host: 0.0.0.0
Port: 1001
Telemetry:
  Name: order-api
  Endpoint: http://jaeger:14268/api/traces
  Sampler: 1.0
  Batcher: jaeger
)");
  EXPECT_EQ(outcome.text,
            "resource.service.name = order-api\n"
            "sampler = 1\n"
            "exporter = jaeger http://jaeger:14268/api/traces\n");
  EXPECT_THAT(outcome.warnings, ElementsAre(HasSubstr("a.yaml:9: Batcher: jaeger is deprecated")));
}

TEST(Block, HasGoZerosDefaults) {
  EXPECT_EQ(
      settings_of("Telemetry:\n  Name: shop\n  Endpoint: localhost:4317\n"),
      "resource.service.name = shop\nsampler = 1\nexporter = otlpgrpc http://localhost:4317\n");
}

TEST(Block, WithoutAnEndpointMakesIdsOnly) {
  for (const char* endpoint : {"", "  Endpoint: \"\"\n", "  Endpoint:\n", "  Endpoint: ~\n"}) {
    EXPECT_EQ(settings_of(std::string("Telemetry:\n  Name: shop\n") + endpoint),
              "resource.service.name = shop\nsampler = 1\nexporter = none\n");
  }
}

TEST(Block, KeysAreMatchedWithoutRegardToCase) {
  EXPECT_EQ(
      settings_of("TELEMETRY:\n  name: shop\n  endPoint: a:1\n  SAMPLER: 0.5\n  batcher: "
                  "otlphttp\n"),
      "resource.service.name = shop\nsampler = 0.5\nexporter = otlphttp http://a:1/v1/traces\n");
}

TEST(Block, TakesTheLastOfTwoKeys) {
  EXPECT_THAT(with_line("endpoint: b:2"), HasSubstr("exporter = otlpgrpc http://b:2\n"));
}

TEST(Block, ReadsEveryFieldOfGoZero) {
  EXPECT_EQ(settings_of(R"(
Telemetry:
  Name: shop
  Endpoint: collector:4318
  Sampler: 0.25
  Batcher: otlphttp
  OtlpHeaders:
    uptrace-dsn: http://token@localhost:14317/2
    tenant: 7
  OtlpHttpPath: /otlp/v1/traces
  OtlpHttpSecure: true
  Disabled: false
)"),
            "resource.service.name = shop\n"
            "sampler = 0.25\n"
            "exporter = otlphttp https://collector:4318/otlp/v1/traces\n"
            "header = uptrace-dsn: ***\n"
            "header = tenant: ***\n");
}

TEST(Block, NamesTheServiceByTheFirstNameThereIs) {
  EXPECT_THAT(settings_of("Name: top\nTelemetry: {Name: own}\n"),
              HasSubstr("service.name = own\n"));
  EXPECT_THAT(settings_of("Name: top\nTelemetry: {Resource: {service.name: mine}}\n"),
              HasSubstr("service.name = mine\n"));
  EXPECT_THAT(settings_of("Name: top\nTelemetry: {Name: ''}\n"), HasSubstr("service.name = top\n"));
  EXPECT_THAT(settings_of("Name: 7\nTelemetry: {}\n"),
              HasSubstr("service.name = unknown_service:shopd\n"));
}

TEST(Block, UnderstandsEachFormOfEndpoint) {
  struct Case {
    const char* batcher;
    const char* endpoint;
    const char* exporter;
  };
  static constexpr Case kCases[] = {
      {"otlpgrpc", "h:4317", "otlpgrpc http://h:4317"},
      {"otlpgrpc", "h", "otlpgrpc http://h:4317"},
      {"otlpgrpc", "http://h:4317", "otlpgrpc http://h:4317"},
      {"otlpgrpc", "https://h:4317", "otlpgrpc https://h:4317"},
      {"otlphttp", "h:4318", "otlphttp http://h:4318/v1/traces"},
      {"otlphttp", "https://h", "otlphttp https://h/v1/traces"},
      {"otlphttp", "http://h:4318/otlp", "otlphttp http://h:4318/otlp"},
      {"zipkin", "http://h:9411/api/v2/spans", "zipkin http://h:9411/api/v2/spans"},
      {"zipkin", "h", "zipkin http://h:9411/api/v2/spans"},
      {"jaeger", "http://h:14268/api/traces", "jaeger http://h:14268/api/traces"},
      {"jaeger", "http://h:14268", "jaeger http://h:14268/api/traces"},
      {"jaeger", "udp://h:6831", "jaeger udp://h:6831"},
      {"file", "traces.jsonl", "file traces.jsonl"},
      {"file", "'-'", "file -"}};
  for (const Case& c : kCases) {
    EXPECT_THAT(settings_of(std::string("Telemetry:\n  Endpoint: ") + c.endpoint +
                            "\n  Batcher: " + c.batcher + "\n"),
                HasSubstr(std::string("exporter = ") + c.exporter + "\n"));
  }
}

TEST(Block, LetsOtlpHttpPathOutrankThePathOfTheEndpoint) {
  EXPECT_THAT(settings_of("Telemetry: {Endpoint: 'http://h:1/a', Batcher: otlphttp, OtlpHttpPath: "
                          "b/c}"),
              HasSubstr("exporter = otlphttp http://h:1/b/c\n"));
}

TEST(Block, RefusesWhatGoZeroRefusesWithTheLine) {
  struct Case {
    const char* line;
    const char* error;
  };
  static constexpr Case kCases[] = {
      {"Batcher: otlp",
       "a.yaml:3: Batcher: `otlp` is not one of zipkin, otlpgrpc, otlphttp, file, jaeger"},
      {"Batcher: OTLPGRPC",
       "a.yaml:3: Batcher: `OTLPGRPC` is not one of zipkin, otlpgrpc, otlphttp, file, jaeger"},
      {"Batcher: ",
       "a.yaml:3: Batcher: is empty; it can be zipkin, otlpgrpc, otlphttp, file, jaeger"},
      {"Name: 123", "a.yaml:3: Name: expected text, not `123` (quote it if it is meant)"},
      {"Name: true", "a.yaml:3: Name: expected text, not `true` (quote it if it is meant)"},
      {"Name: [a]", "a.yaml:3: Name: expected text"},
      {"Sampler: \"0.5\"", "a.yaml:3: Sampler: expected a number"},
      {"Sampler: true", "a.yaml:3: Sampler: expected a number, not `true`"},
      {"Sampler: .nan", "a.yaml:3: Sampler: expected a number, not `.nan`"},
      {"Disabled: 1", "a.yaml:3: Disabled: expected true or false, not `1`"},
      {"Disabled: \"true\"", "a.yaml:3: Disabled: expected true or false"},
      {"OtlpHeaders: x", "a.yaml:3: OtlpHeaders: expected a mapping"},
      {"OtlpHeaders: [a]", "a.yaml:3: OtlpHeaders: expected a mapping"},
      {"OtlpHeaders: {a: [1]}", "a.yaml:3: OtlpHeaders: expected text for each name"}};
  for (const Case& c : kCases) EXPECT_EQ(with_line(c.line), std::string("error: ") + c.error);
  EXPECT_EQ(settings_of("Telemetry: x\n"), "error: a.yaml:1: Telemetry: expected a mapping");
}

TEST(Block, RefusesPathsThatAreNotWhatTheyLookLike) {
  EXPECT_THAT(settle("Telemetry:\n  Batcher: file\n  Endpoint: \"spans\\0.jsonl\"\n").text,
              HasSubstr("error: a.yaml:3: Endpoint: a path cannot have a zero byte"));
  EXPECT_THAT(settle("Telemetry:\n  Batcher: otlphttp\n  Endpoint: h:1\n"
                     "  OtlpHttpPath: \"/v1\\r\\nX: y\"\n")
                  .text,
              HasSubstr("error: a.yaml:3: OtlpHttpPath: has spaces or control characters in it"));
}

TEST(Block, RefusesEndpointsThatCannotWorkWithTheLine) {
  EXPECT_EQ(settings_of("Telemetry:\n  Endpoint: 'a b'\n"),
            "error: a.yaml:2: Endpoint: the endpoint has spaces or control characters in it");
  EXPECT_EQ(settings_of("Telemetry:\n  Endpoint: unix:///x\n"),
            "error: a.yaml:2: Endpoint: `unix:///x` has a scheme that is not one of http https");
}

TEST(Block, WarnsOfUnknownKeysAndCorrectedValues) {
  EXPECT_THAT(
      settle("Telemetry:\n  Endpiont: x\n  Sampler: 5\n  Batch: {Dealy: 1s}\n").warnings,
      testing::UnorderedElementsAre("a.yaml:2: Endpiont: unknown key, ignored",
                                    "a.yaml:3: Sampler: is outside 0 to 1, taken as 1 (all)",
                                    "a.yaml:4: Batch.Dealy: unknown key, ignored"));
  EXPECT_THAT(with_line("Sampler: -1"), HasSubstr("sampler = 0\n"));
}

TEST(Block, ReadsYesAndNoAsGoZeroDoes) {
  for (const char* yes : {"true", "yes", "on", "y", "True", "ON"}) {
    EXPECT_THAT(with_line(std::string("Disabled: ") + yes), HasSubstr("start = false\n"));
  }
  for (const char* no : {"false", "no", "off", "n"}) {
    EXPECT_THAT(with_line(std::string("Disabled: ") + no), testing::Not(HasSubstr("start")));
  }
}

TEST(Block, ReadsEveryKeyOfOurOwn) {
  const Outcome outcome = settle(R"(
Name: shop
Telemetry:
  Endpoint: collector
  Batcher: otlphttp
  Batch: {BufferSize: 4MiB, Delay: 200ms, Timeout: 3s, Size: 64KiB}
  Tls: {CaFile: ca.pem, CertFile: me.pem, KeyFile: me.key, InsecureSkipVerify: true}
  Resource: {deployment.environment: test, version: 1.2}
  Limits: {Attributes: 1, Events: 2, Links: 3, AttributesPerEvent: 4, AttributesPerLink: 5,
           ValueSize: 1KiB, SpanSize: 8KiB, OpenSpans: 100}
  Propagators: [b3, tracecontext, b3]
  RateLimit: 50
  IgnorePaths: [/health, /metrics]
  Semconv: stable
  MessageEvents: false
  Compression: gzip
  Protocol: json
  Rules:
    - {Name: 'GET /health*', Kind: server, Sampler: 0}
    - {Attribute: http.target, Value: '/internal/*', RateLimit: 1.5}
  Sampling: {Remote: 'http://jaeger:5778', Interval: 10s}
)");
  EXPECT_EQ(outcome.text,
            "resource.service.name = shop\n"
            "resource.deployment.environment = test\n"
            "resource.version = 1.2\n"
            "sampler = 1\n"
            "sampler.rate_limit = 50\n"
            "sampler.remote = http://jaeger:5778/sampling\n"
            "sampler.remote_interval = 10000ms\n"
            "sampler.rule = name:GET /health* kind:2 : ratio:0.000000\n"
            "sampler.rule = name: kind:0 http.target:/internal/* ratio:1.000000 "
            "rate_limit:1.500000\n"
            "exporter = otlphttp https://collector:4318/v1/traces json gzip\n"
            "tls.ca_file = ca.pem\n"
            "tls.certificate_file = me.pem\n"
            "tls.key_file = me.key\n"
            "tls.insecure_skip_verify = true\n"
            "limits.attributes = 1\n"
            "limits.events = 2\n"
            "limits.links = 3\n"
            "limits.attributes_per_event = 4\n"
            "limits.attributes_per_link = 5\n"
            "limits.value_size = 1024\n"
            "limits.span_size = 8192\n"
            "open_spans = 100\n"
            "buffer_size = 4194304\n"
            "batch_size = 65536\n"
            "delay = 200ms\n"
            "export_timeout = 3000ms\n"
            "propagators = b3,tracecontext\n"
            "semconv = stable\n"
            "message_events = false\n"
            "ignore_path = /health\n"
            "ignore_path = /metrics\n");
  EXPECT_THAT(outcome.warnings, IsEmpty());
}

TEST(Block, ReadsTheRotationOfFiles) {
  EXPECT_EQ(settings_of("Telemetry: {Name: a, Endpoint: t.jsonl, Batcher: file, RotateSize: 64MiB, "
                        "RotateKeep: 2}"),
            "resource.service.name = a\nsampler = 1\nexporter = file t.jsonl\n"
            "rotate_size = 67108864\nrotate_keep = 2\n");
}

TEST(Block, RefusesWrongValuesOfOurOwnKeysWithTheLine) {
  struct Case {
    const char* line;
    const char* error;
  };
  static constexpr Case kCases[] = {
      {"Batch: {Delay: 5}",
       "a.yaml:3: Batch.Delay: expected a duration such as 5s or 100ms, not `5`"},
      {"Batch: {Size: big}",
       "a.yaml:3: Batch.Size: expected a size such as 65536, 64KiB or 16MiB, not `big`"},
      {"Batch: 7", "a.yaml:3: Batch: expected a mapping"},
      {"Limits: {Attributes: -1}",
       "a.yaml:3: Limits.Attributes: expected a whole number, not `-1`"},
      {"Semconv: new", "a.yaml:3: Semconv: `new` is not one of gozero, stable"},
      {"Compression: zstd", "a.yaml:3: Compression: `zstd` is not one of none, gzip"},
      {"Protocol: thrift", "a.yaml:3: Protocol: `thrift` is not one of protobuf, json"},
      {"Rules: {}", "a.yaml:3: Rules: expected a list of mappings"},
      {"Rules: [x]", "a.yaml:3: Rules[0]: expected a mapping"},
      {"Rules: [{Kind: clerk}]",
       "a.yaml:3: Rules[0].Kind: `clerk` is not one of internal, server, "
       "client, producer, consumer"},
      {"Rules: [{Value: x}]", "a.yaml:3: Rules[0].Value: needs an Attribute"},
      {"RateLimit: -1", "a.yaml:3: RateLimit: expected a number of traces a second, from 0"},
      {"Propagators: [w3c]",
       "Propagators: `w3c` is not one of tracecontext, baggage, b3, b3multi, "
       "jaeger, none"},
      {"Sampling: {Remote: 'ftp://h'}",
       "Sampling.Remote: `ftp://h` has a scheme that is not one of http https"}};
  for (const Case& c : kCases) EXPECT_EQ(with_line(c.line), std::string("error: ") + c.error);
}

TEST(Block, CanSwitchPropagationOff) {
  EXPECT_THAT(with_line("Propagators: none"), HasSubstr("propagators = none\n"));
  EXPECT_THAT(with_line("Propagators: []"), HasSubstr("propagators = none\n"));
}

TEST(Block, TurnsTlsOnForEndpointsWithoutAScheme) {
  EXPECT_THAT(with_line("Tls: {}"), HasSubstr("exporter = otlpgrpc https://collector:4317\n"));
  EXPECT_THAT(settle("Telemetry:\n  Endpoint: http://h:1\n  Tls: {}\n").warnings,
              ElementsAre("a.yaml:2: Endpoint: is not https, so Tls does nothing"));
}

TEST(Block, ThatIsDisabledIsNotAskedWhereItSends) {
  EXPECT_THAT(settings_of("Telemetry: {Disabled: true, Endpoint: 'a b'}"),
              HasSubstr("start = false\n"));
}

TEST(Block, ThatIsMissingOrEmptyStartsNothing) {
  for (const char* yaml : {"", "Name: shop\n", "# nothing\n", "Telemetry:\n"}) {
    EXPECT_THAT(settings_of(yaml), HasSubstr("start = false\n")) << yaml;
  }
  EXPECT_THAT(settle("Telemetry:\n").warnings,
              ElementsAre("a.yaml:1: Telemetry: is empty, taken as absent"));
}

TEST(Block, IsRefusedWhenTheFileIsNoYaml) {
  EXPECT_THAT(settings_of("Telemetry:\n\t- x: [\n"), HasSubstr("error: a.yaml:2: "));
  EXPECT_EQ(settings_of("- a\n"), "error: a.yaml:1: expected a mapping");
  EXPECT_EQ(settings_of(std::string(kMaxFileSize + 1, ' ')), "error: a.yaml:1: larger than 1 MiB");
  EXPECT_THAT(settings_of(std::string(100'000, '[')), HasSubstr("error: a.yaml:"));
  EXPECT_THAT(settings_of("Telemetry: *nobody\n"), HasSubstr("error: a.yaml:1: "));
}

TEST(Block, IsNotHeldUpByAliases) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    yaml +=
        "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + ", " + last + "]\n";
  }
  EXPECT_THAT(settings_of(yaml + "Telemetry: {Propagators: *a39}\n"), HasSubstr("error: "));
}

TEST(File, ThatCannotBeReadIsAnErrorWithItsName) {
  Findings findings;
  EXPECT_EQ(read_file("/nowhere/shop.yaml", findings), "");
  EXPECT_EQ(findings.error, "/nowhere/shop.yaml: No such file or directory");
}

}  // namespace
}  // namespace cairn::telemetry
