// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <cairn/adapters/curl.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/raw_http.h"
#include "sdk/adapters/http/testing/servers.h"
#include "sdk/adapters/http/testing/tracing.h"

// Of LeakSanitizer, where there is one.
extern "C" {
[[gnu::weak]] void __lsan_disable();  // NOLINT(bugprone-reserved-identifier): its name
[[gnu::weak]] void __lsan_enable();   // NOLINT(bugprone-reserved-identifier): its name
}

namespace cairn::trace::testing {
namespace {

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

class Curl : public ::testing::Test {
 protected:
  Curl() { fresh(server_.url() + "/x"); }
  ~Curl() override {
    curl_easy_cleanup(curl_);
    curl_slist_free_all(headers_);
  }
  // A new handle for this URL.
  void fresh(const std::string& url) {
    curl_easy_cleanup(curl_);
    curl_ = curl_easy_init();
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
  }
  void add_header(const char* line) { headers_ = curl_slist_append(headers_, line); }
  static std::vector<std::string> lines(const curl_slist* list) {
    std::vector<std::string> all;
    for (; list != nullptr; list = list->next) all.emplace_back(list->data);
    return all;
  }

  Recorder server_;
  CURL* curl_ = nullptr;
  curl_slist* headers_ = nullptr;
};

TEST_F(Curl, SendsTheCallersHeadersAsWell) {
  Tracing tracing;
  add_header("X-One: 1");
  add_header("X-Two: 2");
  EXPECT_EQ(curl_perform(curl_, headers_), CURLE_OK);
  EXPECT_EQ(server_.header("X-One"), "1");
  EXPECT_EQ(server_.header("X-Two"), "2");
  EXPECT_EQ(server_.header("traceparent").size(), 55u);
  EXPECT_EQ(lines(headers_), (std::vector<std::string>{"X-One: 1", "X-Two: 2"}));
}

TEST_F(Curl, LeavesTheHandleWithTheCallersHeaders) {
  Tracing tracing;
  add_header("X-One: 1");
  EXPECT_EQ(curl_perform(curl_, headers_), CURLE_OK);
  EXPECT_EQ(curl_easy_perform(curl_), CURLE_OK);  // not traced
  EXPECT_EQ(server_.header("X-One"), "1");
  EXPECT_EQ(server_.header("traceparent"), "");
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  EXPECT_EQ(curl_easy_perform(curl_), CURLE_OK);
  EXPECT_EQ(server_.header("X-One"), "");
}

TEST_F(Curl, ReplacesTheHeadersOfAnEarlierTrace) {
  Tracing tracing;
  add_header("TraceParent: old");
  add_header("X-One: 1");
  add_header("tracestate:old=1");
  add_header("Baggage;");
  EXPECT_EQ(curl_perform(curl_, headers_), CURLE_OK);
  EXPECT_EQ(server_.header("traceparent").size(), 55u);
  EXPECT_EQ(server_.header("tracestate"), "");
  EXPECT_EQ(server_.header("X-One"), "1");
  EXPECT_EQ(lines(headers_).size(), 4u);
}

TEST_F(Curl, SendsTracestateAndBaggage) {
  Tracing tracing;
  SpanContext caller;
  ASSERT_TRUE(TraceId::from_hex("0af7651916cd43dd8448eb211c80319c", caller.trace_id));
  ASSERT_TRUE(SpanId::from_hex("b7ad6b7169203331", caller.span_id));
  caller.flags.bits = TraceFlags::kSampled;
  caller.trace_state = TraceState::from_header("a=1,b=2");
  const Scope scope(Context(caller).with(Baggage::from_header("user=7")));
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  EXPECT_EQ(server_.header("tracestate"), "a=1,b=2");
  EXPECT_EQ(server_.header("baggage"), "user=7");
  EXPECT_EQ(server_.header("traceparent").substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
}

TEST_F(Curl, KnowsTheMethodOfEveryTransfer) {
  HttplibService<httplib::Server> server;
  const auto ok = [](const httplib::Request&, httplib::Response&) {};
  server->Post("/x", ok).Put("/x", ok).Get("/x", ok);
  server.run();
  Tracing tracing(stable());
  fresh(server.url() + "/x");
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, "a=1");
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, "PUT");
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].name, "POST");
  EXPECT_EQ(spans[0].attributes.at("http.request.method"), "POST");
  EXPECT_EQ(spans[1].name, "PUT");
  EXPECT_EQ(spans[2].name, "HEAD");
}

