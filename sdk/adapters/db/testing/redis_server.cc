// SPDX-License-Identifier: Apache-2.0
#include "redis_server.h"

#include <hiredis/hiredis.h>
#include <signal.h>

namespace cairn::trace::testing {
namespace {

bool answers(const std::string& path) {
  redisContext* const context = redisConnectUnix(path.c_str());
  if (context == nullptr) return false;
  void* const reply = context->err == 0 ? redisCommand(context, "PING") : nullptr;
  if (reply != nullptr) freeReplyObject(reply);
  redisFree(context);
  return reply != nullptr;
}

}  // namespace

std::unique_ptr<RedisServer> RedisServer::start(std::string& error) {
  const std::string program = find_program("redis-server", {"/usr/sbin"});
  if (program.empty()) {
    error = "redis-server was not found: apt-get install redis-server";
    return nullptr;
  }
  std::unique_ptr<RedisServer> server(new RedisServer());
  const std::string& folder = server->folder_.path();
  server->process_ = std::make_unique<ServerProcess>(
      std::vector<std::string>{program, "--port", "0", "--unixsocket", server->path(), "--save", "",
                               "--appendonly", "no", "--dir", folder},
      unprivileged_user(), folder + "/redis.log");
  const bool ready = server->process_->wait_until([&] { return answers(server->path()); },
                                                  std::chrono::seconds(60));
  if (ready) return server;
  error = "redis-server does not answer: " + server->process_->output();
  return nullptr;
}

}  // namespace cairn::trace::testing
