// SPDX-License-Identifier: Apache-2.0
#include "thriftcpp/stored_trace.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace cairn::interop {
namespace {

Json picture_of(const Json& span, const Json& processes) {
  const Json& process = processes.at(span.at("processID").get<std::string>());
  Json picture;
  for (const char* member :
       {"traceID", "spanID", "operationName", "references", "startTime", "duration", "logs"}) {
    picture[member] = span.at(member);
  }
  picture["flags"] = span.value("flags", 0);
  picture["tags"] = sorted_tags(span.at("tags"));
  picture["service"] = process.at("serviceName");
  picture["processTags"] = sorted_tags(process.value("tags", Json::array()));
  return picture;
}

}  // namespace

Json stored_trace(const ServerProcess& server, const std::string& trace_id, std::size_t spans) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Json pictures;
  do {
    const HttpAnswer answer =
        http_get(server.address("query"), "/api/traces/" + trace_id + "?raw=true");
    if (answer.status == 200) {
      const Json trace = Json::parse(answer.body).at("data").at(0);
      pictures = Json::array();
      for (const Json& span : trace.at("spans")) {
        pictures.push_back(picture_of(span, trace.at("processes")));
      }
      if (pictures.size() >= spans) return in_order(std::move(pictures));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // between two questions
  } while (std::chrono::steady_clock::now() < deadline);
  return pictures;
}

Json in_order(Json pictures) {
  std::sort(pictures.begin(), pictures.end(), [](const Json& a, const Json& b) {
    return std::pair(a.at("spanID"), a.at("operationName")) <
           std::pair(b.at("spanID"), b.at("operationName"));
  });
  return pictures;
}

Json sorted_tags(Json tags) {
  std::stable_sort(tags.begin(), tags.end(),
                   [](const Json& a, const Json& b) { return a.at("key") < b.at("key"); });
  return tags;
}

Json tag(const std::string& key, const std::string& type, const Json& value) {
  return {{"key", key}, {"type", type}, {"value", value}};
}

Json reference(const std::string& type, const std::string& trace_id, const std::string& span_id) {
  return {{"refType", type}, {"traceID", trace_id}, {"spanID", span_id}};
}

std::string hex(std::uint64_t id) {
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; id >>= 4) text[i] = "0123456789abcdef"[id & 15];
  return text;
}

std::uint64_t random_id() {
  static std::mt19937_64 random(std::random_device{}());
  return random() | 1;
}

}  // namespace cairn::interop