TEST_F(Curl, TellsTheUrlThatWasAskedForWhenRedirected) {
  HttplibService<httplib::Server> server;
  server->Get("/from",
              [](const httplib::Request&, httplib::Response& out) { out.set_redirect("/to"); });
  server->Get("/to", [](const httplib::Request&, httplib::Response&) {});
  server.run();
  Tracing tracing;
  fresh(server.url() + "/from");
  curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 1L);
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  curl_easy_setopt(curl_, CURLOPT_URL, (server.url() + "/from").c_str());
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].name, "/from");
  EXPECT_EQ(spans[1].name, "/from");
}

TEST_F(Curl, TellsAUrlThatWasGivenInParts) {
  for (const auto& settings : {go_zero(), stable()}) {
    Tracing tracing(settings);
    CURLU* const url = curl_url();
    const std::string text =
        "http://me:secret@127.0.0.1:" + std::to_string(server_.port()) + "/parts";
    curl_url_set(url, CURLUPART_URL, text.c_str(), 0);
    CURL* const curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_CURLU, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
    EXPECT_EQ(curl_perform(curl, nullptr), CURLE_OK);
    curl_easy_cleanup(curl);
    curl_url_cleanup(url);
    const FinishedSpan span = tracing.only_span();
    EXPECT_EQ(span.name, settings.conventions == Conventions::kStable ? "GET" : "/parts");
    const char* const key = settings.conventions == Conventions::kStable ? "url.full" : "http.url";
    EXPECT_EQ(span.attributes.at(key), server_.url() + "/parts");
  }
}

TEST_F(Curl, TellsWhyThereIsNoAnswer) {
  const int port = closed_port();
  Tracing tracing(stable());
  fresh("http://127.0.0.1:" + std::to_string(port) + "/");
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_COULDNT_CONNECT);
  const FinishedSpan span = tracing.only_span();
  EXPECT_EQ(span.status, StatusCode::kError);
  EXPECT_EQ(span.status_message, curl_easy_strerror(CURLE_COULDNT_CONNECT));
  EXPECT_EQ(span.attributes.at("error.type"), "CURLcode:7");
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_EQ(span.events[0].name, "exception");
}

TEST_F(Curl, KeepsTheStatusOfWhatFailOnErrorRefuses) {
  HttplibService<httplib::Server> server;
  server.run();
  Tracing tracing;
  fresh(server.url() + "/missing");
  curl_easy_setopt(curl_, CURLOPT_FAILONERROR, 1L);
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_HTTP_RETURNED_ERROR);
  EXPECT_EQ(tracing.only_span().attributes.at("http.status_code"), "404");
  EXPECT_EQ(tracing.only_span().status, StatusCode::kError);
}

TEST_F(Curl, RunsCallbacksInsideTheSpan) {
  Tracing tracing;
  static std::atomic<bool> recording;
  recording = false;
  curl_easy_setopt(
      curl_, CURLOPT_WRITEFUNCTION,
      +[](char*, std::size_t size, std::size_t count, void*) -> std::size_t {
        recording = current_span().is_recording();
        return size * count;
      });
  EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);
  EXPECT_TRUE(recording);
}

