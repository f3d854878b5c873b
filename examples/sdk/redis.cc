// SPDX-License-Identifier: Apache-2.0
// Redis by hiredis: a command, a pipeline.
#include <cairn/adapters/hiredis.h>

namespace {

// [snippet: command]
void remember(redisContext* redis, const char* user) {
  void* reply = cairn::trace::hiredis::command(redis, "SET last:%s 1", user);
  freeReplyObject(reply);
}
// [end]

// [snippet: pipeline]
void count(redisContext* redis) {
  cairn::trace::hiredis::Pipeline pipeline(redis);  // one span for all of it
  pipeline.append("INCR orders");
  pipeline.append("EXPIRE orders %d", 60);
  for (int i = 0; i < 2; ++i) {
    void* reply = nullptr;
    if (pipeline.get_reply(&reply) == REDIS_OK) freeReplyObject(reply);
  }
}
// [end]

}  // namespace

int main() {
  redisContext* redis = redisConnect("localhost", 6379);
  if (redis == nullptr || redis->err != 0) return 1;
  remember(redis, "ann");
  count(redis);
  redisFree(redis);
}
