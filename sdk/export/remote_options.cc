// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "sdk/export/remote_exporter.h"

namespace cairn::trace::transport {
namespace {

bool can_read(const char* what, const std::string& path, std::string& error) {
  if (path.empty()) return true;
  if (path.find('\0') != std::string::npos) {
    error = std::string(what) + ": a path cannot have a zero byte";
    return false;
  }
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  // Folders can be opened, and not read.
  if (file && std::fgetc(file.get()) != EOF) return true;
  const int why = file ? 0 : errno;
  error = std::string(what) + " '" + path + "' cannot be read: " +
          (why == 0 ? "it is empty or no file" : std::generic_category().message(why));
  return false;
}

// RFC 9110, "Tokens".
bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// What we write ourselves: a second one would contradict the body.
bool is_ours(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const std::string_view ours : {"content-length", "content-type", "content-encoding",
                                      "transfer-encoding", "connection", "te", "expect"}) {
    if (name == ours) return true;
  }
  return name.compare(0, 5, "grpc-") == 0;
}

}  // namespace

bool check_tls(const TlsOptions& tls, std::string& error) {
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    error = tls.key_file.empty() ? "a TLS certificate needs its key file"
                                 : "a TLS key needs its certificate file";
    return false;
  }
  return can_read("TLS CA file", tls.ca_file, error) &&
         can_read("TLS certificate file", tls.certificate_file, error) &&
         can_read("TLS key file", tls.key_file, error);
}

bool check_header(const std::string& name, const std::string& value, std::string& error) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token)) {
    error = "'" + name + "' cannot be the name of a header";
    return false;
  }
  // The value is not shown: it may be a secret.
  const bool clean = std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
  if (!clean) {
    error = "the value of header '" + name + "' has control characters";
    return false;
  }
  if (is_ours(name)) {
    error = "header '" + name + "' is the exporter's own";
    return false;
  }
  return true;
}

}  // namespace cairn::trace::transport
