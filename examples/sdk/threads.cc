// SPDX-License-Identifier: Apache-2.0
// Threads and pools: a context is a value, and goes along with a function.
#include <cstdio>
#include <functional>
#include <future>
#include <queue>

#include <cairn/async/wrap.h>
#include <cairn/testing.h>
#include <cairn/trace.h>

namespace {

const auto tracer = cairn::trace::tracer("shop.workers");

void send_mail() {
  auto span = tracer.start("send mail");
}

// [snippet: thread]
void confirm() {
  auto span = tracer.start("confirm");
  cairn::trace::Scope scope(span);
  std::thread mail = cairn::trace::traced_thread(send_mail);  // its spans are children of "confirm"
  mail.join();
}
// [end]

// [snippet: pool]
class Pool {
 public:
  void post(std::function<void()> work) { work_.push(cairn::trace::wrap(std::move(work))); }
  void run_one() {
    work_.front()();  // in the context of whoever posted it
    work_.pop();
  }

 private:
  std::queue<std::function<void()>> work_;
};
// [end]

// [snippet: future]
std::future<void> confirm_later() {
  return std::async(std::launch::async, cairn::trace::wrap([] { send_mail(); }));
}
// [end]

// [snippet: span for another thread]
void upload() {
  auto span = std::make_shared<cairn::trace::Span>(tracer.start("upload"));
  std::thread worker([span] {
    cairn::trace::Scope scope(*span);  // a Scope belongs to one thread; a Span may go to any
    span->set("upload.bytes", 1024);
    span->end();
  });
  worker.join();
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  confirm();
  upload();
  {
    auto span = tracer.start("order");
    cairn::trace::Scope scope(span);
    Pool pool;
    pool.post(send_mail);
    confirm_later().get();
    pool.run_one();
  }
  cairn::trace::stop();
  bool good = memory->spans().size() == 6;
  for (const auto& span : memory->spans()) {
    good = good && (span.name != "send mail" || span.parent_span_id.is_valid());
  }
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
