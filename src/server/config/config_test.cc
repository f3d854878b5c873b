// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/load.h"
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LoadedConfig load_yaml(std::string yaml) {
  return load_config(
      {.yaml = std::move(yaml), .yaml_name = "cairn.yaml", .environment = {}, .flags = {}});
}

TEST(ConfigTest, NothingSetMeansTheDefaults) {
  const LoadedConfig loaded = load_config({});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_EQ(loaded.config.listen, "127.0.0.1");
  EXPECT_EQ(loaded.config.otlp_grpc.port, 4317);
}

TEST(ConfigTest, FlagsBeatTheEnvironmentWhichBeatsTheFile) {
  const LoadedConfig loaded = load_config(
      {.yaml = "receivers: {otlp: {grpc: {port: 1}, http: {port: 1}}}\nquery: {http: {port: 1}}",
       .yaml_name = "cairn.yaml",
       .environment = {{"CAIRN_RECEIVERS_OTLP_HTTP_PORT", "2"}, {"CAIRN_QUERY_HTTP_PORT", "2"}},
       .flags = {{"query.http.port", "3"}}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.otlp_grpc.port, 1);
  EXPECT_EQ(loaded.config.otlp_http.port, 2);
  EXPECT_EQ(loaded.config.query.http.port, 3);
}

TEST(ConfigTest, EveryProblemIsNamedWithItsLine) {
  const LoadedConfig loaded = load_yaml(
      "log:\n"
      "  level: loud\n"
      "receivers:\n"
      "  otlp:\n"
      "    grpc:\n"
      "      prot: 4317\n"
      "    http: 4318\n"
      "net:\n"
      "  body_bytes: lots\n"
      "  body_bytes: 1MiB\n");
  EXPECT_THAT(
      loaded.errors,
      ElementsAre(
          "cairn.yaml:2: log.level: log level 'loud' is not one of debug, info, warn, error, off",
          "cairn.yaml:6: unknown key 'receivers.otlp.grpc.prot', did you mean "
          "'receivers.otlp.grpc.port'?",
          "cairn.yaml:7: 'receivers.otlp.http' is a group of settings, not a value",
          "cairn.yaml:9: net.body_bytes: 'lots' is not a size like 512KiB, 20MiB or 1048576",
          "cairn.yaml:10: 'net.body_bytes' is set twice"));
}

TEST(ConfigTest, BrokenYamlIsAnErrorWithALine) {
  const LoadedConfig loaded = load_yaml("a: [1\nb: 2\n");
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_TRUE(loaded.errors[0].starts_with("cairn.yaml:")) << loaded.errors[0];
}

TEST(ConfigTest, AnUnknownVariableIsOnlyAWarning) {
  const LoadedConfig loaded = load_config({.yaml = {},
                                           .yaml_name = {},
                                           .environment = {{"CAIRN_NO_SUCH", "1"}, {"HOME", "/"}},
                                           .flags = {}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.warnings,
              ElementsAre("environment variable CAIRN_NO_SUCH is no setting and is ignored"));
}

TEST(ConfigTest, ListsAreSequencesOrCommaSeparated) {
  const LoadedConfig loaded =
      load_config({.yaml = "query: {cors: {allowed_origins: [\"https://a.example\", \"*\"]}}",
                   .yaml_name = "cairn.yaml",
                   .environment = {{"CAIRN_RECEIVERS_OTLP_HTTP_CORS_ALLOWED_ORIGINS", "x, y"}},
                   .flags = {}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.config.query.cors.allowed_origins, ElementsAre("https://a.example", "*"));
  EXPECT_THAT(loaded.config.otlp_cors.allowed_origins, ElementsAre("x", "y"));
}

TEST(ConfigTest, ItemsOfListsMayHoldCommas) {
  const std::vector<std::string> items = {"redact /a{1,3}/", "drop b"};
  EXPECT_EQ(parse_list(list_text(items)).value(), items);
  EXPECT_EQ(parse_list(list_text({"one, alone"})).value(),
            (std::vector<std::string>{"one, alone"}));
  EXPECT_THAT(
      load_yaml("query: {cors: {allowed_origins: [\"a,b\"]}}").config.query.cors.allowed_origins,
      ElementsAre("a,b"));
}

TEST(ConfigTest, WhatIsPrintedReadsBackEqual) {
  LoadedConfig loaded = load_yaml(
      "listen: 127.0.0.1\nquery: {base_path: /jaeger, cors: {allowed_origins: [a, b]}}\n"
      "net: {idle_time: 90s, body_bytes: 3MiB}\ndata: \"a \\\"b\\\"\"\n");
  ASSERT_THAT(loaded.errors, IsEmpty());
  const std::string printed = print_config(loaded.config);
  const LoadedConfig again = load_yaml(printed);
  EXPECT_THAT(again.errors, IsEmpty()) << printed;
  EXPECT_EQ(print_config(again.config), printed);
}

TEST(ConfigTest, RefusesThreadCountsAndPathsThatCannotBeMeant) {
  EXPECT_EQ(load_yaml("query: {workers: 100000}").errors.size(), 1u);
  EXPECT_EQ(load_yaml("net: {io_threads: 100000}").errors.size(), 1u);
  for (const char* bad : {"jaeger", "/a\\\"><script>", "/../x", "/a//b"}) {
    EXPECT_EQ(load_yaml(std::string("query: {base_path: \"") + bad + "\"}").errors.size(), 1u)
        << bad;
  }
  EXPECT_EQ(load_yaml("query: {base_path: /ops/jaeger/}").config.query.base_path, "/ops/jaeger");
}

TEST(ConfigTest, NothingIsKeptNowhere) {
  EXPECT_EQ(load_yaml("exporters: {kafka: {instead_of_store: true}}").errors.size(), 1u);
}

TEST(ConfigTest, AnOpenAddressIsWarnedAbout) {
  EXPECT_EQ(load_yaml("listen: 0.0.0.0").warnings.size(), 1u);
}

TEST(SettingsTest, NamesAreUniqueInEveryForm) {
  std::set<std::string> names;
  for (const Setting& setting : settings()) {
    EXPECT_TRUE(names.insert(environment_name(setting.key)).second) << setting.key;
    EXPECT_TRUE(setting.help.ends_with('.')) << setting.key;
  }
}

TEST(SettingsTest, EverySettingReadsWhatItWrites) {
  Config config;
  for (const Setting& setting : settings()) {
    const std::string text = setting.get(config);
    EXPECT_TRUE(setting.set(config, text)) << setting.key;
    EXPECT_EQ(setting.get(config), text) << setting.key;
  }
}

}  // namespace
}  // namespace cairn::server
