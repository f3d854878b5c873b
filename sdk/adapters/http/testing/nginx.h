// SPDX-License-Identifier: Apache-2.0
//
// Nginx: an nginx of its own in a directory of its own, gone with the object (and with the test's
// process, should that die first).
#pragma once

#include <string>

#include <sys/types.h>

namespace cairn::trace::testing {

class Nginx {
 public:
  // `locations` go into the `server` block.
  explicit Nginx(const std::string& locations);
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  bool is_installed() const { return !program_.empty(); }
  // Whether it accepts connections.
  bool is_running() const { return process_ > 0; }
  int port() const { return port_; }

 private:
  bool try_start(const std::string& locations);
  bool wait_until_it_accepts();

  std::string program_;  // empty: not installed
  std::string directory_;
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace cairn::trace::testing
