// SPDX-License-Identifier: Apache-2.0
//
// A shop behind real sockets, with its spans in memory.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <cairn/adapters/grpc.h>
#include <cairn/testing.h>
#include <cairn/trace.h>
#include <cairn/trace/instrumentation.h>
#include <gtest/gtest.h>
#include <shop.grpc.pb.h>

namespace cairn::trace::grpc_adapter {

test::Item item(const std::string& text);

// What a shop does with the text of an item:
//   missing, broken   fails with NOT_FOUND, INTERNAL
//   throw             throws
//   work              works in a span `work` of its own
//   user              answers with the baggage `user`
//   next TEXT         asks the next shop for TEXT
//   wait              waits for Gate::open()
// and answers with the text.
class Gate {
 public:
  void open();
  void pass();
  void wait_until_someone_waits();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

struct Counter {
  test::Shop::Stub* next = nullptr;
  Gate gate;
  grpc::Status answer(const test::Item& request, test::Item& response);
};

class SyncShop final : public test::Shop::Service {
 public:
  explicit SyncShop(Counter& counter) : counter_(counter) {}
  grpc::Status Buy(grpc::ServerContext*, const test::Item* request, test::Item* response) override;
  grpc::Status Collect(grpc::ServerContext*, grpc::ServerReader<test::Item>* reader,
                       test::Item* response) override;
  grpc::Status List(grpc::ServerContext*, const test::Item* request,
                    grpc::ServerWriter<test::Item>* writer) override;
  grpc::Status Chat(grpc::ServerContext*,
                    grpc::ServerReaderWriter<test::Item, test::Item>* stream) override;

 private:
  Counter& counter_;
};

class RunningServer {
 public:
  explicit RunningServer(grpc::Service& service, const GrpcOptions& options = {});
  ~RunningServer();
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }
  std::unique_ptr<test::Shop::Stub> stub(const GrpcOptions& options = {}) const;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class GrpcAdapterTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void use(Conventions conventions);
  // All that ended, in that order, once there are `count` of them: waits for these.
  std::vector<FinishedSpan> spans(std::size_t count);
  // One line a span, by kind and start: `SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy`
  // (its parent), and after it attributes, events and status. Ports are `#`.
  std::vector<std::string> texts(std::size_t count);

  std::shared_ptr<MemoryExporter> memory_ = std::make_shared<MemoryExporter>();
};

}  // namespace cairn::trace::grpc_adapter