TEST_F(Curl, LetsWhatACallbackThrowsThrough) {
  Tracing tracing;
  // libcurl never frees what it was in the middle of.
  if (__lsan_disable != nullptr) __lsan_disable();
  fresh(server_.url() + "/x");
  curl_easy_setopt(
      curl_, CURLOPT_WRITEFUNCTION, +[](char*, std::size_t, std::size_t, void*) -> std::size_t {
        throw std::runtime_error("disk full");
      });
  EXPECT_THROW(curl_perform(curl_, nullptr), std::runtime_error);
  if (__lsan_enable != nullptr) __lsan_enable();
  EXPECT_FALSE(current_span_context().is_valid());
  EXPECT_EQ(tracing.only_span().status, StatusCode::kError);
}

TEST_F(Curl, TakesANullHandleAsLibcurlDoes) {
  EXPECT_EQ(curl_perform(nullptr, nullptr), CURLE_BAD_FUNCTION_ARGUMENT);
}

// Runs a multi handle until all its transfers are reported.
int drive(CurlMulti& multi) {
  int running = 1, done = 0;
  while (running != 0) {
    EXPECT_EQ(curl_multi_perform(multi.get(), &running), CURLM_OK);
    if (running != 0) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
    int left = 0;
    while (CURLMsg* const message = multi.info_read(&left)) {
      EXPECT_EQ(message->msg, CURLMSG_DONE);
      EXPECT_EQ(multi.remove_handle(message->easy_handle), CURLM_OK);
      ++done;
    }
  }
  return done;
}

TEST_F(Curl, TracesManyTransfersAtOnce) {
  const int closed = closed_port();
  Tracing tracing;
  CURLM* const handle = curl_multi_init();
  std::vector<CURL*> all;
  {
    CurlMulti multi(handle);
    add_header("X-One: 1");
    const Span parent = tracer("test").start("parent");
    for (int i = 0; i < 4; ++i) {
      all.push_back(curl_easy_duphandle(curl_));
      curl_easy_setopt(all.back(), CURLOPT_PRIVATE, &all);
      if (i == 3) {
        const std::string url = "http://127.0.0.1:" + std::to_string(closed) + "/closed";
        curl_easy_setopt(all.back(), CURLOPT_URL, url.c_str());
      }
      const Scope scope(parent);
      EXPECT_EQ(multi.add_handle(all.back(), headers_), CURLM_OK);
    }
    EXPECT_EQ(drive(multi), 4);
  }
  void* mine = nullptr;
  curl_easy_getinfo(all[0], CURLINFO_PRIVATE, &mine);
  EXPECT_EQ(mine, &all);
  EXPECT_EQ(server_.header("X-One"), "1");
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 5u);
  int failed = 0, children = 0;
  for (const FinishedSpan& span : spans) {
    failed += span.status == StatusCode::kError ? 1 : 0;
    children += span.parent_span_id.is_valid() ? 1 : 0;
  }
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(children, 4);
  for (CURL* const easy : all) curl_easy_cleanup(easy);
  curl_multi_cleanup(handle);
}

TEST_F(Curl, TransfersRemovedEarlyAreFailed) {
  Tracing tracing;
  CURLM* const handle = curl_multi_init();
  CURL* const left = curl_easy_duphandle(curl_);
  {
    CurlMulti multi(handle);
    EXPECT_EQ(multi.add_handle(curl_, nullptr), CURLM_OK);
    EXPECT_EQ(multi.add_handle(curl_, nullptr), CURLM_ADDED_ALREADY);
    EXPECT_EQ(multi.add_handle(left, nullptr), CURLM_OK);
    EXPECT_EQ(multi.remove_handle(curl_), CURLM_OK);
    EXPECT_EQ(curl_perform(curl_, nullptr), CURLE_OK);  // the handle is as good as new
  }
  EXPECT_EQ(curl_multi_add_handle(handle, left), CURLM_OK);  // it was removed
  curl_multi_remove_handle(handle, left);
  curl_easy_cleanup(left);
  curl_multi_cleanup(handle);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].status, StatusCode::kError);
  EXPECT_EQ(spans[1].events.at(0).attributes.at("exception.type"), "canceled");
  EXPECT_EQ(spans[2].status, StatusCode::kUnset);
}

