// SPDX-License-Identifier: Apache-2.0
#include "net/http/message.h"

#include "net/error_status.h"

namespace cairn::net {

Response Response::failure(Error error) {
  Response made = of(http_status(error.code), "text/plain; charset=utf-8", error.message + "\n");
  if (is_retryable(error.code)) {
    made.headers.add("retry-after", std::to_string(kRetryAfterSeconds));
  }
  made.error = std::move(error);
  return made;
}

}  // namespace cairn::net
