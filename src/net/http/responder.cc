// SPDX-License-Identifier: Apache-2.0
#include "net/http/responder.h"

#include "base/check.h"

namespace cairn::net {

Responder::~Responder() {
  if (channel_) channel_->send(Response::failure(internal_error("no answer")));
}

Responder& Responder::operator=(Responder&& other) noexcept {
  const Responder before(std::move(*this));
  channel_ = std::move(other.channel_);
  return *this;
}

void Responder::send(Response response) {
  CAIRN_CHECK(channel_ != nullptr);
  const std::unique_ptr<Channel> channel = std::move(channel_);
  channel->send(std::move(response));
}

std::unique_ptr<ResponseStream> Responder::start_stream(Response head) {
  CAIRN_CHECK(channel_ != nullptr);
  const std::unique_ptr<Channel> channel = std::move(channel_);
  return channel->start_stream(std::move(head));
}

}  // namespace cairn::net
