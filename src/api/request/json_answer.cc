// SPDX-License-Identifier: Apache-2.0
#include "api/request/json_answer.h"

namespace cairn::api::request {

std::string JsonAnswer::take() {
  std::string taken;
  if (pretty_) {
    indenter_.append(taken, text_);
    text_.clear();
  } else {
    taken.swap(text_);
  }
  return taken;
}

bool JsonAnswer::flush_if_large() {
  if (gone_) return false;
  if (text_.size() < kPiece) return true;
  if (!stream_) stream_ = responder_.start_stream(net::Response::json(""));
  gone_ = !stream_->write(PinnedBytes::own(take()));
  return !gone_;
}

void JsonAnswer::finish() {
  if (!stream_) return responder_.send(net::Response::json(take()));
  if (!gone_ && !text_.empty()) gone_ = !stream_->write(PinnedBytes::own(take()));
  stream_->finish(gone_ ? Result<void>(deadline_exceeded("the reader is gone")) : Result<void>());
}

}  // namespace cairn::api::request
