// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/telemetry/telemetry_testing.h"

namespace cairn::telemetry {
namespace {

using namespace telemetry_testing;  // NOLINT(google-build-using-namespace): the tests' own words
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// start_from_environment().
Outcome alone(const Environment& environment) {
  return settle("", environment, Source::kEnvironment);
}
// A file with an empty block.
std::string beside_block(const Environment& environment, const std::string& block = "Name: a") {
  return settle("Telemetry: {" + block + "}", environment).text;
}

TEST(OtelEnvironment, ThatIsEmptySendsToTheDefaultOnlyWhenAskedForItself) {
  EXPECT_EQ(alone({}).text,
            "resource.service.name = unknown_service:shopd\nsampler = 1\n"
            "exporter = otlphttp http://localhost:4318/v1/traces\n");
  EXPECT_THAT(settle("Name: shop\n").text, HasSubstr("start = false\n"));
  EXPECT_THAT(settle("Name: shop\n", {{"OTEL_SERVICE_NAME", "x"}}).text,
              HasSubstr("start = false\n"));
}

TEST(OtelEnvironment, StartsAFileWithoutABlockWhenItNamesAnExporterOrEndpoint) {
  EXPECT_EQ(settle("Name: shop\n", {{"OTEL_TRACES_EXPORTER", "otlp"}}).text,
            "resource.service.name = shop\nsampler = 1\n"
            "exporter = otlphttp http://localhost:4318/v1/traces\n");
  EXPECT_THAT(settle("", {{"OTEL_EXPORTER_ZIPKIN_ENDPOINT", "http://z:9411"}}).text,
              HasSubstr("exporter = zipkin http://z:9411/api/v2/spans\n"));
}

TEST(OtelEnvironment, FillsWhatTheBlockLeavesOut) {
  const Environment environment = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://env:4318"},
                                   {"OTEL_TRACES_SAMPLER", "traceidratio"},
                                   {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                                   {"OTEL_SERVICE_NAME", "env"},
                                   {"OTEL_BSP_SCHEDULE_DELAY", "300"},
                                   {"OTEL_PROPAGATORS", "b3"}};
  EXPECT_EQ(settle("Telemetry: {}", environment).text,
            "resource.service.name = env\nsampler = 0.25\nsampler.parent_based = false\n"
            "exporter = otlphttp http://env:4318/v1/traces\ndelay = 300ms\npropagators = b3\n");
  EXPECT_EQ(settle("Telemetry: {Name: own, Endpoint: 'own:4317', Sampler: 0.5, Batch: {Delay: 1s}, "
                   "Propagators: [tracecontext, baggage]}",
                   environment)
                .text,
            "resource.service.name = own\nsampler = 0.5\nexporter = otlpgrpc http://own:4317\n");
}

TEST(OtelEnvironment, LeavesTheProtocolToTheBatcher) {
  const Environment endpoint = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://env:1"}};
  EXPECT_THAT(beside_block(endpoint, "Batcher: otlpgrpc"),
              HasSubstr("exporter = otlpgrpc http://env:1\n"));
  EXPECT_THAT(beside_block(endpoint, "Batcher: otlphttp"),
              HasSubstr("exporter = otlphttp http://env:1/v1/traces\n"));
}

TEST(OtelEnvironment, NamesTheServiceAndTheResource) {
  EXPECT_THAT(alone({{"OTEL_RESOURCE_ATTRIBUTES",
                      "service.name=r,deployment.environment=a%20b%2Cc , empty=,k8s=x"}})
                  .text,
              HasSubstr("resource.service.name = r\nresource.deployment.environment = a b,c\n"
                        "resource.empty = \nresource.k8s = x\n"));
  EXPECT_THAT(
      alone({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=r"}, {"OTEL_SERVICE_NAME", "s"}}).text,
      HasSubstr("resource.service.name = s\n"));
  EXPECT_THAT(settle("Name: file\nTelemetry: {Resource: {a: block}}",
                     {{"OTEL_RESOURCE_ATTRIBUTES", "a=env,b=env"}, {"OTEL_SERVICE_NAME", "s"}})
                  .text,
              HasSubstr("resource.service.name = file\nresource.a = block\nresource.b = env\n"));
}

TEST(OtelEnvironment, IgnoresAMalformedResourceAsAWhole) {
  for (const char* bad : {"a=1,b", "a=1,b=%zz", "=1"}) {
    const Outcome outcome = alone({{"OTEL_RESOURCE_ATTRIBUTES", bad}});
    EXPECT_THAT(outcome.text, Not(HasSubstr("resource.a"))) << bad;
    EXPECT_THAT(outcome.warnings, ElementsAre("OTEL_RESOURCE_ATTRIBUTES: malformed, ignored"));
  }
}

TEST(OtelEnvironment, ChoosesTheSampler) {
  struct Case {
    const char* name;
    const char* argument;
    const char* lines;
  };
  static constexpr Case kCases[] = {
      {"always_on", "", "sampler = 1\nsampler.parent_based = false\nexporter"},
      {"always_off", "", "sampler = 0\nsampler.parent_based = false\nexporter"},
      {"parentbased_always_on", "", "sampler = 1\nexporter"},
      {"parentbased_always_off", "", "sampler = 0\nexporter"},
      {"traceidratio", "0.1", "sampler = 0.1\nsampler.parent_based = false\nexporter"},
      {"parentbased_traceidratio", "0.1", "sampler = 0.1\nexporter"},
      {"parentbased_traceidratio", "", "sampler = 1\nexporter"},
      {"parentbased_jaeger_remote",
       "endpoint=http://j:5778,pollingIntervalMs=5000,initialSamplingRate=0.25",
       "sampler = 0.25\nsampler.remote = http://j:5778/sampling\n"
       "sampler.remote_interval = 5000ms\nexporter"},
      {"jaeger_remote", "",
       "sampler = 0.001\nsampler.parent_based = false\n"
       "sampler.remote = http://localhost:5778/sampling\nsampler.remote_interval = "
       "60000ms\nexporter"}};
  for (const Case& c : kCases) {
    const Outcome outcome =
        alone({{"OTEL_TRACES_SAMPLER", c.name}, {"OTEL_TRACES_SAMPLER_ARG", c.argument}});
    EXPECT_THAT(outcome.text, HasSubstr(c.lines)) << c.name;
    EXPECT_THAT(outcome.warnings, IsEmpty()) << c.name;
  }
}

TEST(OtelEnvironment, WarnsOfSamplersItDoesNotKnowAndKeepsTheDefault) {
  EXPECT_THAT(alone({{"OTEL_TRACES_SAMPLER", "xray"}}).warnings,
              ElementsAre("OTEL_TRACES_SAMPLER: `xray` is not a known sampler, ignored"));
  for (const char* bad : {"1.5", "-1", "x"}) {
    const Outcome outcome = alone(
        {{"OTEL_TRACES_SAMPLER", "parentbased_traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", bad}});
    EXPECT_THAT(outcome.text, HasSubstr("sampler = 1\n"));
    EXPECT_THAT(outcome.warnings,
                ElementsAre(HasSubstr("OTEL_TRACES_SAMPLER_ARG: `" + std::string(bad) + "`")));
  }
  EXPECT_THAT(alone({{"OTEL_TRACES_SAMPLER", "jaeger_remote"},
                     {"OTEL_TRACES_SAMPLER_ARG", "endpoint=http://j,speed=9"}})
                  .warnings,
              ElementsAre(HasSubstr("`speed=9`")));
}

TEST(OtelEnvironment, TakesEmptyForUnsetAndOnlyTrueForTrue) {
  EXPECT_THAT(alone({{"OTEL_SERVICE_NAME", ""}, {"OTEL_SDK_DISABLED", " "}}).text,
              HasSubstr("service.name = unknown_service:shopd\n"));
  EXPECT_THAT(alone({{"OTEL_SDK_DISABLED", "TRUE"}}).text, HasSubstr("start = false\n"));
  EXPECT_THAT(alone({{"OTEL_SDK_DISABLED", "1"}}).text, Not(HasSubstr("start")));
  EXPECT_THAT(alone({{"OTEL_SDK_DISABLED", "1"}}).warnings,
              ElementsAre("OTEL_SDK_DISABLED: `1` is neither true nor false, ignored"));
  EXPECT_THAT(settle("Telemetry: {Disabled: false}", {{"OTEL_SDK_DISABLED", "true"}}).text,
              HasSubstr("start = false\n"));
}

TEST(OtelEnvironment, WarnsOfBadNumbersAndIgnoresThem) {
  const Outcome outcome = alone({{"OTEL_BSP_SCHEDULE_DELAY", "soon"},
                                 {"OTEL_SPAN_EVENT_COUNT_LIMIT", "-1"},
                                 {"OTEL_SPAN_LINK_COUNT_LIMIT", "99999999999"}});
  EXPECT_THAT(outcome.text, Not(HasSubstr("delay")));
  EXPECT_THAT(outcome.text, Not(HasSubstr("limits")));
  EXPECT_EQ(outcome.warnings.size(), 3U);
  EXPECT_THAT(outcome.warnings,
              testing::Contains("OTEL_BSP_SCHEDULE_DELAY: `soon` is not a whole number, ignored"));
}

TEST(OtelEnvironment, SetsLimitsAndTheBatch) {
  EXPECT_THAT(alone({{"OTEL_ATTRIBUTE_COUNT_LIMIT", "7"},
                     {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "100"},
                     {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "8"},
                     {"OTEL_SPAN_EVENT_COUNT_LIMIT", "2"},
                     {"OTEL_SPAN_LINK_COUNT_LIMIT", "3"},
                     {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "4"},
                     {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "5"},
                     {"OTEL_BSP_MAX_QUEUE_SIZE", "2048"},
                     {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "256"},
                     {"OTEL_BSP_EXPORT_TIMEOUT", "30000"}})
                  .text,
              HasSubstr("limits.attributes = 8\nlimits.events = 2\nlimits.links = 3\n"
                        "limits.attributes_per_event = 4\nlimits.attributes_per_link = 5\n"
                        "limits.value_size = 100\nbuffer_size = 1048576\nbatch_size = 131072\n"
                        "export_timeout = 30000ms\n"));
}

TEST(OtelEnvironment, ChoosesPropagators) {
  EXPECT_THAT(alone({{"OTEL_PROPAGATORS", "b3, b3multi,jaeger,b3"}}).text,
              HasSubstr("propagators = b3,b3multi,jaeger\n"));
  EXPECT_THAT(alone({{"OTEL_PROPAGATORS", "none"}}).text, HasSubstr("propagators = none\n"));
  EXPECT_THAT(alone({{"OTEL_PROPAGATORS", "xray,baggage"}}).warnings,
              ElementsAre("OTEL_PROPAGATORS: `xray` is not a known propagator, ignored"));
}

// As if it had not been set: contexts are passed on as they would be by default.
TEST(OtelEnvironment, KeepsTheDefaultWhenItKnowsNoneOfThePropagators) {
  const Outcome outcome = alone({{"OTEL_PROPAGATORS", "xray,ottrace"}});
  EXPECT_THAT(outcome.text, Not(HasSubstr("propagators")));
  EXPECT_EQ(outcome.warnings.size(), 2U);
}

TEST(OtelEnvironment, SaysHowMuchIsLogged) {
  EXPECT_THAT(alone({{"OTEL_LOG_LEVEL", "error"}}).text, HasSubstr("log_level = error\n"));
  EXPECT_THAT(alone({{"OTEL_LOG_LEVEL", "WARN"}}).text, HasSubstr("log_level = warn\n"));
  EXPECT_THAT(alone({{"OTEL_LOG_LEVEL", "none"}}).text, HasSubstr("log_level = none\n"));
  EXPECT_THAT(alone({{"OTEL_LOG_LEVEL", "debug"}}).text, Not(HasSubstr("log_level")));
  const Outcome outcome = alone({{"OTEL_LOG_LEVEL", "loud"}});
  EXPECT_THAT(outcome.text, Not(HasSubstr("log_level")));
  EXPECT_THAT(outcome.warnings, ElementsAre("OTEL_LOG_LEVEL: `loud` is not known, ignored"));
}

TEST(OtelEnvironment, WarnsOfAConfigurationFileThatItDoesNotRead) {
  EXPECT_THAT(alone({{"OTEL_CONFIG_FILE", "sdk.yaml"}}).warnings,
              ElementsAre("OTEL_CONFIG_FILE: `sdk.yaml` is not read here, ignored"));
}

TEST(OtelEnvironment, GivesEachExporterItsTime) {
  const Environment times = {{"OTEL_EXPORTER_OTLP_TIMEOUT", "1000"},
                             {"OTEL_EXPORTER_ZIPKIN_TIMEOUT", "2000"},
                             {"OTEL_EXPORTER_JAEGER_TIMEOUT", "3000"},
                             {"OTEL_BSP_EXPORT_TIMEOUT", "4000"}};
  const auto timeout_of = [&](const char* exporters) {
    Environment environment = times;
    environment["OTEL_TRACES_EXPORTER"] = exporters;
    const std::string text = alone(environment).text;
    return text.substr(text.find("export_timeout"));
  };
  EXPECT_EQ(timeout_of("otlp"), "export_timeout = 1000ms\n");
  EXPECT_EQ(timeout_of("zipkin"), "export_timeout = 2000ms\n");
  EXPECT_EQ(timeout_of("jaeger"), "export_timeout = 3000ms\n");
  EXPECT_EQ(timeout_of("zipkin,otlp"), "export_timeout = 2000ms\n");
  EXPECT_EQ(timeout_of("console"), "export_timeout = 4000ms\n");
}

TEST(OtelEnvironment, SendsToAnAgentByItsAddress) {
  const auto agent = [](const char* host, const char* port) {
    return alone(
        {{"OTEL_EXPORTER_JAEGER_AGENT_HOST", host}, {"OTEL_EXPORTER_JAEGER_AGENT_PORT", port}});
  };
  EXPECT_THAT(agent("::1", "7").text, HasSubstr("exporter = jaeger udp://[::1]:7\n"));
  EXPECT_THAT(agent("[::1]", "").text, HasSubstr("exporter = jaeger udp://[::1]:6831\n"));
  for (const char* port : {"0", "65536", "-1", "x"}) {
    const Outcome outcome = agent("h", port);
    EXPECT_THAT(outcome.text, HasSubstr("exporter = jaeger udp://h:6831\n"));
    EXPECT_THAT(outcome.warnings, ElementsAre(HasSubstr("OTEL_EXPORTER_JAEGER_AGENT_PORT: `")));
  }
}

TEST(OtelEnvironment, LeavesOutHeadersThatNoRequestCanHave) {
  const Outcome outcome = alone({{"OTEL_EXPORTER_OTLP_HEADERS",
                                  "api-key=1,a b=secret,x=%0d%0aY: secret,Content-Type=secret"}});
  EXPECT_THAT(outcome.text, HasSubstr("header = api-key: ***\n"));
  EXPECT_THAT(outcome.text, Not(HasSubstr("header = x")));
  EXPECT_EQ(outcome.warnings.size(), 3U);
  EXPECT_THAT(outcome.warnings, testing::Each(Not(HasSubstr("secret"))));
}

TEST(OtelEnvironment, FallsBackToTheGeneralChoiceAndNamesTheWrongOne) {
  const Outcome outcome = alone({{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "smoke"},
                                 {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                 {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zip"},
                                 {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}});
  EXPECT_THAT(outcome.text, HasSubstr("exporter = otlpgrpc http://localhost:4317 gzip\n"));
  EXPECT_THAT(outcome.warnings,
              ElementsAre("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: `smoke` is not known, ignored",
                          "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: `zip` is not known, ignored"));
}

TEST(OtelEnvironment, TakesNoQueueWithoutRoom) {
  const Outcome outcome =
      alone({{"OTEL_BSP_MAX_QUEUE_SIZE", "0"}, {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"}});
  EXPECT_THAT(outcome.text, Not(HasSubstr("_size")));
  EXPECT_EQ(outcome.warnings.size(), 2U);
}

TEST(OtelEnvironment, ChoosesExporters) {
  struct Case {
    Environment environment;
    const char* exporters;
  };
  const Case cases[] = {
      {{{"OTEL_TRACES_EXPORTER", "none"}}, "exporter = none\n"},
      {{{"OTEL_TRACES_EXPORTER", "console"}}, "exporter = file -\n"},
      {{{"OTEL_TRACES_EXPORTER", "zipkin"}},
       "exporter = zipkin http://localhost:9411/api/v2/spans\n"},
      {{{"OTEL_TRACES_EXPORTER", "jaeger"}},
       "exporter = jaeger http://localhost:14268/api/traces\n"},
      {{{"OTEL_TRACES_EXPORTER", "jaeger"}, {"OTEL_EXPORTER_JAEGER_AGENT_HOST", "agent"}},
       "exporter = jaeger udp://agent:6831\n"},
      {{{"OTEL_TRACES_EXPORTER", "otlp,zipkin"}},
       "exporter = otlphttp http://localhost:4318/v1/traces\n"
       "exporter = zipkin http://localhost:9411/api/v2/spans\n"},
      {{{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}, "exporter = otlpgrpc http://localhost:4317\n"},
      {{{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}},
       "exporter = otlphttp http://localhost:4318/v1/traces json\n"}};
  for (const Case& c : cases) EXPECT_THAT(alone(c.environment).text, HasSubstr(c.exporters));
}

TEST(OtelEnvironment, AddsThePathToTheBaseEndpointOnly) {
  struct Case {
    const char* variable;
    const char* endpoint;
    const char* url;
  };
  static constexpr Case kCases[] = {
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318", "http://h:4318/v1/traces\n"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318/", "http://h:4318/v1/traces\n"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "https://h/otlp", "https://h/otlp/v1/traces\n"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "https://h/otlp/", "https://h/otlp/v1/traces\n"},
      {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://h:4318/mine", "http://h:4318/mine\n"},
      {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://h:4318", "http://h:4318/\n"}};
  for (const Case& c : kCases) {
    EXPECT_THAT(alone({{c.variable, c.endpoint}}).text, HasSubstr(c.url)) << c.endpoint;
  }
}

TEST(OtelEnvironment, PrefersWhatIsForTraces) {
  EXPECT_EQ(alone({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1"},
                   {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:1/x"},
                   {"OTEL_EXPORTER_OTLP_HEADERS", "all=1"},
                   {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "authorization=Bearer%20x"},
                   {"OTEL_EXPORTER_OTLP_TIMEOUT", "1000"},
                   {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"},
                   {"OTEL_EXPORTER_OTLP_COMPRESSION", "none"},
                   {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"},
                   {"OTEL_EXPORTER_OTLP_CERTIFICATE", "all.pem"},
                   {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "traces.pem"},
                   {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "me.pem"},
                   {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "me.key"}})
                .text,
            "resource.service.name = unknown_service:shopd\nsampler = 1\n"
            "exporter = otlphttp http://traces:1/x gzip\nheader = authorization: ***\n"
            "tls.ca_file = traces.pem\ntls.certificate_file = me.pem\ntls.key_file = me.key\n"
            "export_timeout = 2000ms\n");
}

TEST(OtelEnvironment, AsksForTlsOverGrpcUnlessTheSchemeOrInsecureSaysNo) {
  const auto exporter = [](const char* endpoint, const char* insecure) {
    return alone({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                  {"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint},
                  {"OTEL_EXPORTER_OTLP_INSECURE", insecure}})
        .text;
  };
  EXPECT_THAT(exporter("h:4317", ""), HasSubstr("otlpgrpc https://h:4317\n"));
  EXPECT_THAT(exporter("h:4317", "true"), HasSubstr("otlpgrpc http://h:4317\n"));
  EXPECT_THAT(exporter("http://h:4317", "false"), HasSubstr("otlpgrpc http://h:4317\n"));
}

TEST(OtelEnvironment, ThatNamesABadEndpointIsAnError) {
  EXPECT_EQ(alone({{"OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://h"}}).text,
            "error: OTEL_EXPORTER_OTLP_ENDPOINT: `ftp://h` has a scheme that is not one of http "
            "https");
}

}  // namespace
}  // namespace cairn::telemetry
