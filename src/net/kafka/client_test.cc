// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::net::kafka {
namespace {

using ::testing::HasSubstr;

std::string property(const Configuration& conf, const char* name) {
  std::array<char, 256> value{};
  std::size_t size = value.size();
  EXPECT_EQ(rd_kafka_conf_get(conf.get(), name, value.data(), &size), RD_KAFKA_CONF_OK);
  return value.data();
}

std::string refusal(const ConnectionOptions& options) {
  ClientEvents events;
  const auto conf = make_configuration(options, events);
  EXPECT_FALSE(conf);
  if (conf) return {};
  EXPECT_EQ(conf.error().code, ErrorCode::kInvalidArgument);
  return conf.error().message;
}

TEST(KafkaClientTest, SecurityFollowsFromWhatIsSet) {
  struct Case {
    bool tls;
    std::string mechanism;
    std::string protocol;
  };
  for (const Case& c :
       {Case{false, "", "plaintext"}, Case{true, "", "ssl"}, Case{false, "PLAIN", "sasl_plaintext"},
        Case{true, "SCRAM-SHA-512", "sasl_ssl"}}) {
    ConnectionOptions options;
    options.tls.enabled = c.tls;
    options.sasl = {c.mechanism, "user", "secret"};
    ClientEvents events;
    const auto conf = make_configuration(options, events);
    ASSERT_TRUE(conf);
    EXPECT_EQ(property(*conf, "security.protocol"), c.protocol);
    if (!c.mechanism.empty()) {
      EXPECT_EQ(property(*conf, "sasl.mechanisms"), c.mechanism);
      EXPECT_EQ(property(*conf, "sasl.username"), "user");
    }
  }
}

TEST(KafkaClientTest, TlsFilesAndVerificationAreHandedOn) {
  ConnectionOptions options;
  options.tls = {.enabled = true,
                 .ca_file = "/ca.pem",
                 .certificate_file = "/cert.pem",
                 .key_file = "/key.pem",
                 .key_password = "p",
                 .verify = false};
  ClientEvents events;
  const auto conf = make_configuration(options, events);
  ASSERT_TRUE(conf);
  EXPECT_EQ(property(*conf, "ssl.ca.location"), "/ca.pem");
  EXPECT_EQ(property(*conf, "ssl.certificate.location"), "/cert.pem");
  EXPECT_EQ(property(*conf, "ssl.key.location"), "/key.pem");
  EXPECT_EQ(property(*conf, "enable.ssl.certificate.verification"), "false");
}

TEST(KafkaClientTest, FurtherPropertiesReachTheClient) {
  ConnectionOptions options;
  options.properties = {{"socket.keepalive.enable", "true"}};
  ClientEvents events;
  const auto conf = make_configuration(options, events);
  ASSERT_TRUE(conf);
  EXPECT_EQ(property(*conf, "socket.keepalive.enable"), "true");
}

TEST(KafkaClientTest, PropertiesThatTheDeliveryPromiseStandsOnAreRefused) {
  for (const char* name : {"enable.auto.commit", "enable.auto.offset.store", "acks",
                           "enable.idempotence", "bootstrap.servers"}) {
    ConnectionOptions options;
    options.properties = {{name, "1"}};
    EXPECT_THAT(refusal(options), HasSubstr(name));
  }
}

TEST(KafkaClientTest, AnUnknownPropertyIsNamed) {
  ConnectionOptions options;
  options.properties = {{"no.such.thing", "1"}};
  EXPECT_THAT(refusal(options), HasSubstr("no.such.thing"));
}

TEST(KafkaClientTest, BrokersMustBeNamed) {
  ConnectionOptions options;
  options.brokers.clear();
  EXPECT_THAT(refusal(options), HasSubstr("no brokers"));
}

}  // namespace
}  // namespace cairn::net::kafka
