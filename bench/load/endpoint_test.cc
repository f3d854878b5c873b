// SPDX-License-Identifier: Apache-2.0
#include "bench/load/endpoint.h"

#include <gtest/gtest.h>

namespace cairn::bench {
namespace {

TEST(EndpointTest, TakesLoopbackOfBothProtocols) {
  const Endpoint grpc = parse_endpoint("grpc://127.0.0.1:4317").value();
  EXPECT_EQ(grpc.protocol, Protocol::kGrpc);
  EXPECT_EQ(grpc.authority(), "127.0.0.1:4317");
  const Endpoint http = parse_endpoint("http://[::1]:4318").value();
  EXPECT_EQ(http.protocol, Protocol::kHttp);
  EXPECT_EQ(http.authority(), "[::1]:4318");
  EXPECT_EQ(parse_endpoint("http://localhost:1").value().host, "127.0.0.1");
}

TEST(EndpointTest, RefusesOtherHosts) {
  EXPECT_FALSE(parse_endpoint("grpc://192.0.2.1:4317"));
  EXPECT_FALSE(parse_endpoint("grpc://example.com:4317"));
  EXPECT_FALSE(parse_endpoint("grpc://127.0.0.1.example.com:4317"));
}

TEST(EndpointTest, RefusesAPortThatIsNone) {
  for (const char* bad : {"grpc://127.0.0.1:", "grpc://127.0.0.1:0", "grpc://127.0.0.1:65536",
                          "grpc://127.0.0.1:1/x", "127.0.0.1:4317", ""}) {
    EXPECT_FALSE(parse_endpoint(bad)) << bad;
  }
}

}  // namespace
}  // namespace cairn::bench
