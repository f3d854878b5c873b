// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/http/testing/servers.h"

namespace cairn::trace::testing {

Recorder::Recorder() {
  service_->Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex_);
    headers_ = request.headers;
    response.set_content("ok", "text/plain");
  });
  service_.run();
}

httplib::Headers Recorder::headers() const {
  const std::lock_guard lock(mutex_);
  return headers_;
}

std::string Recorder::header(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  std::string joined;
  const auto [begin, end] = headers_.equal_range(name);
  for (auto at = begin; at != end; ++at) joined += (joined.empty() ? "" : " | ") + at->second;
  return joined;
}

}  // namespace cairn::trace::testing
