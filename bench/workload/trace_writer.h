// SPDX-License-Identifier: Apache-2.0
//
// TraceWriter: writes down the spans of one visit to the shop, hop by hop. A hop is a function that
// is given its start and returns its end; what happens inside happens between the two.
// Thread rule: one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/workload/random.h"
#include "bench/workload/shop.h"
#include "model/span.h"

namespace cairn::bench {

using Attributes = std::vector<model::Attribute>;

// A span that its pod has not sent yet.
struct PendingSpan {
  model::Span span;  // views into `memory`, into the shop or into the program text
  std::uint32_t pod = 0;
  Library library = Library::kEnvoy;
  Duration leaves{};  // when the pod sends it, from the start of the workload
  std::shared_ptr<const Arena> memory;
};

// What a span is made from. Text must outlive the writer's arena: use TraceWriter::keep.
struct SpanDraft {
  const Pod& pod;
  Library library;
  model::SpanId id;
  model::SpanId parent;
  std::string_view name;
  model::SpanKind kind;
  Duration start;
  Duration end;
  Attributes attributes;
  model::Status status = {};
  std::vector<model::Event> events = {};
};

// The caller's side of a remote call.
struct RpcCall {
  const Pod& caller;
  Library caller_library;
  model::SpanId parent;
  Service callee;
  std::string_view service;  // "oteldemo.CartService"
  std::string_view method;
  bool fails = false;
};

// The callee's side, while the call lasts.
struct Callee {
  const Pod& pod;
  model::SpanId span;
  Duration start;
  Attributes& attributes;  // of the server span
};
using RpcBody = std::function<Duration(Callee&)>;

// Who visits.
struct Visitor {
  std::string_view user;
  std::string_view session;
  std::string_view user_agent;
  std::string_view ip;
  std::string_view currency;
};

model::Attribute text(std::string_view key, std::string_view value);
model::Attribute integer(std::string_view key, std::uint64_t value);
model::Attribute real(std::string_view key, double value);
model::Attribute flag(std::string_view key, bool value);

class TraceWriter {
 public:
  struct World {
    Random& random;
    const Shop& shop;
    model::Timestamp epoch;  // when the workload starts
    bool high_cardinality = false;
  };

  TraceWriter(const World& world, std::shared_ptr<Arena> memory, std::vector<PendingSpan>& out);

  Random& random() { return world_.random; }
  const Shop& shop() const { return world_.shop; }
  const Visitor& visitor() const { return visitor_; }
  model::SpanId new_span_id();
  // A copy of `value` that lives as long as the spans.
  std::string_view keep(std::string_view value) { return memory_->copy(value); }

  void add(SpanDraft draft);
  // The next four return when the hop ends, as the caller sees it.
  Duration rpc(const RpcCall& call, Duration start, const RpcBody& body);
  Duration sql(const Callee& from, Library library, std::string_view operation,
               std::string_view table, std::string_view statement);
  Duration redis(const Callee& from, std::string_view command);

 private:
  Visitor new_visitor();
  Attributes client_attributes(const RpcCall& call, const Pod& callee);
  Attributes server_attributes(const RpcCall& call, const Pod& callee);
  std::vector<model::Event> rpc_events(const RpcCall& call, Duration start, Duration end);
  void add_custom_tags(Attributes& attributes);
  model::Timestamp tick(Duration at, Service service) const;

  World world_;
  std::shared_ptr<Arena> memory_;
  std::vector<PendingSpan>& out_;
  model::TraceId trace_id_;
  Visitor visitor_;
};

}  // namespace cairn::bench
