// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of tracing: single commands, a pipeline, asynchronous ones, and
// one with replies of its own kind.
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static int is_text(redisReply* reply, const char* text) {
  const int same = reply != NULL && reply->str != NULL && strcmp(reply->str, text) == 0;
  if (reply != NULL) freeReplyObject(reply);
  return same;
}

static void count_reply(redisAsyncContext* context, void* reply, void* count) {
  (void)context;
  *(int*)count += reply != NULL;
}

// With an event loop of its own: as many replies as came.
static int ask_asynchronously(const char* path) {
  int replies = 0;
  redisAsyncContext* redis = redisAsyncConnectUnix(path);
  if (redis == NULL || redis->err != 0) return 0;
  redisAsyncCommand(redis, count_reply, &replies, "PING");
  redisAsyncFormattedCommand(redis, count_reply, &replies, "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", 22);
  for (int i = 0; i < 100 && replies < 2; ++i) {
    struct pollfd file = {redis->c.fd, POLLIN, 0};
    redisAsyncHandleWrite(redis);
    if (poll(&file, 1, 1000) > 0) redisAsyncHandleRead(redis);
  }
  redisAsyncFree(redis);
  return replies;
}

#define MINE ((void*)8) /* not to be read */

static void* make_string(const redisReadTask* task, char* text, size_t size) {
  (void)task, (void)text, (void)size;
  return MINE;
}
static void* make_array(const redisReadTask* task, int size) {
  (void)task, (void)size;
  return MINE;
}
static void* make_integer(const redisReadTask* task, long long value) {
  (void)task, (void)value;
  return MINE;
}
static void* make_nil(const redisReadTask* task) {
  (void)task;
  return MINE;
}
static void do_not_free(void* reply) {
  (void)reply;
}

// Replies that are no redisReply, as language bindings make them.
static int ask_for_own_replies(const char* path) {
  static redisReplyObjectFunctions functions = {make_string, make_array, make_integer, make_nil,
                                                do_not_free};
  redisContext* redis = redisConnectUnix(path);
  redis->reader->fn = &functions;
  const int good = redisCommand(redis, "PING") == MINE;
  redisFree(redis);
  return good;
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
  good += ask_asynchronously(argv[1]);
  good += ask_for_own_replies(argv[1]);
  printf("%d good\n", good);
  return good == 7 ? 0 : 2;
}
