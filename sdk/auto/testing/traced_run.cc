// SPDX-License-Identifier: Apache-2.0
#include "sdk/auto/testing/traced_run.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn::trace::zero_code {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text of `"key":"..."` in `json`; empty when there is none.
std::string field(const std::string& json, const std::string& key) {
  const std::string start = "\"" + key + "\":\"";
  const auto at = json.find(start);
  if (at == std::string::npos) return {};
  const auto from = at + start.size();
  return json.substr(from, json.find('"', from) - from);
}

// None of the spans has links, so each trace id starts one.
std::vector<SpanText> spans_in(const std::string& text) {
  const std::string start = "\"traceId\":";
  std::vector<SpanText> spans;
  for (auto at = text.find(start); at != std::string::npos;) {
    const auto next = text.find(start, at + 1);
    SpanText span;
    span.json = text.substr(at, next == std::string::npos ? next : next - at);
    span.trace_id = field(span.json, "traceId");
    span.span_id = field(span.json, "spanId");
    span.parent_span_id = field(span.json, "parentSpanId");
    span.name = field(span.json, "name");
    spans.push_back(std::move(span));
    at = next;
  }
  return spans;
}

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

// A socket that listens at a port of 127.0.0.1.
int listen_somewhere(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, any, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, any, &size) != 0) {
    std::abort();
  }
  port = ntohs(address.sin_port);
  return listener;
}

std::string url_of(int port) {
  return "http://127.0.0.1:" + std::to_string(port) + "/orders";
}

}  // namespace

std::vector<std::string> Outcome::names() const {
  std::vector<std::string> all;
  for (const SpanText& span : spans) all.push_back(span.name);
  return all;
}

TracedRun::TracedRun() {
  configure("Name: shop\nTelemetry:\n  Batcher: file\n  Endpoint: $FILE\n");
  set("CAIRN_CONFIG", folder() + "/shop.yaml");
}

void TracedRun::configure(const std::string& yaml) {
  std::string text = yaml;
  if (const auto at = text.find("$FILE"); at != std::string::npos) {
    text.replace(at, 5, folder() + "/spans.jsonl");
  }
  std::ofstream(folder() + "/shop.yaml") << text;
}

Outcome TracedRun::operator()(const std::string& command) {
  std::string line = "env LD_PRELOAD=" + quoted(CAIRN_AUTO);
  for (const auto& [name, value] : variables_) line += " " + name + "=" + quoted(value);
  line += " " + command + " >" + folder() + "/out 2>" + folder() + "/err </dev/null";
  const int status = std::system(line.c_str());
  Outcome outcome;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  outcome.out = read_file(folder() + "/out");
  outcome.err = read_file(folder() + "/err");
  outcome.resources = read_file(folder() + "/spans.jsonl");
  outcome.spans = spans_in(outcome.resources);
  return outcome;
}

HeadRecorder::HeadRecorder() : listener_(listen_somewhere(port_)) {
  thread_ = std::thread([this] { serve(); });
}

HeadRecorder::~HeadRecorder() {
  shutdown(listener_, SHUT_RDWR);  // accept() fails
  thread_.join();
  close(listener_);
}

std::string HeadRecorder::url() const {
  return url_of(port_);
}

void HeadRecorder::serve() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    answer(client);
    close(client);
  }
}

void HeadRecorder::answer(int client) {
  std::string head;
  char part[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t size = read(client, part, sizeof part);
    if (size <= 0) return;
    head.append(part, static_cast<std::size_t>(size));
  }
  std::transform(head.begin(), head.end(), head.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  {
    const std::lock_guard lock(mutex_);
    heads_.push_back(head);
  }
  const std::string response =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  if (write(client, response.data(), response.size()) < 0) return;
}

std::vector<std::string> HeadRecorder::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

std::vector<std::string> HeadRecorder::values(const std::string& name) const {
  std::vector<std::string> found;
  const std::string start = "\r\n" + name + ": ";
  for (const std::string& head : heads()) {
    for (auto at = head.find(start); at != std::string::npos; at = head.find(start, at + 1)) {
      const auto from = at + start.size();
      found.push_back(head.substr(from, head.find("\r\n", from) - from));
    }
  }
  return found;
}

// The kernel takes the connections.
SilentServer::SilentServer() : listener_(listen_somewhere(port_)) {
}
SilentServer::~SilentServer() {
  close(listener_);
}
std::string SilentServer::url() const {
  return url_of(port_);
}

}  // namespace cairn::trace::zero_code
