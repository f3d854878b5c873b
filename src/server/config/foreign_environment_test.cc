// SPDX-License-Identifier: Apache-2.0
#include "server/config/foreign_environment.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/load.h"
#include "server/config/settings.h"

namespace cairn::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LoadedConfig load(std::map<std::string, std::string> environment) {
  return load_config(
      {.yaml = {}, .yaml_name = {}, .environment = std::move(environment), .flags = {}});
}

TEST(ForeignEnvironment, TakesThePlaceOfTheUsualAllInOne) {
  const LoadedConfig loaded = load({{"COLLECTOR_OTLP_ENABLED", "true"},
                                    {"COLLECTOR_ZIPKIN_HOST_PORT", ":9412"},
                                    {"SPAN_STORAGE_TYPE", "memory"},
                                    {"QUERY_BASE_PATH", "/jaeger"},
                                    {"LOG_LEVEL", "WARN"}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(loaded.alarms, IsEmpty());
  EXPECT_TRUE(loaded.config.otlp_grpc.enabled);
  EXPECT_EQ(loaded.config.zipkin_http.port, 9412);
  EXPECT_EQ(loaded.config.zipkin_http.listen, "");
  EXPECT_EQ(loaded.config.storage_engine, "memory");
  EXPECT_EQ(loaded.config.query.base_path, "/jaeger");
  EXPECT_EQ(loaded.config.log.level, LogLevel::kWarn);
}

TEST(ForeignEnvironment, AStoreThatIsNotSpokenToIsAnAlarmAndTheEmbeddedOneIsUsed) {
  for (const char* name : {"elasticsearch", "opensearch", "cassandra", "grpc"}) {
    const LoadedConfig loaded =
        load({{"SPAN_STORAGE_TYPE", name}, {"ES_SERVER_URLS", "http://es:9200"}});
    EXPECT_THAT(loaded.errors, IsEmpty());
    ASSERT_THAT(loaded.alarms, ElementsAre(HasSubstr(name)));
    EXPECT_THAT(loaded.warnings,
                ElementsAre("ES_SERVER_URLS has no effect: spans are kept in Cairn's own store"));
    EXPECT_EQ(loaded.config.storage_engine, "columnar");
  }
}

TEST(ForeignEnvironment, ReadsEveryFormOfHostAndPort) {
  const auto zipkin = [](const char* text) {
    return load({{"COLLECTOR_ZIPKIN_HOST_PORT", text}}).config.zipkin_http;
  };
  EXPECT_EQ(zipkin("9999").port, 9999);
  EXPECT_EQ(zipkin(":9999").port, 9999);
  EXPECT_EQ(zipkin("10.0.0.1:9999").listen, "10.0.0.1");
  EXPECT_EQ(zipkin("[::]:9999").listen, "::");
  EXPECT_EQ(zipkin("[::]:9999").port, 9999);
}

TEST(ForeignEnvironment, WarnsOnceByNameOfWhatHasNoEffect) {
  EXPECT_THAT(load({{"COLLECTOR_QUEUE_SIZE", "2000"}, {"CASSANDRA_KEYSPACE", "x"}}).warnings,
              ElementsAre(HasSubstr("CASSANDRA_KEYSPACE"), HasSubstr("COLLECTOR_QUEUE_SIZE")));
  EXPECT_THAT(load({{"COLLECTOR_ZIPKIN_HOST_PORT", "no port"}}).errors, IsEmpty());
  EXPECT_THAT(load({{"COLLECTOR_ZIPKIN_HOST_PORT", "no port"}}).warnings,
              ElementsAre(HasSubstr(
                  "COLLECTOR_ZIPKIN_HOST_PORT has no effect: receivers.zipkin.http.port")));
  EXPECT_THAT(load({{"COLLECTOR_OTLP_ENABLED", "perhaps"}}).warnings,
              ElementsAre("COLLECTOR_OTLP_ENABLED: 'perhaps' is not true or false"));
}

TEST(ForeignEnvironment, PassesOverWhatNobodyMeant) {
  EXPECT_THAT(load({{"QUERY_PORT", "tcp://10.0.0.1:80"},
                    {"QUERY_SERVICE_HOST", "10.0.0.1"},
                    {"COLLECTOR_PORT_80_TCP_ADDR", "10.0.0.1"},
                    {"COLLECTOR_ZIPKIN_HOST_PORT", ""},
                    {"HOME", "/"}})
                  .warnings,
              IsEmpty());
}

TEST(ForeignEnvironment, OurOwnWordsWin) {
  const LoadedConfig loaded =
      load_config({.yaml = "log: {level: debug}",
                   .yaml_name = "cairn.yaml",
                   .environment = {{"LOG_LEVEL", "error"},
                                   {"QUERY_PORT", "1"},
                                   {"CAIRN_RECEIVERS_ZIPKIN_HTTP_PORT", "2"}},
                   .flags = {}});
  EXPECT_EQ(loaded.config.log.level, LogLevel::kDebug);
  EXPECT_EQ(loaded.config.zipkin_http.port, 2);
}

TEST(ForeignEnvironment, SetsNothingThatIsNoSetting) {
  // Each variable with a text that most of them understand: load_config checks every key.
  std::map<std::string, std::string> all;
  for (const char* name : {"SPAN_STORAGE_TYPE",
                           "COLLECTOR_OTLP_GRPC_HOST_PORT",
                           "COLLECTOR_OTLP_HTTP_HOST_PORT",
                           "COLLECTOR_HTTP_SERVER_HOST_PORT",
                           "COLLECTOR_GRPC_SERVER_HOST_PORT",
                           "PROCESSOR_JAEGER_COMPACT_SERVER_HOST_PORT",
                           "PROCESSOR_JAEGER_BINARY_SERVER_HOST_PORT",
                           "PROCESSOR_ZIPKIN_COMPACT_SERVER_HOST_PORT",
                           "HTTP_SERVER_HOST_PORT",
                           "QUERY_HTTP_SERVER_HOST_PORT",
                           "ADMIN_HTTP_HOST_PORT",
                           "COLLECTOR_OTLP_HTTP_CORS_ALLOWED_ORIGINS",
                           "COLLECTOR_ZIPKIN_CORS_ALLOWED_HEADERS",
                           "SAMPLING_STRATEGIES_FILE",
                           "SAMPLING_TARGET_SAMPLES_PER_SECOND",
                           "SAMPLING_INITIAL_SAMPLING_PROBABILITY",
                           "SAMPLING_MIN_SAMPLING_PROBABILITY",
                           "SAMPLING_MIN_SAMPLES_PER_SECOND",
                           "QUERY_MAX_CLOCK_SKEW_ADJUSTMENT",
                           "KAFKA_CONSUMER_BROKERS",
                           "KAFKA_CONSUMER_TOPIC",
                           "KAFKA_CONSUMER_GROUP_ID",
                           "KAFKA_CONSUMER_ENCODING",
                           "KAFKA_CONSUMER_PLAINTEXT_USERNAME",
                           "KAFKA_CONSUMER_PLAINTEXT_PASSWORD",
                           "KAFKA_CONSUMER_PLAINTEXT_MECHANISM",
                           "KAFKA_CONSUMER_TLS_CA",
                           "KAFKA_CONSUMER_TLS_CERT",
                           "KAFKA_CONSUMER_TLS_KEY",
                           "KAFKA_PRODUCER_BROKERS",
                           "KAFKA_PRODUCER_TOPIC",
                           "KAFKA_PRODUCER_PLAINTEXT_USERNAME",
                           "KAFKA_PRODUCER_PLAINTEXT_PASSWORD",
                           "KAFKA_PRODUCER_PLAINTEXT_MECHANISM",
                           "KAFKA_PRODUCER_TLS_CA",
                           "KAFKA_PRODUCER_TLS_CERT",
                           "KAFKA_PRODUCER_TLS_KEY",
                           "MEM_MAX_SPANS",
                           "COLLECTOR_SAMPLE_RATE",
                           "COLLECTOR_HTTP_ENABLED",
                           "KAFKA_BOOTSTRAP_SERVERS",
                           "COLLECTOR_TAGS",
                           "BADGER_SPAN_STORE_TTL",
                           "JAEGER_LISTEN_HOST"}) {
    all[name] = "1";
  }
  all["KAFKA_CONSUMER_AUTHENTICATION"] = "tls";
  all["KAFKA_PRODUCER_AUTHENTICATION"] = "plaintext";
  all["SAMPLING_CONFIG_TYPE"] = "adaptive";
  for (const auto& [key, text, variable] : read_foreign_environment(all).settings) {
    EXPECT_NE(find_setting(key), nullptr) << key;
  }
  all["SPAN_STORAGE_TYPE"] = "kafka";
  for (const auto& [key, text, variable] : read_foreign_environment(all).settings) {
    EXPECT_NE(find_setting(key), nullptr) << key;
  }
}

TEST(ForeignEnvironment, EachVariableIsInThePageForPeople) {
  std::ifstream file(CAIRN_SOURCE_DIR "/docs/operations/migrating.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(page.empty());
  for (const std::string_view name : foreign_variables()) {
    EXPECT_NE(page.find("`" + std::string(name) + "`"), std::string::npos) << name;
  }
}

TEST(ForeignFlags, AreTheVariablesInOtherLetters) {
  EXPECT_EQ(foreign_flag("collector.zipkin.host-port"), "COLLECTOR_ZIPKIN_HOST_PORT");
  EXPECT_EQ(foreign_flag("memory.max-traces"), "MEMORY_MAX_TRACES");
  EXPECT_EQ(foreign_flag("no.such"), std::nullopt);
}

}  // namespace
}  // namespace cairn::server
