// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of tracing: single commands, and a pipeline.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

static int is_text(redisReply* reply, const char* text) {
  const int same = reply != NULL && reply->str != NULL && strcmp(reply->str, text) == 0;
  if (reply != NULL) freeReplyObject(reply);
  return same;
}

int main(int argc, char** argv) {
  redisContext* redis = argc == 2 ? redisConnectUnix(argv[1]) : NULL;
  if (redis == NULL || redis->err != 0) return 1;
  const char* get[] = {"GET", "key"};
  int good = is_text(redisCommand(redis, "SET %s %s", "key", "value"), "OK");
  good += is_text(redisCommandArgv(redis, 2, get, NULL), "value");
  redisAppendCommand(redis, "INCR %s", "count");
  redisAppendFormattedCommand(redis, "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", 22);
  redisReply* reply = NULL;
  for (int i = 0; i < 2; ++i) {
    good += redisGetReply(redis, (void**)&reply) == REDIS_OK && reply->type != REDIS_REPLY_ERROR;
    freeReplyObject(reply);
  }
  redisFree(redis);
  printf("%d good\n", good);
  return good == 4 ? 0 : 2;
}
