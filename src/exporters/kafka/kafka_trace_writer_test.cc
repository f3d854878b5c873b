// SPDX-License-Identifier: Apache-2.0
//
// Against librdkafka's mock brokers.
#include "exporters/kafka/kafka_trace_writer.h"

#include <future>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "net/kafka/testing/mock_cluster.h"
#include "wire/otlp/protobuf.h"

namespace cairn::exporters::kafka {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTopic = "otlp_spans";

class KafkaTraceWriterTest : public ::testing::Test {
 protected:
  KafkaTraceWriterTest() { options_.producer.connection = cluster_.connection(); }

  void open() {
    auto opened = KafkaTraceWriter::open(options_, metrics_);
    ASSERT_TRUE(opened);
    writer_ = std::move(*opened);
  }

  std::future<Result<storage::WriteOutcome>> write(model::TestBatch& spans) {
    auto promise = std::make_shared<std::promise<Result<storage::WriteOutcome>>>();
    writer_->write({}, spans.share(), [promise](Result<storage::WriteOutcome> outcome) {
      promise->set_value(std::move(outcome));
    });
    return promise->get_future();
  }

  net::kafka::MockCluster cluster_;
  MetricsRegistry metrics_;
  KafkaExporterOptions options_;
  std::unique_ptr<KafkaTraceWriter> writer_;
};

model::TestBatch spans(int traces, int spans_each, std::size_t fill = 0) {
  model::TestBatch t;
  for (int i = 0; i < traces * spans_each; ++i) {
    t.span(fmt::format("{:x}", i % traces + 1), fmt::format("{:x}", i + 1));
    if (fill > 0) t.attribute("fill", std::string(fill, 'x'));
  }
  return t;
}

TEST_F(KafkaTraceWriterTest, EverySpanArrivesAndATraceLiesInOnePartition) {
  for (const char* compression : {"none", "lz4", "zstd"}) {
    SCOPED_TRACE(compression);
    const std::string topic = std::string("spans-") + compression;
    cluster_.create_topic(topic, 6);
    options_.producer.topic = topic;
    options_.producer.compression = compression;
    open();
    for (int round = 0; round < 2; ++round) {
      auto batch = spans(20, 3);
      const auto outcome = write(batch).get();
      ASSERT_TRUE(outcome) << outcome.error().message;
      EXPECT_EQ(outcome->accepted, 60u);
    }
    std::map<std::string, std::set<std::int32_t>> partitions_of;
    std::size_t read = 0;
    for (const net::kafka::Record& record : cluster_.read(topic, 6, 40)) {
      model::Batch batch;
      ASSERT_TRUE(wire::otlp::decode_traces(as_bytes(record.value), batch));
      read += batch.spans.size();
      partitions_of[record.key].insert(record.partition);
    }
    EXPECT_EQ(read, 120u);
    EXPECT_EQ(partitions_of.size(), 20u);
    for (const auto& [key, partitions] : partitions_of) EXPECT_EQ(partitions.size(), 1u);
  }
}

TEST_F(KafkaTraceWriterTest, AFullQueueRefusesAndTakesAgainWhenItHasDrained) {
  cluster_.create_topic(kTopic, 1);
  options_.max_queued_bytes = 10'000;
  options_.producer.linger = 100ms;
  open();
  auto first = spans(1, 1, 8000);
  auto second = spans(1, 1, 8000);
  auto waiting = write(first);
  const auto refused = write(second).get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceExhausted);
  EXPECT_TRUE(waiting.get());
  auto third = spans(1, 1, 8000);
  EXPECT_TRUE(write(third).get());
  EXPECT_EQ(metrics_.gauge("cairn_kafka_producer_queued_bytes", "").value(), 0);
  EXPECT_EQ(metrics_.counter("cairn_kafka_producer_queue_full_total", "").value(), 1u);
}

TEST_F(KafkaTraceWriterTest, BrokersThatAreAwayAreUnavailableAfterTheTimeout) {
  cluster_.create_topic(kTopic, 1);
  cluster_.set_down(1);
  options_.producer.delivery_timeout = 300ms;
  open();
  auto batch = spans(3, 1);
  const auto outcome = write(batch).get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(metrics_.counter("cairn_kafka_producer_failed_messages_total", "").value(), 3u);
  EXPECT_EQ(metrics_.gauge("cairn_kafka_producer_queued_bytes", "").value(), 0);
}

TEST_F(KafkaTraceWriterTest, MessagesKeepToTheLimitAndASpanBeyondItIsRejected) {
  cluster_.create_topic(kTopic, 1);
  options_.producer.max_message_bytes = 5000;
  open();
  auto batch = spans(1, 10, 2000);
  batch.span("1", "99").attribute("huge", std::string(6000, 'x'));
  const auto outcome = write(batch).get();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->accepted, 10u);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTooLarge), 1u);
}

TEST_F(KafkaTraceWriterTest, StoppingAnswersEverything) {
  cluster_.create_topic(kTopic, 1);
  cluster_.set_down(1);
  options_.stop_wait = 10ms;
  open();
  auto batch = spans(2, 1);
  auto waiting = write(batch);
  writer_->stop();
  EXPECT_EQ(waiting.get().error().code, ErrorCode::kUnavailable);
  auto late = spans(1, 1);
  EXPECT_EQ(write(late).get().error().code, ErrorCode::kUnavailable);
}

TEST_F(KafkaTraceWriterTest, ABatchWithoutSpansIsAnsweredAtOnce) {
  open();
  model::TestBatch none;
  EXPECT_EQ(write(none).get()->accepted, 0u);
}

}  // namespace
}  // namespace cairn::exporters::kafka
