// SPDX-License-Identifier: Apache-2.0
//
// Certificates for tests: a CA, a server "localhost" and a client, in a folder that goes with them.
#pragma once

#include <string>

namespace cairn::trace::transport::testing {

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // <name>.pem and <name>.key: "ca", "server" and "client", signed by "ca", and "other", a CA that
  // signed nothing.
  std::string certificate(const std::string& name) const { return folder_ + "/" + name + ".pem"; }
  std::string key(const std::string& name) const { return folder_ + "/" + name + ".key"; }

 private:
  std::string folder_;
};

// All that is in a file.
std::string file_text(const std::string& path);

}  // namespace cairn::trace::transport::testing
