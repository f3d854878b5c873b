// SPDX-License-Identifier: Apache-2.0
#include "cli/import/uploader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "net/server.h"

namespace cairn::cli {
namespace {

using ::testing::ElementsAre;

// Answers each upload with `response`, and keeps what came.
class UploadServer {
 public:
  UploadServer() {
    net::Listener listener;
    listener.name = "test";
    listener.setting = "test.port";
    listener.router.add({.method = "POST",
                         .pattern = "/api/upload",
                         .handler = [this](net::Request request, net::Responder responder) {
                           MutexLock lock(mutex_);
                           const auto type = request.headers.get("content-type").value_or("");
                           seen_.push_back(request.query + " " + std::string(type) + " " +
                                           std::string(request.body.text()));
                           responder.send(response_);
                         }});
    std::vector<net::Listener> listeners;
    listeners.push_back(std::move(listener));
    auto started = net::Server::start({}, std::move(listeners), metrics_);
    CAIRN_CHECK(started);
    server_ = *std::move(started);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port_of("test")); }
  void answer(net::Response response) {
    MutexLock lock(mutex_);
    response_ = std::move(response);
  }
  std::vector<std::string> seen() {
    MutexLock lock(mutex_);
    return seen_;
  }

 private:
  MetricsRegistry metrics_;
  Mutex mutex_;
  net::Response response_ GUARDED_BY(mutex_);
  std::vector<std::string> seen_ GUARDED_BY(mutex_);
  std::unique_ptr<net::Server> server_;
};

TEST(Uploader, PostsLinesAndReadsTheReport) {
  UploadServer server;
  server.answer(net::Response::json(
      R"({"accepted":5,"rejected":{"too_large":2},"broken":1,"errors":[{"line":3,"message":"m"}]})"));
  const auto uploader = make_http_uploader(server.url() + "/", "auto");
  const auto answer = uploader->post("{}\n");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->is_report);
  EXPECT_EQ(answer->accepted, 5U);
  EXPECT_EQ(answer->rejected.at("too_large"), 2U);
  EXPECT_EQ(answer->broken, 1U);
  ASSERT_EQ(answer->errors.size(), 1U);
  EXPECT_EQ(answer->errors[0].line, 3U);
  EXPECT_EQ(answer->errors[0].message, "m");
  ASSERT_TRUE(uploader->post("[]\n"));
  EXPECT_THAT(server.seen(), ElementsAre("format=auto application/x-ndjson {}\n",
                                         "format=auto application/x-ndjson []\n"));
}

TEST(Uploader, TellsHowLongToWait) {
  UploadServer server;
  net::Response busy = net::Response::of(503, "text/plain", "busy");
  busy.headers.add("retry-after", "17");
  server.answer(std::move(busy));
  const auto answer = make_http_uploader(server.url(), "otlp")->post("{}\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->retry_after, Duration(std::chrono::seconds(17)));
  EXPECT_FALSE(answer->is_report);
  EXPECT_EQ(answer->text, "busy");
}

TEST(Uploader, TellsNobodyThereFromAnAddressThatIsNone) {
  std::string closed;
  {
    const UploadServer server;
    closed = server.url();
  }
  EXPECT_EQ(make_http_uploader(closed, "auto")->post("{}").error().code, ErrorCode::kUnavailable);
  for (const char* url : {"http://:x", "gopher://127.0.0.1"}) {
    EXPECT_EQ(make_http_uploader(url, "auto")->post("{}").error().code, ErrorCode::kInvalidArgument)
        << url;
  }
}

TEST(Uploader, WhatIsNoReportIsNone) {
  for (const char* body : {"", "nonsense", "[]", "{}", R"({"accepted":"1","broken":0})"}) {
    UploadAnswer answer;
    read_report(body, answer);
    EXPECT_FALSE(answer.is_report) << body;
  }
}

}  // namespace
}  // namespace cairn::cli
