// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/trace_writer.h"

#include <array>
#include <cstring>
#include <span>
#include <utility>

namespace cairn::bench {
namespace {

using model::AnyValue;
using model::SpanKind;
using model::StatusCode;

// W3C "sampled" plus "has and is remote" / "has remote" of OTLP: what SDKs of 2024 on send.
constexpr std::uint32_t kSampled = 0x101;
constexpr std::uint64_t kGrpcInternal = 13;

constexpr std::string_view kStackTrace =
    "Error: Payment request failed. Invalid token.\n"
    "    at module.exports.charge (/usr/src/app/charge.js:37:13)\n"
    "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n"
    "    at async Object.chargeServiceHandler [as charge] (/usr/src/app/index.js:21:22)\n"
    "    at async Object.onReceiveHalfClose "
    "(/usr/src/app/node_modules/@grpc/grpc-js/build/src/server.js:1342:30)";

template <typename Id>
void draw(Random& random, Id& id) {
  static_assert(sizeof(id.bytes) % sizeof(std::uint64_t) == 0);
  do {
    for (std::size_t at = 0; at < id.bytes.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t word = random.bits();
      std::memcpy(id.bytes.data() + at, &word, sizeof word);
    }
  } while (!id.is_valid());
}

Library server_library(Service service) {
  const std::string_view language = info(service).language;
  if (language == "go") return Library::kGoGrpc;
  if (language == "dotnet") return Library::kDotnetAspNet;
  if (language == "python") return Library::kPythonGrpc;
  if (language == "java") return Library::kJavaGrpc;
  if (language == "rust") return Library::kRustTonic;
  if (language == "cpp") return Library::kCppCurrency;
  return Library::kNodeGrpc;
}

std::uint64_t ephemeral_port(Random& random) {
  return 32'768 + random.below(28'000);
}

}  // namespace

model::Attribute text(std::string_view key, std::string_view value) {
  return {key, AnyValue::string(value)};
}
model::Attribute integer(std::string_view key, std::uint64_t value) {
  return {key, AnyValue::integer(static_cast<std::int64_t>(value))};
}
model::Attribute real(std::string_view key, double value) {
  return {key, AnyValue::real(value)};
}
model::Attribute flag(std::string_view key, bool value) {
  return {key, AnyValue::boolean(value)};
}

TraceWriter::TraceWriter(const World& world, std::shared_ptr<Arena> memory,
                         std::vector<PendingSpan>& out)
    : world_(world), memory_(std::move(memory)), out_(out) {
  draw(world_.random, trace_id_);
  visitor_ = new_visitor();
}

model::SpanId TraceWriter::new_span_id() {
  model::SpanId id;
  draw(world_.random, id);
  return id;
}

Visitor TraceWriter::new_visitor() {
  static constexpr std::array<std::string_view, 6> kCurrencies = {"USD", "EUR", "CHF",
                                                                  "CAD", "JPY", "GBP"};
  Random& random = world_.random;
  Visitor visitor;
  visitor.user_agent = shop().popular_user_agent(random);
  visitor.currency = kCurrencies[random.below(kCurrencies.size())];
  std::string ip = "203.0." + std::to_string(113 + random.below(8));
  if (world_.high_cardinality) {
    ip = std::to_string(1 + random.below(220)) + '.';
    ip += std::to_string(random.below(256));
    visitor.user = keep(random.uuid());
    visitor.session = keep(random.uuid());
    ip += '.' + std::to_string(random.below(256));
  } else {
    visitor.user = shop().popular_user(random);
    visitor.session = shop().session(random);
  }
  visitor.ip = keep(ip + '.' + std::to_string(random.below(256)));
  return visitor;
}

model::Timestamp TraceWriter::tick(Duration at, Service service) const {
  const auto step = static_cast<std::uint64_t>(info(service).clock_step.count());
  const std::uint64_t exact = world_.epoch.plus(at).unix_nanos;
  return {exact - exact % step};
}

