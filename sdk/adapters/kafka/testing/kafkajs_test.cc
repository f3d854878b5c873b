// SPDX-License-Identifier: Apache-2.0
//
// kafkajs reads what we wrote and writes what we read, over the mock cluster's sockets.
#include <cstdio>

#include <gmock/gmock.h>

#include "sdk/adapters/kafka/testing/fixture.h"

namespace cairn::trace::kafka_adapter {
namespace {

using testing::HasSubstr;

template <class Id>
std::string hex(const Id& id) {
  std::string text(Id::kHexSize, '\0');
  id.to_hex(text.data());
  return text;
}

// What the program prints; its end is waited for.
std::string output_of(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string output;
  char part[1024];
  while (const std::size_t size = fread(part, 1, sizeof part, pipe)) output.append(part, size);
  pclose(pipe);
  return output;
}

class KafkaJsTest : public KafkaAdapterTest {};

TEST_F(KafkaJsTest, ATraceGoesToJavaScriptAndBack) {
  kafka_.create_topic("to-js");
  kafka_.create_topic("from-js");
  std::string key = "k1";
  std::string payload = "there";
  const Client client = producer();
  {
    const Scope scope(Context().with(Baggage().with("user", "ann")));
    EXPECT_EQ(kafka_produce(client.get(), record("to-js", key, payload)),
              RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  flush_producer(client);
  const std::string output =
      output_of("timeout 90 " CAIRN_NODE " " CAIRN_KAFKAJS_PEER " " CAIRN_KAFKAJS_MODULES " " +
                kafka_.bootstrap());
  const FinishedSpan sent = spans().at(0);
  EXPECT_THAT(output, HasSubstr(R"("key":"k1","value":"there")"));
  EXPECT_THAT(output, HasSubstr(R"("traceparent":"00-)" + hex(sent.context.trace_id) + "-" +
                                hex(sent.context.span_id) + "-0"));
  EXPECT_THAT(output, HasSubstr(R"("baggage":"user=ann")"));
  ASSERT_THAT(output, HasSubstr("\n"));  // it has written before it printed

  const auto messages = read("from-js", 1);
  {
    const KafkaProcessSpan work(messages[0].get());
    std::string user;
    EXPECT_TRUE(Context::current().baggage().get("user", user));
    EXPECT_EQ(user, "js");
  }
  const auto all = spans();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].context.trace_id, sent.context.trace_id);
  EXPECT_EQ(hex(all[1].parent_span_id), "00f067aa0ba902b7");
}

}  // namespace
}  // namespace cairn::trace::kafka_adapter
