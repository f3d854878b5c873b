// SPDX-License-Identifier: Apache-2.0
#include "net/http/message.h"

#include "net/error_status.h"

namespace cairn::net {

Response Response::failure(Error error) {
  Response made = of(http_status(error.code), "text/plain; charset=utf-8", error.message + "\n");
  made.error = std::move(error);
  return made;
}

}  // namespace cairn::net
