// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/testing/fixture.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace cairn::trace::grpc_adapter {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 30s;

std::string kind_name(SpanKind kind) {
  switch (kind) {
    case SpanKind::kServer:
      return "SERVER";
    case SpanKind::kClient:
      return "CLIENT";
    default:
      return "INTERNAL";
  }
}

bool is_port(const std::string& key) {
  return key.size() > 5 && key.substr(key.size() - 5) == ".port";
}

std::string text_of(const std::map<std::string, std::string>& attributes) {
  std::string text;
  for (const auto& [key, value] : attributes) {
    text += " " + key + "=" + (is_port(key) && value != "0" ? "#" : value);
  }
  return text;
}

std::string text_of(const FinishedSpan& span, const std::vector<FinishedSpan>& all) {
  std::string text = kind_name(span.kind) + " " + span.name;
  for (const FinishedSpan& other : all) {
    if (other.context.span_id == span.parent_span_id &&
        other.context.trace_id == span.context.trace_id) {
      text += " < " + kind_name(other.kind) + " " + other.name;
    }
  }
  text += text_of(span.attributes);
  for (const auto& event : span.events) text += " [" + event.name + text_of(event.attributes) + "]";
  if (span.status == StatusCode::kError) text += " error: " + span.status_message;
  if (span.status == StatusCode::kOk) text += " ok";
  return text;
}

}  // namespace

test::Item item(const std::string& text) {
  test::Item made;
  made.set_text(text);
  return made;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait_for(lock, kPatience, [this] { return open_; });
}

void Gate::wait_until_someone_waits() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [this] { return waiting_ > 0; });
}

grpc::Status Counter::answer(const test::Item& request, test::Item& response) {
  const std::string& text = request.text();
  response.set_text(text);
  if (text == "missing") return {grpc::StatusCode::NOT_FOUND, "no such item"};
  if (text == "broken") return {grpc::StatusCode::INTERNAL, "shelf is broken"};
  if (text == "throw") throw std::runtime_error("thrown");
  if (text == "work") tracer("test").start("work");
  if (text == "user") {
    std::string user;
    Context::current().baggage().get("user", user);
    response.set_text(user);
  }
  if (text.substr(0, 5) == "next ") {
    grpc::ClientContext context;
    return next->Buy(&context, item(text.substr(5)), &response);
  }
  if (text == "wait") gate.pass();
  return grpc::Status::OK;
}

grpc::Status SyncShop::Buy(grpc::ServerContext*, const test::Item* request, test::Item* response) {
  return counter_.answer(*request, *response);
}

grpc::Status SyncShop::Collect(grpc::ServerContext*, grpc::ServerReader<test::Item>* reader,
                               test::Item* response) {
  test::Item one;
  std::string all;
  while (reader->Read(&one)) all += one.text();
  return counter_.answer(item(all), *response);
}

grpc::Status SyncShop::List(grpc::ServerContext*, const test::Item* request,
                            grpc::ServerWriter<test::Item>* writer) {
  for (const char letter : request->text()) {
    if (!writer->Write(item(std::string(1, letter)))) break;
  }
  test::Item ignored;
  return counter_.answer(*request, ignored);
}

grpc::Status SyncShop::Chat(grpc::ServerContext*,
                            grpc::ServerReaderWriter<test::Item, test::Item>* stream) {
  test::Item one;
  while (stream->Read(&one)) {
    test::Item reply;
    if (grpc::Status status = counter_.answer(one, reply); !status.ok()) return status;
    stream->Write(reply);
  }
  return grpc::Status::OK;
}

RunningServer::RunningServer(grpc::Service& service, const GrpcOptions& options) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(&service);
  trace_server(builder, options);
  server_ = builder.BuildAndStart();
}

RunningServer::~RunningServer() {
  server_->Shutdown(std::chrono::system_clock::now() + 5s);
  server_->Wait();
}

std::unique_ptr<test::Shop::Stub> RunningServer::stub(const GrpcOptions& options) const {
  return test::Shop::NewStub(
      traced_channel(target(), grpc::InsecureChannelCredentials(), {}, options));
}

void GrpcAdapterTest::SetUp() {
  Options options;
  options.exporter = memory_;
  ASSERT_TRUE(start(options));
}

void GrpcAdapterTest::TearDown() {
  stop();
  set_instrumentation({});
}

void GrpcAdapterTest::use(Conventions conventions) {
  InstrumentationSettings settings;
  settings.conventions = conventions;
  set_instrumentation(settings);
}

std::vector<FinishedSpan> GrpcAdapterTest::spans(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    flush();
    std::vector<FinishedSpan> all = memory_->spans();
    if (all.size() >= count || std::chrono::steady_clock::now() > deadline) {
      std::stable_sort(all.begin(), all.end(), [](const FinishedSpan& a, const FinishedSpan& b) {
        return a.end_unix_nanos < b.end_unix_nanos;
      });
      return all;
    }
    std::this_thread::yield();
  }
}

std::vector<std::string> GrpcAdapterTest::texts(std::size_t count) {
  std::vector<FinishedSpan> all = spans(count);
  std::stable_sort(all.begin(), all.end(), [](const FinishedSpan& a, const FinishedSpan& b) {
    return a.start_unix_nanos < b.start_unix_nanos;
  });
  std::vector<std::string> texts;
  for (const FinishedSpan& span : all) texts.push_back(text_of(span, all));
  return texts;
}

}  // namespace cairn::trace::grpc_adapter
