// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <exception>
#include <string_view>
#include <utility>

#include <cairn/export/exporters.h>

#include "sdk/export/formats/jaeger_thrift.h"
#include "sdk/export/local/udp_sender.h"

namespace cairn::trace {
namespace {

// Agents read no more, whatever UDP could carry.
constexpr std::size_t kMostBytes = 65'000;
constexpr std::string_view kScheme = "udp://";
constexpr std::string_view kDefaultPort = "6831";

struct UdpAddress {
  std::string host;
  std::string port{kDefaultPort};
};

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc() && end == text.data() + text.size() && port != 0;
}

// udp://host, udp://host:port, udp://[::1]:port, each with or without a slash behind it.
bool parse(std::string_view url, UdpAddress& address) {
  if (url.substr(0, kScheme.size()) != kScheme) return false;
  url.remove_prefix(kScheme.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  std::size_t host_end = url.find(':');
  if (!url.empty() && url.front() == '[') {
    const std::size_t bracket = url.find(']');
    if (bracket == std::string_view::npos) return false;
    address.host = url.substr(1, bracket - 1);
    host_end = bracket + 1;
  } else {
    address.host = url.substr(0, host_end);
  }
  constexpr std::string_view kNotInHosts("/@?#[] \0", 8);
  if (address.host.empty() || address.host.find_first_of(kNotInHosts) != std::string::npos)
    return false;
  if (host_end == std::string_view::npos || host_end == url.size()) return true;
  address.port = url.substr(host_end + 1);
  return url[host_end] == ':' && is_port(address.port);
}

class JaegerUdpExporter final : public SpanExporter {
 public:
  JaegerUdpExporter(UdpAddress address, std::string url)
      : address_(std::move(address)), url_(std::move(url)), sender_(make_sender()) {}

  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override {
    using Outcome = local::UdpSender::Outcome;
    ExportResult result;
    try {
      std::size_t too_large = 0;
      const auto datagrams = formats::to_jaeger_datagrams(batch, kMostBytes, too_large);
      const Outcome outcome = sender_->send(datagrams, deadline, result.message);
      if (outcome == Outcome::kTimeUp) result.code = ExportResult::Code::kRetry;
      if (outcome != Outcome::kSent) return result;
      result.code = ExportResult::Code::kSent;
      result.rejected = too_large;
      if (too_large != 0) {
        result.message = std::to_string(too_large) + " spans are larger than a datagram";
      }
    } catch (const std::exception&) {  // no memory
      result.code = ExportResult::Code::kFailed;
    }
    return result;
  }

  // The parent may have been inside of it, and its thread that asks for the address is not here: it
  // is left as it is, with its socket.
  void after_fork_in_child() noexcept override {
    static_cast<void>(sender_.release());
    sender_ = make_sender();
  }

  std::string description() const override { return "jaeger " + url_; }

 private:
  std::unique_ptr<local::UdpSender> make_sender() const {
    return std::make_unique<local::UdpSender>(address_.host, address_.port);
  }

  const UdpAddress address_;
  const std::string url_;
  std::unique_ptr<local::UdpSender> sender_;
};

}  // namespace

SpanExporterPtr jaeger_udp(const std::string& url, std::string& error) {
  UdpAddress address;
  if (!parse(url, address)) {
    error = "not udp://host:port: " + url;
    return nullptr;
  }
  return std::make_shared<JaegerUdpExporter>(std::move(address), url);
}

}  // namespace cairn::trace
