// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/endpoint.h"

#include <gtest/gtest.h>

namespace cairn::telemetry {
namespace {

constexpr EndpointDefaults kDefaults = {"http", "4318", "/v1/traces", "http https "};

std::string complete(std::string_view text) {
  Endpoint endpoint;
  std::string error;
  return complete_endpoint(text, kDefaults, endpoint, error) ? endpoint.url : "error: " + error;
}

TEST(Endpoint, IsCompletedByItsDefaults) {
  EXPECT_EQ(complete("collector:1234"), "http://collector:1234/v1/traces");
  EXPECT_EQ(complete("collector"), "http://collector:4318/v1/traces");
  EXPECT_EQ(complete(" collector "), "http://collector:4318/v1/traces");
  EXPECT_EQ(complete("https://collector"), "https://collector/v1/traces");
  EXPECT_EQ(complete("HTTPS://collector/"), "https://collector/v1/traces");
  EXPECT_EQ(complete("http://collector/otlp?key=1"), "http://collector/otlp?key=1");
  EXPECT_EQ(complete("[::1]:4318"), "http://[::1]:4318/v1/traces");
  EXPECT_EQ(complete("[::1]"), "http://[::1]:4318/v1/traces");
  EXPECT_EQ(complete("http://user:secret@host:1"), "http://user:secret@host:1/v1/traces");
}

TEST(Endpoint, IsRefusedWhenItIsNone) {
  EXPECT_EQ(complete(""), "error: `` is not host:port or a URL");
  EXPECT_EQ(complete("host:port"), "error: `host:port` is not host:port or a URL");
  EXPECT_EQ(complete("host:0"), "error: `host:0` is not host:port or a URL");
  EXPECT_EQ(complete("host:0x10"), "error: `host:0x10` is not host:port or a URL");
  EXPECT_EQ(complete("host:65536"), "error: `host:65536` is not host:port or a URL");
  EXPECT_EQ(complete("host:"), "error: `host:` is not host:port or a URL");
  EXPECT_EQ(complete("::1"), "error: `::1` is not host:port or a URL");
  EXPECT_EQ(complete("[::1"), "error: `[::1` is not host:port or a URL");
  EXPECT_EQ(complete("http:///path"), "error: `http:///path` is not host:port or a URL");
  EXPECT_EQ(complete("ho st:1"), "error: the endpoint has spaces or control characters in it");
  EXPECT_EQ(complete("host\r\n:1"), "error: the endpoint has spaces or control characters in it");
  EXPECT_EQ(complete("unix:///run/x"),
            "error: `unix:///run/x` has a scheme that is not one of http https");
}

TEST(Endpoint, GetsAnotherPath) {
  EXPECT_EQ(with_path("http://h:1/v1/traces", "otlp"), "http://h:1/otlp");
  EXPECT_EQ(with_path("http://h:1", "/a/b"), "http://h:1/a/b");
  EXPECT_EQ(with_path("http://h:1?x=1", "/a"), "http://h:1/a");
}

TEST(Endpoint, GetsAPathBelowItsOwn) {
  EXPECT_EQ(under_path("http://h:1/otlp", "/v1/traces"), "http://h:1/otlp/v1/traces");
  EXPECT_EQ(under_path("http://h:1/otlp/", "/v1/traces"), "http://h:1/otlp/v1/traces");
  EXPECT_EQ(under_path("http://h:1/otlp?key=/x", "/v1/traces"), "http://h:1/otlp/v1/traces?key=/x");
  EXPECT_EQ(under_path("http://h:1?key", "/v1/traces"), "http://h:1/v1/traces?key");
}

TEST(Endpoint, HidesWhoAsks) {
  EXPECT_EQ(without_user("http://me:secret@h:1/p@q"), "http://h:1/p@q");
  EXPECT_EQ(without_user("http://h:1/p@q"), "http://h:1/p@q");
  EXPECT_EQ(without_user("me:secret@h"), "h");
}

}  // namespace
}  // namespace cairn::telemetry
