// SPDX-License-Identifier: Apache-2.0
//
// One HTTP/2 stream: a request that is being received, handled or answered.
//
//   kHead ─► kBody ─► kHandling ─► kAnswering (whole or streamed) ─► closed by nghttp2
// Thread rule: the connection's I/O thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "net/connection/session.h"
#include "net/connection/stream_gate.h"
#include "net/grpc/message_reader.h"
#include "net/http/dispatch.h"

namespace cairn::net {

using FieldList = std::vector<std::pair<std::string, std::string>>;

// The bytes of an answer on their way into DATA frames.
class Outgoing {
 public:
  void add(PinnedBytes piece) {
    if (!piece.empty()) pieces_.push_back(std::move(piece));
  }
  // Copies the next bytes out and forgets them.
  std::size_t take(std::span<std::uint8_t> to) {
    std::size_t taken = 0;
    while (taken < to.size() && !pieces_.empty()) {
      const ByteView left = pieces_.front().view.subspan(offset_);
      const std::size_t count = std::min(left.size(), to.size() - taken);
      std::memcpy(to.data() + taken, left.data(), count);
      taken += count;
      offset_ += count;
      if (count == left.size()) {
        pieces_.pop_front();
        offset_ = 0;
      }
    }
    return taken;
  }
  bool empty() const { return pieces_.empty(); }
  void clear() {
    pieces_.clear();
    offset_ = 0;
  }

 private:
  std::deque<PinnedBytes> pieces_;
  std::size_t offset_ = 0;  // within the first piece
};

struct Http2Stream {
  enum class Phase { kHead, kBody, kHandling, kAnswering };

  std::int32_t id = 0;
  Phase phase = Phase::kHead;
  bool grpc = false;
  bool received = false;  // END_STREAM came

  // The request.
  Request request;
  std::size_t header_bytes = 0;
  Plan plan;
  RawBuffer body;                        // HTTP
  std::optional<MessageReader> message;  // gRPC
  std::string encoding;                  // gRPC: of compressed messages
  bool has_client_deadline = false;
  TimePoint deadline = TimePoint::max();
  TimePoint body_until = TimePoint::max();
  std::stop_source cancel{std::nostopstate};

  // The answer.
  bool head_only = false;  // HEAD
  bool deferred = false;   // nghttp2 waits for resume
  bool ended = false;      // nothing will be added to `outgoing`
  bool head_sent = false;  // response headers are submitted
  Outgoing outgoing;
  FieldList trailers;    // gRPC
  TimePoint progress;    // while bytes wait: since when, or when enough of them last left
  std::size_t left = 0;  // bytes since then
  std::shared_ptr<StreamGate> gate;

  // When the session has to look at the stream next.
  TimePoint next_time(Duration write_time) const {
    switch (phase) {
      case Phase::kHead:
        return TimePoint::max();
      case Phase::kBody:
        return std::min(body_until, deadline);
      case Phase::kHandling:
        return deadline;
      case Phase::kAnswering:
        break;
    }
    const TimePoint stuck = outgoing.empty() ? TimePoint::max() : progress + write_time;
    return has_client_deadline ? std::min(stuck, deadline) : stuck;
  }

  void start_progress(TimePoint at) {
    progress = at;
    left = 0;
  }

  // Nobody waits for the answer any more.
  void abandon() {
    cancel.request_stop();
    if (gate) gate->shut();
  }
};

}  // namespace cairn::net
