// SPDX-License-Identifier: Apache-2.0
//
// Servers that speak HTTP/2 wrongly, too much, or only for a while. Their answers are bytes that
// are sent when the request has come.
#include <cairn/export/exporters.h>
#include <gtest/gtest.h>

#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/grpc_server.h"
#include "sdk/export/testing/http_server.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace transport::testing;
using Clock = std::chrono::steady_clock;

enum FrameType : char {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPush = 5,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9
};
constexpr char kEndStream = 1, kEndHeaders = 4;

std::string number(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

std::string frame(FrameType type, char flags, std::uint32_t stream, const std::string& payload) {
  return number(static_cast<std::uint32_t>(payload.size()), 3) + static_cast<char>(type) + flags +
         number(stream, 4) + payload;
}

// HPACK, a literal that is not indexed, both texts shorter than 127 bytes.
std::string header(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name +
         static_cast<char>(value.size()) + value;
}

const std::string& hello() {
  static const std::string bytes = frame(kSettings, 0, 0, "");
  return bytes;
}
const std::string& ok_head() {
  static const std::string bytes = "\x88" + header("content-type", "application/grpc");
  return bytes;
}
std::string trailers_only(const std::string& status) {
  return hello() +
         frame(kHeaders, kEndStream | kEndHeaders, 1, ok_head() + header("grpc-status", status));
}
std::string success() {
  return hello() + frame(kHeaders, kEndHeaders, 1, ok_head()) +
         frame(kData, 0, 1, std::string(5, '\0')) +
         frame(kHeaders, kEndStream | kEndHeaders, 1, header("grpc-status", "0"));
}
std::string times(int count, const std::string& bytes) {
  std::string all;
  for (int i = 0; i < count; ++i) all += bytes;
  return all;
}

ExportResult send_to(const HttpServer& server, milliseconds wait = seconds(20)) {
  static const OwnedBatch batch(sample_request(1));
  RemoteOptions options;
  options.url = server.url("");
  std::string error;
  const SpanExporterPtr exporter = otlp_grpc(options, error);
  return exporter->export_batch(batch.batch(), within(wait));
}

ExportResult answered(const std::string& bytes, Answer::Then then = Answer::Then::kHang) {
  const HttpServer server({{bytes, then}});
  return send_to(server);
}

TEST(OtlpGrpcAttack, TheServerOfTheseTestsIsUnderstood) {
  EXPECT_EQ(answered(success()).code, Code::kSent);
  EXPECT_EQ(answered(trailers_only("14")).code, Code::kRetry);
}

TEST(OtlpGrpcAttack, AnAnswerThatIsCutAtAnyByteIsTriedAgain) {
  for (const std::string& whole : {success(), trailers_only("0")}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const ExportResult result = answered(whole.substr(0, size), Answer::Then::kClose);
      EXPECT_EQ(result.code, Code::kRetry) << size << ": " << result.message;
    }
  }
}

TEST(OtlpGrpcAttack, StreamsThatEndWithoutAStatusAreNoSuccess) {
  const std::string reset = number(7, 4), cancel = number(8, 4);
  EXPECT_EQ(answered(hello() + frame(kReset, 0, 1, reset)).code, Code::kRetry);
  EXPECT_EQ(
      answered(hello() + frame(kHeaders, kEndHeaders, 1, ok_head()) + frame(kReset, 0, 1, cancel))
          .code,
      Code::kRetry);
  EXPECT_EQ(answered(hello() + frame(kGoAway, 0, 0, number(0, 4) + number(0, 4))).code,
            Code::kRetry);
  EXPECT_EQ(
      answered(hello() + frame(kGoAway, 0, 0, number(0, 4) + number(11, 4)), Answer::Then::kClose)
          .code,
      Code::kRetry);
  EXPECT_NE(answered(hello() + frame(kHeaders, kEndStream | kEndHeaders, 1, ok_head())).code,
            Code::kSent);
  for (const char* status :
       {"", " ", "zero", "-0", "0x0", "00000000000000000000014", "99999999999"})
    EXPECT_NE(answered(trailers_only(status)).code, Code::kSent) << status;
}

TEST(OtlpGrpcAttack, FloodsEndBeforeTheDeadline) {
  const std::string field = header("x", std::string(100, 'x'));
  const std::string floods[] = {
      // A head without end, in one block and in trailers after trailers.
      hello() + frame(kHeaders, 0, 1, ok_head()) +
          times(20'000, frame(kContinuation, 0, 1, times(100, field))),
      hello() + frame(kHeaders, kEndHeaders, 1, ok_head()) +
          times(20'000, frame(kHeaders, kEndHeaders, 1, times(100, field))),
      // More than a megabyte of answer for an empty message.
      hello() + frame(kHeaders, kEndHeaders, 1, ok_head()) +
          times(500, frame(kData, 0, 1, std::string(16'384, '\0'))),
      // A frame of a size that was not agreed upon.
      hello() + number(0xFFFFFF, 3) + std::string(1, kData) + '\0' + number(1, 4) +
          std::string(1 << 20, 'x'),
      hello() + times(3, frame(kWindowUpdate, 0, 1, number(0x7FFFFFFF, 4))),
      hello() + frame(kHeaders, kEndHeaders, 1, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
      hello() + frame(kSettings, 0, 0, std::string(7, 'x')), std::string(1 << 16, '\xFF')};
  for (const std::string& flood : floods) {
    const HttpServer server({{flood, Answer::Then::kHang}});
    const auto start = Clock::now();
    EXPECT_NE(send_to(server, std::chrono::minutes(1)).code, Code::kSent) << &flood - floods;
    EXPECT_LT(Clock::now() - start, seconds(40)) << &flood - floods;
  }
}

TEST(OtlpGrpcAttack, ChatterDoesNotMoveTheDeadline) {
  for (const std::string& chatter :
       {times(200'000, frame(kPing, 0, 0, "12345678")), times(200'000, hello()),
        frame(kPush, kEndHeaders, 1, number(2, 4) + ok_head())}) {
    const HttpServer server({{hello() + chatter, Answer::Then::kHang}});
    const auto start = Clock::now();
    EXPECT_EQ(send_to(server, milliseconds(500)).code, Code::kRetry);
    EXPECT_LT(Clock::now() - start, seconds(10));
  }
}

TEST(OtlpGrpcAttack, AfterAllThatAGoodServerIsFound) {
  static const OwnedBatch batch(sample_request(1));
  const HttpServer server(
      {{hello() + frame(kGoAway, 0, 0, number(0, 4) + number(0, 4)), Answer::Then::kHang},
       {std::string(1 << 16, '\xFF'), Answer::Then::kHang},
       {hello(), Answer::Then::kClose},
       {success(), Answer::Then::kHang}});
  RemoteOptions options;
  options.url = server.url("");
  std::string error;
  const SpanExporterPtr exporter = otlp_grpc(options, error);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kRetry) << i;
  }
  EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kSent);
}

}  // namespace
}  // namespace cairn::trace
