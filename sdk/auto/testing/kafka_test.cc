// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "sdk/auto/testing/traced_run.h"

namespace cairn::trace::zero_code {
namespace {

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// A cluster in this process, with a topic `orders` of two messages: the first in a trace.
class Cluster {
 public:
  Cluster() : client_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why_, sizeof why_)) {
    cluster_ = client_ != nullptr ? rd_kafka_mock_cluster_new(client_, 1) : nullptr;
    if (cluster_ == nullptr) std::abort();
    rd_kafka_mock_topic_create(cluster_, "orders", 1, 1);
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap().c_str(), why_, sizeof why_);
    rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why_, sizeof why_);
    if (producer == nullptr) std::abort();
    rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_HEADER("traceparent", kTraceparent, -1),
                      RD_KAFKA_V_VALUE(value_, 4), RD_KAFKA_V_END);
    rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_VALUE(value_, 4), RD_KAFKA_V_END);
    rd_kafka_flush(producer, 30'000);
    rd_kafka_destroy(producer);
  }
  ~Cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

 private:
  char why_[256] = {};
  char value_[5] = "good";
  rd_kafka_t* client_;
  rd_kafka_mock_cluster_t* cluster_;
};

TEST(AutoKafka, AMessageIsCurrentUntilTheNextPoll) {
  const Cluster cluster;
  TracedRun run;
  const Outcome outcome =
      run(std::string(CAIRN_PROGRAMS) + "kafka " + cluster.bootstrap() + " orders");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "2 read\n");
  ASSERT_EQ(outcome.spans.size(), 3U) << outcome.resources;
  // Scopes are written one after the other, so look for them.
  const SpanText* query = nullptr;
  const SpanText* first = nullptr;
  const SpanText* second = nullptr;
  for (const SpanText& span : outcome.spans) {
    if (span.name == "sql") {
      query = &span;
    } else {
      (span.trace_id == kTrace ? first : second) = &span;
    }
  }
  ASSERT_TRUE(query != nullptr && first != nullptr && second != nullptr) << outcome.resources;
  EXPECT_EQ(first->parent_span_id, "b7ad6b7169203331");
  EXPECT_TRUE(first->has("billing")) << first->json;
  EXPECT_EQ(query->trace_id, kTrace);
  EXPECT_EQ(query->parent_span_id, first->span_id);
  EXPECT_EQ(second->parent_span_id, "");
}

}  // namespace
}  // namespace cairn::trace::zero_code
