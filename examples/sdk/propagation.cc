// SPDX-License-Identifier: Apache-2.0
// A protocol of one's own: the context goes along in any map of texts, or in headers of any kind.
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <cairn/testing.h>
#include <cairn/trace.h>

namespace {

const auto tracer = cairn::trace::tracer("shop.gateway");

// [snippet: map]
struct Message {
  std::map<std::string, std::string> headers;
  std::string body;
};

Message make_message() {
  auto span = tracer.start("send order", cairn::trace::SpanKind::kProducer);
  cairn::trace::Scope scope(span);
  Message message;
  cairn::trace::inject(message.headers);  // traceparent, and baggage when there is some
  return message;
}

void on_message(const Message& message) {
  cairn::trace::Scope caller(cairn::trace::extract(message.headers));
  auto span = tracer.start("handle order", cairn::trace::SpanKind::kConsumer);
  cairn::trace::Scope scope(span);
}
// [end]

// [snippet: carrier]
using Fields = std::vector<std::pair<std::string, std::string>>;

class FieldsReader final : public cairn::trace::TextMapReader {
 public:
  explicit FieldsReader(const Fields& fields) : fields_(fields) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    for (const auto& [key, text] : fields_) {
      if (key != name || index-- != 0) continue;
      value = text;
      return true;
    }
    return false;
  }

 private:
  const Fields& fields_;
};

cairn::trace::Context caller_of(const Fields& fields) {
  return cairn::trace::propagator().extract(FieldsReader(fields), cairn::trace::Context());
}
// [end]

// [snippet: baggage]
void greet(const std::string& tenant) {
  using cairn::trace::Context;
  const Context now = Context::current();
  cairn::trace::Scope scope(now.with(now.baggage().with("tenant", tenant)));
  // From here on each message carries `baggage: tenant=...`; any service below reads it:
  std::string found;
  if (Context::current().baggage().get("tenant", found)) {
    cairn::trace::current_span().set("tenant", found);
  }
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  const Message message = make_message();
  on_message(message);
  {
    auto span = tracer.start("greet");
    cairn::trace::Scope scope(span);
    greet("blue");
  }
  const auto caller = caller_of({{"traceparent", message.headers.at("traceparent")}});
  cairn::trace::stop();
  const auto sent = memory->span("send order");
  const bool good = memory->span("handle order").parent_span_id == sent.context.span_id &&
                    memory->span("greet").attributes.at("tenant") == "blue" &&
                    caller.span_context().trace_id == sent.context.trace_id;
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
