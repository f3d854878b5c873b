// SPDX-License-Identifier: Apache-2.0
//
// The grammar of an HTTP/1.1 request's head, fed with whatever bytes have arrived. Wraps Beast's
// parser, which is strict about what request smuggling needs. Source: RFC 9112.
// Thread rule: one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "net/http/message.h"

namespace cairn::net {

class RequestParser {
 public:
  enum class Step {
    kNeedMore,  // of the bytes after the used ones, all must be given again with more behind them
    kDone,      // the head is complete
    kFailed,    // see failure()
  };
  struct Head {
    std::string method;
    std::string target;
    Headers headers;
    bool http10 = false;
    bool keep_alive = true;
    bool chunked = false;
    std::size_t content_length = 0;  // unless chunked
    bool expects_continue = false;
  };
  struct Failure {
    int status = 400;
    std::string text;
    std::string_view reason = "malformed";
  };

  explicit RequestParser(std::size_t header_limit);
  ~RequestParser();

  // Feeds the head; `used` says how many bytes it took. After kDone, head() is complete.
  Step parse_head(ByteView bytes, std::size_t& used);

  Head& head() { return head_; }
  const Failure& failure() const { return failure_; }

 private:
  struct Parser;
  Step fail(int status, std::string text, std::string_view reason = "malformed");
  Step read_head();

  const std::size_t header_limit_;
  std::size_t head_bytes_ = 0;
  std::unique_ptr<Parser> parser_;
  Head head_;
  Failure failure_;
};

// "Not Found" for 404; empty when unknown.
std::string_view reason_phrase(int status);

}  // namespace cairn::net
