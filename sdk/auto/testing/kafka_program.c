// SPDX-License-Identifier: Apache-2.0
// A consumer that knows nothing of tracing: reads two messages, and opens a database for the first.
#include <librdkafka/rdkafka.h>
#include <sqlite3.h>
#include <stdio.h>

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  char why[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why);
  rd_kafka_conf_set(conf, "group.id", "billing", why, sizeof why);
  rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", why, sizeof why);
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (consumer == NULL) return 1;
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, argv[2], RD_KAFKA_PARTITION_UA);
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_subscribe(consumer, topics);
  rd_kafka_topic_partition_list_destroy(topics);
  int read = 0;
  for (int polls = 0; polls < 300 && read < 2; ++polls) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 100);
    if (message == NULL) continue;
    if (message->err == 0 && ++read == 1) {
      sqlite3* db = NULL;
      sqlite3_open(":memory:", &db);
      sqlite3_exec(db, "select 1", NULL, NULL, NULL);
      sqlite3_close(db);
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  printf("%d read\n", read);
  return read == 2 ? 0 : 2;
}
