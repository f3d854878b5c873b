// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/health.h"

#include <algorithm>
#include <optional>
#include <stop_token>

#include "base/mutex.h"
#include "base/thread.h"

namespace cairn::net {
namespace {

constexpr std::size_t kMaxWatchers = 100;
constexpr auto kLookEvery = std::chrono::seconds(1);

// HealthCheckResponse.ServingStatus
enum class Status : char { kServing = 1, kNotServing = 2, kServiceUnknown = 3 };

// HealthCheckResponse { status = 1 }
PinnedBytes encode(Status status) {
  return PinnedBytes::own(std::string{'\x08', static_cast<char>(status)});
}

// Reads a varint and takes it off the text.
std::optional<std::uint64_t> take_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// HealthCheckRequest { service = 1 }. Nullopt when it is not one.
std::optional<std::string> decode_service(std::string_view message) {
  std::string service;
  while (!message.empty()) {
    const auto tag = take_varint(message);
    if (!tag) return std::nullopt;
    if ((*tag & 7) == 0) {
      if (!take_varint(message)) return std::nullopt;
      continue;
    }
    if ((*tag & 7) != 2) return std::nullopt;
    const auto size = take_varint(message);
    if (!size || *size > message.size()) return std::nullopt;
    if (*tag >> 3 == 1) service = message.substr(0, *size);
    message.remove_prefix(*size);
  }
  return service;
}

// Knows the state and tells it to the watchers, from a thread that exists while there are any.
class Health {
 public:
  Health(std::function<bool()> serving, std::vector<std::string> services)
      : serving_(std::move(serving)), services_(std::move(services)) {}

  ~Health() {
    std::jthread thread;
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      thread = std::move(thread_);
    }
    changed_.notify_all();
  }

  void check(const Request& request, Responder responder) {
    const auto service = decode_service(request.body.text());
    if (!service) {
      responder.fail(invalid_argument("not a HealthCheckRequest"));
    } else if (!knows(*service)) {
      responder.fail(not_found("unknown service"));
    } else {
      Response response;
      response.body = encode(status_of(*service));
      responder.send(std::move(response));
    }
  }

  void watch(const Request& request, Responder responder) {
    const auto service = decode_service(request.body.text());
    if (!service) {
      responder.fail(invalid_argument("not a HealthCheckRequest"));
      return;
    }
    {
      MutexLock lock(mutex_);
      if (watchers_.size() < kMaxWatchers && !stopping_) {
        watchers_.push_back({*service, request.deadline.cancelled, responder.start_stream({}), {}});
        ++news_;
        if (!thread_.joinable()) {
          thread_ = start_thread("net/health", [this](const std::stop_token&) { run(); });
        }
        changed_.notify_all();
        return;
      }
    }
    responder.fail(resource_exhausted("too many watchers"));
  }

 private:
  struct Watcher {
    std::string service;
    std::stop_token gone;
    std::unique_ptr<ResponseStream> stream;
    std::optional<Status> told;
  };

  bool knows(const std::string& service) const {
    return service.empty() ||
           std::find(services_.begin(), services_.end(), service) != services_.end();
  }
  Status status_of(const std::string& service) const {
    if (!knows(service)) return Status::kServiceUnknown;
    return serving_() ? Status::kServing : Status::kNotServing;
  }

  // False when nobody listens any more.
  bool tell(Watcher& watcher) const {
    if (watcher.gone.stop_requested()) return false;
    const Status status = status_of(watcher.service);
    if (watcher.told == status) return true;
    watcher.told = status;
    return watcher.stream->write(encode(status));
  }

  void run() {
    MutexLock lock(mutex_);
    while (!stopping_) {
      const std::size_t seen = news_;
      // A write of two bytes finds room: the stream's buffer holds thousands of them.
      std::erase_if(watchers_, [this](Watcher& watcher) { return !tell(watcher); });
      if (watchers_.empty()) {
        while (news_ == seen && !stopping_) changed_.wait(mutex_);
      } else if (news_ == seen) {
        changed_.wait_until(mutex_, std::chrono::steady_clock::now() + kLookEvery);
      }
    }
    watchers_.clear();
  }

  const std::function<bool()> serving_;
  const std::vector<std::string> services_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<Watcher> watchers_ GUARDED_BY(mutex_);
  std::size_t news_ GUARDED_BY(mutex_) = 0;  // watchers that ever came
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::jthread thread_ GUARDED_BY(mutex_);
};

}  // namespace

Router health_routes(std::function<bool()> serving, std::vector<std::string> services) {
  auto health = std::make_shared<Health>(std::move(serving), std::move(services));
  Router router;
  router.add({.kind = RouteKind::kGrpcUnary,
              .pattern = "/grpc.health.v1.Health/Check",
              .handler = [health](Request request, Responder responder) {
                health->check(request, std::move(responder));
              }});
  router.add({.kind = RouteKind::kGrpcServerStreaming,
              .pattern = "/grpc.health.v1.Health/Watch",
              .handler = [health](Request request, Responder responder) {
                health->watch(request, std::move(responder));
              }});
  return router;
}

}  // namespace cairn::net
