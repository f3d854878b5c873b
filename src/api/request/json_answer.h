// SPDX-License-Identifier: Apache-2.0
//
// A JSON answer that starts to stream once it grows large, so that its size never is our memory.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "net/http/responder.h"
#include "wire/jaeger/json/json_indent.h"

namespace cairn::api::request {

// Thread rule: one thread at a time, a query thread: flushing may block on a slow reader.
class JsonAnswer {
 public:
  // What may gather before it is sent.
  static constexpr std::size_t kPiece = 1_MiB;

  JsonAnswer(net::Responder responder, bool pretty)
      : responder_(std::move(responder)), pretty_(pretty) {}

  // What is written next, as compact JSON. The reference holds until finish().
  std::string& text() { return text_; }

  // Sends what gathered when it is at least a piece. False: nobody reads any more, stop.
  [[nodiscard]] bool flush_if_large();
  // Something was sent: status and headers are decided.
  bool streaming() const { return stream_ != nullptr; }

  // Ends the answer. Call once, and nothing after it.
  void finish();
  // Instead of finish(), for an answer that is none: gives the Responder back.
  // REQUIRES: !streaming().
  net::Responder abandon() { return std::move(responder_); }

 private:
  // The gathered text in its final form.
  std::string take();

  net::Responder responder_;
  const bool pretty_;
  std::string text_;
  wire::jaeger::JsonIndenter indenter_;
  std::unique_ptr<net::ResponseStream> stream_;
  bool gone_ = false;
};

}  // namespace cairn::api::request
