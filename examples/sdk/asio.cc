// SPDX-License-Identifier: Apache-2.0
// Boost.Asio: handlers, executors and awaitables in the context they were made in.
#include <cstdio>

#include <boost/asio.hpp>
#include <cairn/async/asio.h>
#include <cairn/testing.h>
#include <cairn/trace.h>

namespace {

namespace asio = boost::asio;
const auto tracer = cairn::trace::tracer("shop.net");

// [snippet: post]
void charge_later(asio::io_context& io) {
  auto span = tracer.start("order");
  cairn::trace::Scope scope(span);
  asio::post(cairn::trace::traced_executor(io.get_executor()),
             [] { auto charge = tracer.start("charge"); });  // a child of "order"
}
// [end]

// [snippet: handler]
void wait_a_little(asio::steady_timer& timer) {
  auto span = tracer.start("retry");
  cairn::trace::Scope scope(span);
  timer.async_wait(cairn::trace::trace_handler([](const boost::system::error_code&) {
    auto again = tracer.start("again");  // a child of "retry"
  }));
}
// [end]

// [snippet: awaitable]
asio::awaitable<int> stock_of(int item) {
  auto span = tracer.start("stock");
  co_return item * 2;
}

asio::awaitable<void> serve() {
  auto span = tracer.start("serve");
  // Not a Scope: that must not be open across a co_await.
  const auto in_span = cairn::trace::Context::current().with(span);
  span.set("stock.left", co_await cairn::trace::with_trace(stock_of(7), in_span));
}

void spawn(asio::io_context& io) {
  asio::co_spawn(cairn::trace::traced_executor(io.get_executor()), serve(), asio::detached);
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  asio::io_context io;
  asio::steady_timer timer(io, std::chrono::milliseconds(1));
  charge_later(io);
  wait_a_little(timer);
  spawn(io);
  io.run();
  cairn::trace::stop();
  const auto is_child = [&](const char* child, const char* parent) {
    return memory->span(child).parent_span_id == memory->span(parent).context.span_id;
  };
  const bool good = is_child("charge", "order") && is_child("again", "retry") &&
                    is_child("stock", "serve") && memory->spans().size() == 6;
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
