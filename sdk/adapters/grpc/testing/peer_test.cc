// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/peer.h"

#include <gtest/gtest.h>

namespace cairn::trace::grpc_adapter {
namespace {

std::string text(const Peer& peer) {
  return peer.host + " " + peer.port + (peer.is_unix ? " unix" : "");
}

TEST(GrpcPeerTest, ReadsTheAddressesOfCallers) {
  EXPECT_EQ(text(parse_peer("ipv4:10.1.2.3:50123")), "10.1.2.3 50123");
  EXPECT_EQ(text(parse_peer("ipv6:%5B::1%5D:50123")), "::1 50123");
  EXPECT_EQ(text(parse_peer("ipv6:[fe80::1%25eth0]:7")), "fe80::1%eth0 7");
  EXPECT_EQ(text(parse_peer("unix:/run/shop.sock")), "/run/shop.sock  unix");
  EXPECT_FALSE(parse_peer("unix:").is_known());
  EXPECT_FALSE(parse_peer("unknown").is_known());
  EXPECT_FALSE(parse_peer("ipv6:[::1").is_known());
  EXPECT_FALSE(parse_peer("ipv4:").is_known());
  EXPECT_FALSE(parse_peer("").is_known());
}

TEST(GrpcPeerTest, ReadsTheTargetsOfChannels) {
  EXPECT_EQ(text(parse_target("stock:8080")), "stock 8080");
  EXPECT_EQ(text(parse_target(":8080")), "127.0.0.1 8080");
  EXPECT_EQ(text(parse_target("stock")), "stock ");
  EXPECT_EQ(text(parse_target("dns:stock:8080")), "stock 8080");
  EXPECT_EQ(text(parse_target("dns:///stock:8080")), "stock 8080");
  EXPECT_EQ(text(parse_target("dns://8.8.8.8/stock:8080")), "stock 8080");
  EXPECT_EQ(text(parse_target("ipv4:10.0.0.1:80")), "10.0.0.1 80");
  EXPECT_EQ(text(parse_target("ipv6:%5B::1%5D:80")), "::1 80");
  EXPECT_EQ(text(parse_target("[::1]:80")), "::1 80");
  EXPECT_EQ(text(parse_target("::1")), "::1 ");
  EXPECT_EQ(text(parse_target("unix:shop.sock")), "shop.sock  unix");
  EXPECT_EQ(text(parse_target("unix:///run/shop.sock")), "/run/shop.sock  unix");
  EXPECT_EQ(text(parse_target("unix-abstract:shop")), "shop  unix");
  EXPECT_EQ(text(parse_target("xds:///stock")), "stock ");
  EXPECT_FALSE(parse_target("ipv4:10.0.0.1:80,10.0.0.2:80").is_known());
  EXPECT_FALSE(parse_target("dns://8.8.8.8").is_known());
  EXPECT_FALSE(parse_target("").is_known());
}

TEST(GrpcPeerTest, APortThatIsNoNumberIsZero) {
  EXPECT_EQ(parse_target("stock:8080").port_number(), 8080);
  EXPECT_EQ(parse_target("stock:http").port_number(), 0);
  EXPECT_EQ(parse_target("stock:70000").port_number(), 0);
  EXPECT_EQ(parse_target("stock:80x").port_number(), 0);
  EXPECT_EQ(parse_target("stock").port_number(), 0);
}

}  // namespace
}  // namespace cairn::trace::grpc_adapter
