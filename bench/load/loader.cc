// SPDX-License-Identifier: Apache-2.0
#include "bench/load/loader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <sys/epoll.h>
#include <unistd.h>

namespace cairn::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

// "Slow down", in each protocol's words: a client waits before it sends more. Shorter than the
// second that servers ask for, so that what is measured is the server and not the waiting.
constexpr auto kPauseAfterRefusal = std::chrono::milliseconds(10);
bool says_slow_down(const std::string& error) {
  return error == "http 429" || error == "http 503" || error == "grpc 8" || error == "grpc 14";
}

class Loader final : public ReplySink {
 public:
  Loader(const LoadOptions& options, RequestPool& pool) : options_(options), pool_(pool) {}
  ~Loader() override {
    if (epoll_ >= 0) ::close(epoll_);
  }

  Result<void> open();
  LoadResult run(const Progress& progress);

  void on_sent(Request& request) override { pool_.give_back(request); }
  void on_reply(const Reply& reply) override;

 private:
  struct Seat {
    std::unique_ptr<Connection> connection;
    bool watches_write = false;
  };

  void start_requests(std::size_t seat);
  void handle(const epoll_event& event);
  void settle(std::size_t seat, const Result<void>& outcome);
  void start_everywhere();
  bool sending() const;
  bool due() const;
  bool waiting() const;

  const LoadOptions options_;
  RequestPool& pool_;
  LoadResult result_;
  std::vector<Seat> seats_;
  int epoll_ = -1;
  std::uint64_t started_spans_ = 0;
  SteadyClock::time_point begin_;
  SteadyClock::time_point paused_until_;
};

Result<void> Loader::open() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return internal_error("epoll_create1 failed");
  const bool grpc = options_.connection.endpoint.protocol == Protocol::kGrpc;
  // HTTP/1.1 carries one request at a time: more in flight are more connections.
  const std::size_t count =
      grpc ? options_.connections : options_.connections * options_.connection.in_flight;
  for (std::size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> made, grpc
                                                           ? open_grpc(options_.connection, *this)
                                                           : open_http(options_.connection, *this));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, made->fd(), &event) != 0) {
      return internal_error("epoll_ctl failed");
    }
    seats_.push_back({std::move(made), false});
  }
  return {};
}

bool Loader::sending() const {
  return SteadyClock::now() - begin_ < options_.longest &&
         (options_.most_spans == 0 || started_spans_ < options_.most_spans);
}

bool Loader::due() const {
  if (SteadyClock::now() < paused_until_) return false;
  if (options_.spans_per_second == 0) return true;
  const std::chrono::duration<double> elapsed = SteadyClock::now() - begin_;
  return static_cast<double>(started_spans_) <= options_.spans_per_second * elapsed.count();
}

bool Loader::waiting() const {
  return std::any_of(seats_.begin(), seats_.end(), [](const Seat& seat) {
    return seat.connection != nullptr && seat.connection->in_flight() > 0;
  });
}

void Loader::start_requests(std::size_t seat) {
  while (seats_[seat].connection != nullptr && seats_[seat].connection->can_start() && sending() &&
         due()) {
    Request* request = pool_.lend();
    if (request == nullptr) return;
    started_spans_ += request->spans();
    result_.sent_bytes += request->body().size();
    seats_[seat].connection->start(*request);
    settle(seat, seats_[seat].connection->write());
  }
}

void Loader::start_everywhere() {
  for (std::size_t seat = 0; seat < seats_.size(); ++seat) start_requests(seat);
}

void Loader::handle(const epoll_event& event) {
  const std::size_t seat = event.data.u64;
  if (seats_[seat].connection == nullptr) return;
  if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    settle(seat, seats_[seat].connection->read());
  }
  if (seats_[seat].connection != nullptr && (event.events & EPOLLOUT) != 0) {
    settle(seat, seats_[seat].connection->write());
  }
  start_requests(seat);
}

// Drops a broken connection, or watches for room in the socket while it has something to write.
void Loader::settle(std::size_t seat, const Result<void>& outcome) {
  Seat& at = seats_[seat];
  if (!outcome) {
    result_.errors[outcome.error().message] += std::max<std::size_t>(at.connection->in_flight(), 1);
    at.connection = nullptr;  // closing it takes it out of the epoll set
    return;
  }
  const bool wants = at.connection->wants_write();
  if (wants == at.watches_write) return;
  at.watches_write = wants;
  epoll_event event{};
  event.events = wants ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = seat;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, at.connection->fd(), &event);
}

void Loader::on_reply(const Reply& reply) {
  ++result_.requests;
  result_.sent_spans += reply.spans;
  result_.latencies.push_back(SteadyClock::now() - reply.started);
  if (reply.error.empty()) {
    const std::uint64_t rejected = std::min(reply.rejected_spans, reply.spans);
    result_.rejected_spans += rejected;
    result_.accepted_spans += reply.spans - rejected;
  } else {
    ++result_.errors[reply.error];
    result_.rejected_spans += reply.spans;
    if (says_slow_down(reply.error)) paused_until_ = SteadyClock::now() + kPauseAfterRefusal;
  }
  result_.elapsed = SteadyClock::now() - begin_;
}

LoadResult Loader::run(const Progress& progress) {
  begin_ = SteadyClock::now();
  auto next_report = begin_ + std::chrono::seconds(1);
  auto give_up = begin_ + options_.patience +
                 std::chrono::duration_cast<SteadyClock::duration>(options_.longest);
  start_everywhere();
  while ((sending() || waiting()) && SteadyClock::now() < give_up) {
    // At a limited rate, and in a pause, the next request waits for a moment, not for an answer.
    const bool limited =
        options_.spans_per_second > 0 || paused_until_ != SteadyClock::time_point();
    const int patience_millis = limited ? 1 : 100;
    std::array<epoll_event, 64> events;
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience_millis);
    for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)]);
    if (limited) start_everywhere();
    const bool broken = std::none_of(seats_.begin(), seats_.end(),
                                     [](const Seat& seat) { return seat.connection != nullptr; });
    if (broken) break;
    if (SteadyClock::now() >= next_report) {
      progress(result_);
      next_report += std::chrono::seconds(1);
    }
  }
  for (const Seat& seat : seats_) {
    if (seat.connection == nullptr || seat.connection->in_flight() == 0) continue;
    result_.errors["no answer"] += seat.connection->in_flight();
  }
  std::sort(result_.latencies.begin(), result_.latencies.end());
  return std::move(result_);
}

}  // namespace

Result<LoadResult> run(const LoadOptions& options, RequestPool& pool, const Progress& progress) {
  Loader loader(options, pool);
  RETURN_IF_ERROR(loader.open());
  return loader.run(progress);
}

Duration quantile(const std::vector<Duration>& ascending, double share) {
  if (ascending.empty()) return {};
  const double rank = std::ceil(share * static_cast<double>(ascending.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return ascending[std::min(index, ascending.size() - 1)];
}

}  // namespace cairn::bench