void TraceWriter::add(SpanDraft draft) {
  if (world_.high_cardinality) add_custom_tags(draft.attributes);
  PendingSpan made;
  made.pod = draft.pod.index;
  made.library = draft.library;
  made.memory = memory_;
  model::Span& span = made.span;
  span.trace_id = trace_id_;
  span.span_id = draft.id;
  span.parent_span_id = draft.parent;
  span.name = draft.name;
  span.kind = draft.kind;
  span.flags = kSampled;
  span.start = tick(draft.start, draft.pod.service);
  span.end = tick(draft.end, draft.pod.service);
  if (span.end <= span.start) span.end = span.start.plus(info(draft.pod.service).clock_step);
  span.status = draft.status;
  span.attributes = memory_->copy(std::span<const model::Attribute>(draft.attributes));
  span.events = memory_->copy(std::span<const model::Event>(draft.events));
  // A pod sends once a second, each pod at its own moment.
  constexpr Duration kPeriod = std::chrono::seconds(1);
  const Duration waited = (draft.end - draft.pod.flush_phase) % kPeriod;
  made.leaves = draft.end - waited + kPeriod;
  out_.push_back(std::move(made));
}

void TraceWriter::add_custom_tags(Attributes& attributes) {
  static constexpr std::uint64_t kTags = 200;
  Random& random = world_.random;
  if (attributes.size() > 2 && random.chance(0.15)) {
    attributes.erase(attributes.begin() +
                     static_cast<std::ptrdiff_t>(random.below(attributes.size())));
  }
  if (random.chance(0.20)) {
    const std::string_view key = keep("custom.tag." + std::to_string(random.below(kTags)));
    attributes.push_back(text(key, keep(random.hex(6))));
  }
}

Attributes TraceWriter::client_attributes(const RpcCall& call, const Pod& callee) {
  Random& random = world_.random;
  Attributes attributes = {
      text("rpc.system", "grpc"),
      text("rpc.service", call.service),
      text("rpc.method", call.method),
      text("server.address", info(call.callee).name),
      integer("server.port", 8080),
      integer("rpc.grpc.status_code", call.fails ? kGrpcInternal : 0),
      text("network.peer.address", callee.ip),
      text("network.transport", "tcp"),
  };
  if (info(call.caller.service).language == "nodejs") {
    attributes.push_back(text("rpc.grpc.metadata.traceparent", "sampled"));
    attributes.push_back(integer("network.peer.port", ephemeral_port(random)));
  }
  return attributes;
}

Attributes TraceWriter::server_attributes(const RpcCall& call, const Pod& callee) {
  Random& random = world_.random;
  Attributes attributes = {
      text("rpc.system", "grpc"),
      text("rpc.service", call.service),
      text("rpc.method", call.method),
      integer("rpc.grpc.status_code", call.fails ? kGrpcInternal : 0),
      text("network.peer.address", call.caller.ip),
      integer("network.peer.port", ephemeral_port(random)),
  };
  const std::string_view language = info(call.callee).language;
  if (language == "go") {
    attributes.push_back(text("server.address", callee.ip));
    attributes.push_back(integer("server.port", 8080));
  } else if (language == "java") {
    const std::uint64_t thread = random.below(60);
    attributes.push_back(integer("thread.id", 20 + thread));
    attributes.push_back(
        text("thread.name", keep("grpc-default-executor-" + std::to_string(thread))));
  } else if (language == "dotnet") {
    const std::string path = '/' + std::string(call.service) + '/' + std::string(call.method);
    attributes.insert(attributes.end(),
                      {text("http.request.method", "POST"), text("url.path", keep(path)),
                       text("url.scheme", "http"), text("network.protocol.version", "2"),
                       integer("http.response.status_code", 200),
                       text("user_agent.original", "grpc-node-js/1.12.6")});
  }
  return attributes;
}