// A multi handle whose program never asks for results.
class UnreadCurl : public Curl {
 protected:
  UnreadCurl() : multi_(handle_.get()) {}
  // Drives the transfers while `go_on` says so.
  template <class GoOn>
  void drive_while(GoOn go_on) {
    for (int running = 1; running != 0 && go_on();) {
      ASSERT_EQ(curl_multi_perform(multi_.get(), &running), CURLM_OK);
      if (running != 0) curl_multi_poll(multi_.get(), nullptr, 0, 100, nullptr);
    }
  }
  void drive_to_the_end() {
    drive_while([] { return true; });
  }

  std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> handle_{curl_multi_init(), curl_multi_cleanup};
  CurlMulti multi_;
};

TEST_F(UnreadCurl, AnAnswerThatIsThereIsTold) {
  Tracing tracing;
  multi_.add_handle(curl_, nullptr);
  drive_to_the_end();
  EXPECT_EQ(multi_.remove_handle(curl_), CURLM_OK);
  curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);  // its Content-Length is of no body
  multi_.add_handle(curl_, nullptr);
  drive_to_the_end();
  EXPECT_EQ(multi_.remove_handle(curl_), CURLM_OK);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 2u);
  for (const FinishedSpan& span : spans) {
    EXPECT_EQ(span.attributes.at("http.status_code"), "200");
    EXPECT_EQ(span.status, StatusCode::kUnset);
  }
}

TEST_F(UnreadCurl, WhereNobodyAnsweredItIsCanceled) {
  const int port = closed_port();
  Tracing tracing;
  fresh("http://127.0.0.1:" + std::to_string(port) + "/");
  multi_.add_handle(curl_, nullptr);
  drive_to_the_end();
  multi_.remove_handle(curl_);
  EXPECT_EQ(tracing.only_span().status, StatusCode::kError);
  EXPECT_EQ(tracing.only_span().events.at(0).attributes.at("exception.type"), "canceled");
}

TEST_F(UnreadCurl, HalfAnAnswerIsCanceledWithItsStatus) {
  std::promise<void> enough;
  HttplibService<httplib::Server> server;
  server->Get("/half", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content_provider(4, "text/plain",
                                  [&](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                    if (offset != 0) enough.get_future().wait();
                                    return sink.write("ok", 2);
                                  });
  });
  server.run();
  Tracing tracing;
  fresh(server.url() + "/half");
  bool started = false;
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &started);
  curl_easy_setopt(
      curl_, CURLOPT_WRITEFUNCTION, +[](char*, std::size_t size, std::size_t count, void* seen) {
        *static_cast<bool*>(seen) = true;
        return size * count;
      });
  multi_.add_handle(curl_, nullptr);
  drive_while([&] { return !started; });
  multi_.remove_handle(curl_);
  enough.set_value();
  const FinishedSpan span = tracing.only_span();
  EXPECT_EQ(span.status, StatusCode::kError);
  EXPECT_EQ(span.attributes.at("http.status_code"), "200");
  EXPECT_EQ(span.events.at(0).attributes.at("exception.type"), "canceled");
}

TEST_F(UnreadCurl, AHandleRemovedBehindOurBackIsTakenAnew) {
  Tracing tracing;
  multi_.add_handle(curl_, nullptr);
  curl_multi_remove_handle(multi_.get(), curl_);
  add_header("X-One: 1");
  EXPECT_EQ(multi_.add_handle(curl_, headers_), CURLM_OK);
  drive_to_the_end();
  multi_.remove_handle(curl_);
  EXPECT_EQ(server_.header("X-One"), "1");
  EXPECT_EQ(server_.header("traceparent").size(), 55u);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].status, StatusCode::kError);
  EXPECT_EQ(spans[1].attributes.at("http.status_code"), "200");
}

}  // namespace
}  // namespace cairn::trace::testing
