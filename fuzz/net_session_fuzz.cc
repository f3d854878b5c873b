// SPDX-License-Identifier: Apache-2.0
//
// A connection's bytes, from the first to the last: HTTP/1.1 or, when they open with its preface,
// HTTP/2. Nothing crashes, and HTTP/1.1 answers the same however the bytes were cut: what a cut can
// change, a smuggled request can use.
// Shape: one byte that seeds the cuts, then the connection's input.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "net/connection/mailbox.h"
#include "net/connection/session.h"
#include "net/connection/site.h"
#include "net/connection/write_queue.h"

using namespace cairn;

namespace {

constexpr std::size_t kMostInput = 4096;  // below every limit: those may depend on the cut
constexpr std::string_view kHttp2Opening = "PRI ";

net::Listener make_listener() {
  net::Listener listener;
  listener.name = "fuzz";
  const net::Handler echo = [](net::Request request, net::Responder responder) {
    net::Response answer;
    answer.body = request.body;
    responder.send(std::move(answer));
  };
  listener.router.add({.pattern = "/{rest...}", .handler = echo});
  listener.router.add({.method = "POST", .pattern = "/{rest...}", .handler = echo});
  listener.router.add({.kind = net::RouteKind::kGrpcUnary, .pattern = "/a.B/C", .handler = echo});
  listener.cors.emplace();
  listener.cors->allowed_origins = {"https://*.example"};
  return listener;
}

// All output, without the dates and without the "100 Continue" that a client gets only if it waits.
std::string cleaned(std::string text) {
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = 0; (at = text.find(go_on, at)) != std::string::npos;) {
    text.erase(at, go_on.size());
  }
  const std::string date = "\r\ndate: ";
  for (std::size_t at = 0; (at = text.find(date, at)) != std::string::npos;) {
    text.erase(at, date.size() + 29);
  }
  return text;
}

// Feeds the input in pieces of 1 to `longest` bytes and returns the output.
std::string run(net::Site& site, std::string_view input, std::uint32_t seed, std::size_t longest) {
  net::WriteQueue out;
  auto mailbox = std::make_shared<net::Mailbox>([] {});
  net::SessionContext context{site, mailbox, out, "fuzz"};
  const auto session = input.starts_with(kHttp2Opening)
                           ? net::make_http2_session(std::move(context))
                           : net::make_http1_session(std::move(context));
  const net::Mailbox::Scope scope(mailbox.get(), *session);
  std::string sent;
  while (!input.empty() && session->wants_read()) {
    seed = seed * 1664525 + 1013904223;
    const std::size_t wanted = 1 + (seed >> 8) % longest;
    const std::span<std::byte> direct = session->direct_space();
    const std::size_t room = direct.empty() ? session->read_limit() : direct.size();
    const std::string_view piece = input.substr(0, std::min(wanted, room));
    input.remove_prefix(piece.size());
    if (direct.empty()) {
      session->on_bytes(as_bytes(piece));
    } else {
      const ByteView from = as_bytes(piece);
      std::copy(from.begin(), from.end(), direct.begin());
      session->on_direct(piece.size());
    }
    session->fill();
    net::WriteQueue::Slots slots;
    for (auto front = out.front(slots); !front.empty(); front = out.front(slots)) {
      for (const iovec& slot : front) {
        sent.append(static_cast<const char*>(slot.iov_base), slot.iov_len);
      }
      std::size_t size = 0;
      for (const iovec& slot : front) size += slot.iov_len;
      out.consume(size);
      session->fill();
    }
  }
  session->on_end();
  session->on_gone();
  mailbox->close();
  return cleaned(std::move(sent));
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > kMostInput) return 0;
  static MetricsRegistry metrics;
  static net::Site site(make_listener(), net::ServerLimits(),
                        std::make_shared<net::ByteBudget>(64_MiB), metrics);
  std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
  // A head without an end may be refused early or waited for; with one there is no such choice.
  if (!input.starts_with(kHttp2Opening)) input += "\r\n\r\n";
  const std::string whole = run(site, input, 0, kMostInput * 1000);
  const std::string cut = run(site, input, data[0], 1 + data[0] % 40);
  if (!input.starts_with(kHttp2Opening) && whole != cut) {
    std::fprintf(stderr, "the cut matters:\n%s\n---\n%s\n", whole.c_str(), cut.c_str());
    std::abort();
  }
  return 0;
}
