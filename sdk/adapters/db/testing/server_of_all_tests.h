// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace cairn::trace::testing {

// One server for all tests of a program: started before the first, gone after the last.
template <class Server>
class ServerOfAllTests {
 public:
  ServerOfAllTests() { ::testing::AddGlobalTestEnvironment(new Environment(server_)); }

  const Server* operator->() const { return server_.get(); }

 private:
  class Environment : public ::testing::Environment {
   public:
    explicit Environment(std::unique_ptr<Server>& server) : server_(server) {}
    void SetUp() override {
      std::string error;
      server_ = Server::start(error);
      ASSERT_NE(server_, nullptr) << error;
    }
    void TearDown() override { server_.reset(); }

   private:
    std::unique_ptr<Server>& server_;
  };

  std::unique_ptr<Server> server_;
};

}  // namespace cairn::trace::testing