std::vector<model::Event> TraceWriter::rpc_events(const RpcCall& call, Duration start,
                                                  Duration end) {
  Random& random = world_.random;
  std::vector<model::Event> events;
  const auto add_event = [&](Duration at, std::string_view name, const Attributes& attributes) {
    model::Event event;
    event.time = tick(at, call.callee);
    event.name = name;
    event.attributes = memory_->copy(std::span<const model::Attribute>(attributes));
    events.push_back(event);
  };
  if (info(call.callee).language == "go" && random.chance(0.15)) {
    add_event(start, "message",
              {text("rpc.message.type", "RECEIVED"), integer("rpc.message.id", 1),
               integer("rpc.message.uncompressed_size", 30 + random.below(40))});
    add_event(end, "message",
              {text("rpc.message.type", "SENT"), integer("rpc.message.id", 1),
               integer("rpc.message.uncompressed_size", 100 + random.below(900))});
  }
  if (call.fails) {
    const std::string_view level = random.chance(0.5) ? "gold" : "platinum";
    const std::string message =
        "failed to charge card: could not charge the card: rpc error: code = Unknown desc = "
        "Invalid token. app.loyalty.level=" +
        std::string(level);
    add_event(end, "exception",
              {text("exception.type", "Error"), text("exception.message", keep(message)),
               text("exception.stacktrace", kStackTrace)});
  }
  return events;
}

Duration TraceWriter::rpc(const RpcCall& call, Duration start, const RpcBody& body) {
  Random& random = world_.random;
  const Pod& pod = shop().any_pod(call.callee, random);
  const model::SpanId client = new_span_id();
  const model::SpanId server = new_span_id();
  const Duration sent = start + random.latency(20, 0.4);
  const Duration received = sent + random.latency(250, 0.5);
  Attributes inner;
  Callee callee{pod, server, received + random.latency(30, 0.5), inner};
  const Duration answered = body(callee) + random.latency(25, 0.6);
  const Duration done = answered + random.latency(220, 0.5);

  const bool node = info(call.caller.service).language == "nodejs";
  const std::string method = std::string(call.service) + '/' + std::string(call.method);
  model::Status status;
  if (call.fails) status = {StatusCode::kError, "13 INTERNAL: upstream failure", {}};
  add({call.caller, call.caller_library, client, call.parent,
       keep(node ? "grpc." + method : method), SpanKind::kClient, sent, done,
       client_attributes(call, pod), status});
  Attributes attributes = server_attributes(call, pod);
  attributes.insert(attributes.end(), inner.begin(), inner.end());
  if (call.fails) status.message = "failed to charge card";
  add({pod, server_library(call.callee), server, client, keep(method), SpanKind::kServer, received,
       answered, std::move(attributes), status, rpc_events(call, received, answered)});
  return done;
}

Duration TraceWriter::sql(const Callee& from, Library library, std::string_view operation,
                          std::string_view table, std::string_view statement) {
  Random& random = world_.random;
  std::string query(statement);
  if (world_.high_cardinality && random.chance(0.5)) {
    query += " /* req=" + random.hex(8);
    query += " shard=" + std::to_string(random.below(64)) + " */";
  }
  const Duration end = from.start + random.latency(900, 0.7);
  const std::string name = std::string(operation) + ' ' + std::string(table);
  add({from.pod,
       library,
       new_span_id(),
       from.span,
       keep(name),
       SpanKind::kClient,
       from.start,
       end,
       {text("db.system.name", "postgresql"), text("db.namespace", "otel"),
        text("db.operation.name", operation), text("db.collection.name", table),
        text("db.query.text", keep(query)), text("server.address", "postgresql"),
        integer("server.port", 5432), integer("db.response.returned_rows", 1),
        text("network.peer.address", "10.96.14.7"),
        integer("db.client.connection.id", 100 + random.below(60))}});
  return end;
}

Duration TraceWriter::redis(const Callee& from, std::string_view command) {
  const Duration end = from.start + world_.random.latency(350, 0.6);
  const std::string query = std::string(command) + ' ' + std::string(visitor_.user);
  add({from.pod,
       Library::kDotnetRedis,
       new_span_id(),
       from.span,
       command,
       SpanKind::kClient,
       from.start,
       end,
       {text("db.system.name", "redis"), text("db.operation.name", command),
        text("db.query.text", keep(query)), integer("db.redis.database_index", 0),
        text("server.address", "valkey-cart"), integer("server.port", 6379),
        text("network.peer.address", "10.96.22.19"), integer("network.peer.port", 6379),
        text("db.redis.flags", "None")}});
  return end;
}

}  // namespace cairn::bench
