// SPDX-License-Identifier: Apache-2.0
#include "api/request/query_thread.h"

#include <latch>

#include <gtest/gtest.h>

#include "api/request/testing/test_call.h"

namespace cairn::api::request {
namespace {

class QueryThreadTest : public testing::Test {
 protected:
  QueryThreadTest() {
    router_.add({.pattern = "/",
                 .handler = on_query_thread(
                     pool_,
                     [this](const net::Request&, net::Responder responder) {
                       worker_ = std::this_thread::get_id();
                       responder.send(net::Response::of(200, "", "done"));
                     },
                     [](net::Responder responder, const Error& error) {
                       responder.send(net::Response::of(503, "", error.message));
                     }),
                 .body_limit = {}});
  }

  WorkerPool pool_{"query", 1, 1};
  net::Router router_;
  std::thread::id worker_;
};

TEST_F(QueryThreadTest, WorksOnAnotherThread) {
  EXPECT_EQ(test_call(router_, "GET", "/").body, "done");
  EXPECT_NE(worker_, std::this_thread::get_id());
}

TEST_F(QueryThreadTest, RefusesWhenTheQueueIsFull) {
  std::latch started(1);
  std::latch go_on(1);
  ASSERT_TRUE(pool_.submit([&] {
    started.count_down();
    go_on.wait();
  }));
  started.wait();
  ASSERT_TRUE(pool_.submit([] {}));
  EXPECT_EQ(test_call(router_, "GET", "/").body, "too many queries are waiting; try again");
  go_on.count_down();
  pool_.stop();  // before the latches go
}

TEST_F(QueryThreadTest, DoesNotWorkForARequestThatWaitedTooLong) {
  EXPECT_EQ(test_call(router_, "GET", "/", Deadline::after(Duration(-1))).body,
            "the query waited for its turn");
  EXPECT_EQ(worker_, std::thread::id());
}

}  // namespace
}  // namespace cairn::api::request
