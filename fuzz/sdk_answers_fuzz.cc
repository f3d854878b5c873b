// SPDX-License-Identifier: Apache-2.0
//
// What a collector answers to the SDK's exporters: the first byte says who asked and how the
// transfer ended, then come the lines of the head (and of the trailers), an empty line, and the
// body. Whatever is said, the verdict is one that the recorder can act on and log.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sdk/export/answers/answer_body.h"
#include "sdk/export/answers/readable.h"
#include "sdk/export/answers/retry_rules.h"
#include "sdk/export/http/response_head.h"

using namespace cairn::trace;
using namespace cairn::trace::transport;

namespace {

// A name for the status, its number, and two texts of 200 bytes and "..." at most.
constexpr std::size_t kLongestMessage = 600;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

HttpAnswer read_answer(unsigned how, std::string_view text) {
  HttpAnswer answer;
  ResponseHead head(answer);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) break;
    line += "\r\n";
    if (ResponseHead::line(line.data(), 1, line.size(), &head) != line.size()) {
      answer.error = "refused";
      return answer;
    }
  }
  answer.body = text;
  answer.complete = (how & 4) != 0;
  answer.connected = (how & 8) != 0;
  answer.too_large = (how & 16) != 0;
  if (!answer.complete) answer.error = text;
  // As libcurl reads Retry-After: anything up to what HttpClient lets through.
  if ((how & 32) != 0) answer.retry_after = std::chrono::hours(24 * 366);
  return answer;
}

void check(const ExportResult& result, const HttpAnswer& answer) {
  using Code = ExportResult::Code;
  require(result.message.size() <= kLongestMessage, "a message is short");
  // Throws where text is not UTF-8, and nobody catches it.
  (void)nlohmann::json(result.message).dump();
  for (const char c : result.message) {
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "a message is one line");
  }
  require(result.retry_after.count() >= 0 && result.retry_after <= kLongestRetryAfter,
          "a wait is bounded");
  require(result.rejected == 0 || result.code == Code::kSent, "only what was taken is counted");
  if (result.code == Code::kSent) {
    const bool ok = answer.status >= 200 && answer.status <= 299;
    require(ok || !answer.grpc_status.empty(), "a refusal is not a success");
  }
}

void check_bodies(std::string_view body) {
  const PartialSuccess a = read_partial_success(body), b = read_partial_success_json(body);
  require(a.message.size() <= body.size() && b.message.size() <= body.size(),
          "no text is longer than its source");
  require(a.rejected <= INT64_MAX && b.rejected <= INT64_MAX, "no count is negative");
  require(read_status_message(body).size() <= body.size(), "a status is in the body");
  require(read_status_message_json(body).size() <= body.size(), "a JSON status is in the body");
  if (const auto delay = read_retry_delay(body)) require(delay->count() >= 0, "no delay is before");
  std::string bytes;
  if (base64_decode(body, bytes)) require(bytes.size() <= body.size(), "base64 shrinks");
  require(percent_decoded(body).size() <= body.size(), "decoding shrinks");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 64 * 1024) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const HttpAnswer answer = read_answer(data[0], text);
  constexpr decltype(&judge_otlp_http) kJudges[] = {&judge_otlp_http, &judge_otlp_grpc,
                                                    &judge_plain_http, &judge_otlp_grpc};
  check(kJudges[data[0] & 3](answer), answer);
  check_bodies(answer.body);
  return 0;
}
