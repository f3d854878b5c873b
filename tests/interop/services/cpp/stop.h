// SPDX-License-Identifier: Apache-2.0
//
// Where a request stops on its way. What is left of the way is text, "grpc-go.http-cpp.end": how to
// get to the next stop, and who that is; at last `end`, or `fail`.
// Thread rule: next() from any thread; the peers are there before the servers are.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace interop {

class Stop {
 public:
  // Goes to the next stop with what is left of the way; false when it failed there.
  using Step = std::function<bool(const std::string& rest)>;

  void add(const std::string& name, Step step) { steps_[name] = std::move(step); }
  // False for `fail`, for a step that failed, and for one that nobody knows.
  bool next(const std::string& way) const;

 private:
  std::map<std::string, Step> steps_;
};

}  // namespace interop
