// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/adaptive_state.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "wire/json/document.h"
#include "wire/json/reader.h"

namespace cairn::sampling {
namespace {

using wire::json::Reader;
using wire::json::Value;

constexpr std::string_view kMagic = "cairn adaptive sampling ";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kFormat = "adaptive sampling state";

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<std::uint8_t>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

Error corrupt(std::string_view what) {
  return corruption(fmt::format("{}: {}", kFormat, what));
}

bool read_number(Reader& reader, Value value, double& to) {
  return reader.store(wire::json::parse_double(Reader::token(value)), to, "a number", value);
}

bool read_text(Reader& reader, Value value, std::string& to) {
  std::string_view text;
  if (!reader.string(value, text)) return false;
  to = text;
  return true;
}

bool read_operation(Reader& reader, Value value, AdaptiveState::Operation& operation) {
  return reader.each_member(value, [&](std::string_view name, Value member) {
    if (name == "operation") return read_text(reader, member, operation.name);
    if (name == "probability") return read_number(reader, member, operation.probability);
    if (name == "samples") return read_number(reader, member, operation.samples);
    if (name == "exposure") return read_number(reader, member, operation.exposure);
    return true;
  });
}

bool read_service(Reader& reader, Value value, AdaptiveState::Service& service) {
  return reader.each_member(value, [&](std::string_view name, Value member) {
    if (name == "service") return read_text(reader, member, service.name);
    if (name == "defaultProbability") {
      return read_number(reader, member, service.default_probability);
    }
    if (name != "operations") return true;
    return reader.each_element(member, [&](Value element) {
      return read_operation(reader, element, service.operations.emplace_back());
    });
  });
}

bool is_probability(double value) {
  return value > 0 && value <= 1;
}
bool is_amount(double value) {
  return value >= 0 && std::isfinite(value);
}

bool is_sane(const AdaptiveState& state) {
  for (const AdaptiveState::Service& service : state.services) {
    if (service.name.empty() || !is_probability(service.default_probability)) return false;
    for (const AdaptiveState::Operation& operation : service.operations) {
      if (!is_probability(operation.probability) || !is_amount(operation.samples) ||
          !is_amount(operation.exposure)) {
        return false;
      }
    }
  }
  return true;
}

Result<AdaptiveState> decode_json(std::string_view json) {
  Arena arena;
  auto document = wire::json::Document::parse(kFormat, as_bytes(json), arena);
  if (!document) return corruption(document.error().message);
  Reader reader(kFormat, document->text(), arena);
  simdjson::ondemand::object root;
  if (const auto error = document->root().get_object().get(root)) {
    return corrupt(simdjson::error_message(error));
  }
  AdaptiveState state;
  const bool read = reader.each_member(root, [&](std::string_view name, Value member) {
    if (name != "services") return true;
    return reader.each_element(member, [&](Value element) {
      return read_service(reader, element, state.services.emplace_back());
    });
  });
  if (!read) return corruption(reader.error().message);
  if (!is_sane(state)) return corrupt("a number out of its range, or a service without a name");
  return state;
}

Error failed(std::string_view call, const std::string& path) {
  return unavailable(fmt::format("{} {}: {}", call, path, std::strerror(errno)));
}

// Closes at the end; the caller says when to sync.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Result<void> write_synced(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (file.number() < 0) return failed("create", path);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) return failed("sync", path);
  return {};
}

}  // namespace

std::string encode_state(const AdaptiveState& state) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("services");
  json.begin_array();
  for (const AdaptiveState::Service& service : state.services) {
    json.begin_object();
    json.member("service", std::string_view(service.name));
    json.member("default_probability", service.default_probability);
    json.key("operations");
    json.begin_array();
    for (const AdaptiveState::Operation& operation : service.operations) {
      json.begin_object();
      json.member("operation", std::string_view(operation.name));
      json.member("probability", operation.probability);
      json.member("samples", operation.samples);
      json.member("exposure", operation.exposure);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  body += '\n';
  return fmt::format("{}{} {:016x}\n{}", kMagic, kVersion, fnv1a(body), body);
}

Result<AdaptiveState> decode_state(ByteView bytes) {
  std::string_view text = as_text(bytes);
  if (!text.starts_with(kMagic)) return corrupt("not such a file");
  text.remove_prefix(kMagic.size());
  const std::size_t newline = text.find('\n');
  const std::string_view head = text.substr(0, newline);
  const std::string_view version = head.substr(0, head.find(' '));
  if (version != kVersion) {
    return unimplemented(fmt::format("{}: version {} is not known", kFormat, version));
  }
  if (newline == std::string_view::npos) return corrupt("cut short");
  const std::string_view body = text.substr(newline + 1);
  if (head != fmt::format("{} {:016x}", kVersion, fnv1a(body))) return corrupt("checksum mismatch");
  return decode_json(body);
}

Result<AdaptiveState> read_state(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    if (errno == ENOENT) return not_found(fmt::format("{} is not there", path));
    return failed("open", path);
  }
  const auto size = static_cast<std::uint64_t>(file.tellg());
  if (size > kMaxStateBytes) return corrupt("too large");
  std::string content(size, '\0');
  file.seekg(0);
  file.read(content.data(), static_cast<std::streamsize>(size));
  if (!file) return failed("read", path);
  return decode_state(as_bytes(content));
}

Result<void> write_state(const std::string& path, const AdaptiveState& state) {
  const std::string fresh = path + ".tmp";
  RETURN_IF_ERROR(write_synced(fresh, encode_state(state)));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return failed("rename", fresh);
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) return failed("sync", folder);
  return {};
}

}  // namespace cairn::sampling
