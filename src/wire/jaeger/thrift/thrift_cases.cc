// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/thrift/thrift_cases.h"

#include <limits>
#include <memory>

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

namespace cairn::wire::jaeger::testing {
namespace {

namespace at = apache::thrift;
using at::protocol::TProtocol;

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSmallest = std::numeric_limits<std::int64_t>::min();

class Writer {
 public:
  Writer(TProtocol& protocol, bool has_unknown_fields)
      : p_(protocol), has_unknown_fields_(has_unknown_fields) {}

  void batch(const BatchCase& batch) {
    begin();
    if (batch.has_process && !batch.is_process_last) process(batch);
    field(at::protocol::T_LIST, 2);
    p_.writeListBegin(at::protocol::T_STRUCT, static_cast<std::uint32_t>(batch.spans.size()));
    for (const SpanCase& one : batch.spans) span(one);
    p_.writeListEnd();
    if (batch.has_process && batch.is_process_last) process(batch);
    end();
  }
  void begin() { p_.writeStructBegin(""); }
  void end() {
    if (has_unknown_fields_) unknown_fields();
    p_.writeFieldStop();
    p_.writeStructEnd();
  }
  void field(at::protocol::TType type, std::int16_t id) { p_.writeFieldBegin("", type, id); }

 private:
  void unknown_fields() {
    number(100, 7);
    field(at::protocol::T_STRUCT, 101);
    p_.writeStructBegin("");
    number(1, 7);
    p_.writeFieldStop();
    p_.writeStructEnd();
    field(at::protocol::T_MAP, 102);
    p_.writeMapBegin(at::protocol::T_STRING, at::protocol::T_BOOL, 1);
    p_.writeString("key");
    p_.writeBool(true);
    p_.writeMapEnd();
    field(at::protocol::T_BOOL, 1);  // the first field of every struct, of another type
    p_.writeBool(true);
    field(at::protocol::T_LIST, 2);  // likewise the second, where it is a list: of numbers
    p_.writeListBegin(at::protocol::T_I16, 3);
    for (std::int16_t i = 0; i < 3; ++i) p_.writeI16(i);
    p_.writeListEnd();
  }
  void process(const BatchCase& batch) {
    field(at::protocol::T_STRUCT, 1);
    begin();
    text(1, batch.service);
    tags(2, batch.process_tags);
    end();
  }
  void span(const SpanCase& span) {
    begin();
    number(1, span.trace_id_low);
    number(2, span.trace_id_high);
    number(3, span.span_id);
    number(4, span.parent_span_id);
    text(5, span.name);
    references(span.references);
    field(at::protocol::T_I32, 7);
    p_.writeI32(span.flags);
    number(8, span.start);
    number(9, span.duration);
    tags(10, span.tags);
    if (!span.logs.empty()) {
      field(at::protocol::T_LIST, 11);
      p_.writeListBegin(at::protocol::T_STRUCT, static_cast<std::uint32_t>(span.logs.size()));
      for (const LogCase& one : span.logs) {
        begin();
        number(1, one.timestamp);
        tags(2, one.fields);
        end();
      }
      p_.writeListEnd();
    }
    end();
  }
  void references(const std::vector<ReferenceCase>& references) {
    if (references.empty()) return;
    field(at::protocol::T_LIST, 6);
    p_.writeListBegin(at::protocol::T_STRUCT, static_cast<std::uint32_t>(references.size()));
    for (const ReferenceCase& reference : references) {
      begin();
      field(at::protocol::T_I32, 1);
      p_.writeI32(reference.type);
      number(2, reference.trace_id_low);
      number(3, reference.trace_id_high);
      number(4, reference.span_id);
      end();
    }
    p_.writeListEnd();
  }
  void tags(std::int16_t id, const std::vector<TagCase>& tags) {
    if (tags.empty()) return;
    field(at::protocol::T_LIST, id);
    p_.writeListBegin(at::protocol::T_STRUCT, static_cast<std::uint32_t>(tags.size()));
    for (const TagCase& one : tags) tag(one);
    p_.writeListEnd();
  }
  void tag(const TagCase& tag) {
    begin();
    text(1, tag.key);
    field(at::protocol::T_I32, 2);
    p_.writeI32(tag.type);
    if (tag.type == 0) text(3, tag.text);
    if (tag.type == 1) {
      field(at::protocol::T_DOUBLE, 4);
      p_.writeDouble(tag.real);
    }
    if (tag.type == 2) {
      field(at::protocol::T_BOOL, 5);
      p_.writeBool(tag.boolean);
    }
    if (tag.type == 3) number(6, tag.integer);
    if (tag.type == 4) text(7, tag.text);
    end();
  }
  void number(std::int16_t id, std::int64_t value) {
    field(at::protocol::T_I64, id);
    p_.writeI64(value);
  }
  void text(std::int16_t id, const std::string& value) {
    field(at::protocol::T_STRING, id);
    p_.writeBinary(value);
  }

  TProtocol& p_;
  bool has_unknown_fields_;
};

BatchCase full() {
  SpanCase server;
  server.parent_span_id = 0x3132333435363738;
  server.references = {{0, 0x1112131415161718, 0x0102030405060708, 0x3132333435363738},
                       {1, 0x4142434445464748, 0, 0x5152535455565758}};
  server.tags = {text_tag("otel.scope.name", "io.http"),
                 text_tag("otel.scope.version", "1.2"),
                 text_tag("span.kind", "server"),
                 text_tag("http.method", "GET"),
                 long_tag("http.status_code", 500),
                 bool_tag("error", true),
                 real_tag("load", 0.25),
                 binary_tag("peer", std::string("\x7f\0\0\1", 4)),
                 text_tag("w3c.tracestate", "vendor=1")};
  server.logs = {{1'700'000'000'000'100, {text_tag("event", "cache miss"), text_tag("key", "42")}},
                 {1'700'000'000'001'000, {text_tag("level", "warn"), long_tag("size", -1)}}};
  SpanCase client;
  client.trace_id_low = -1;
  client.trace_id_high = 0;
  client.span_id = kSmallest;
  client.name = "SELECT";
  client.tags = {text_tag("span.kind", "client"), text_tag("db.system", "mysql")};
  return {.name = "full",
          .process_tags = {text_tag("hostname", "pod-7"), long_tag("pid", 12),
                           bool_tag("canary", false), real_tag("weight", 1.0),
                           binary_tag("ip", std::string("\x0a\0\0\1", 4))},
          .spans = {server, client}};
}

BatchCase value_kinds() {
  SpanCase span;
  span.tags = {text_tag("text", "Grüße"),
               text_tag("empty", ""),
               text_tag("", "no key"),
               text_tag("not utf-8", "\xff\xfe"),
               real_tag("real", -1.5),
               real_tag("whole", 3.0),
               real_tag("infinite", std::numeric_limits<double>::infinity()),
               real_tag("not a number", std::numeric_limits<double>::quiet_NaN()),
               bool_tag("yes", true),
               bool_tag("no", false),
               long_tag("smallest", kSmallest),
               long_tag("largest", kLargest),
               binary_tag("bytes", std::string("\0\x01\xff", 3)),
               binary_tag("no bytes", ""),
               {.key = "a type that does not exist", .type = 9, .text = {}},
               text_tag("same key", "1"),
               text_tag("same key", "2")};
  return {.name = "value_kinds", .process_tags = span.tags, .spans = {span}};
}

// Parents and links; spans tell each other apart by their names.
BatchCase references() {
  const std::int64_t low = SpanCase{}.trace_id_low;
  const std::int64_t high = SpanCase{}.trace_id_high;
  const auto made = [](std::string name, std::int64_t parent,
                       std::vector<ReferenceCase> references) {
    SpanCase span;
    span.name = std::move(name);
    span.parent_span_id = parent;
    span.references = std::move(references);
    return span;
  };
  return {.name = "references",
          .process_tags = {},
          .spans = {made("root", 0, {}), made("parent alone", 1, {}),
                    made("parent and the same reference", 1, {{0, low, high, 1}}),
                    made("child of", 0, {{0, low, high, 1}}),
                    made("child of comes before follows from", 0,
                         {{1, low, high, 2}, {0, low, high, 1}, {0, low, high, 3}}),
                    made("follows from", 0, {{1, low, high, 2}, {1, low, high, 3}}),
                    made("parent followed", 2, {{1, low, high, 2}}),
                    made("another trace", 0, {{0, 77, 0, 1}, {1, low, 0, 2}}),
                    made("parent and others", 1, {{0, low, high, 2}, {1, 77, 0, 3}}),
                    made("no ids", 0, {{0, 0, 0, 0}, {0, low, high, 0}}),
                    made("a type that does not exist", 0, {{7, low, high, 2}})}};
}

BatchCase scopes() {
  const auto made = [](std::vector<TagCase> tags) {
    SpanCase span;
    span.tags = std::move(tags);
    return span;
  };
  return {.name = "scopes",
          .process_tags = {},
          .spans = {made({text_tag("otel.scope.name", "a"), text_tag("otel.scope.version", "1")}),
                    made({}), made({text_tag("otel.scope.name", "a")}),
                    made({text_tag("otel.scope.version", "1"), text_tag("otel.scope.name", "a")}),
                    made({text_tag("otel.scope.name", "a"), text_tag("otel.scope.name", "b")}),
                    made({long_tag("otel.scope.name", 7), text_tag("otel.scope.name", "")})}};
}

// Tags that say what the model has fields for.
BatchCase derived() {
  const auto made = [](std::vector<TagCase> tags) {
    SpanCase span;
    span.tags = std::move(tags);
    return span;
  };
  return {.name = "derived",
          .process_tags = {text_tag("service.name", "a tag of that name")},
          .spans = {
              made({text_tag("span.kind", "producer")}), made({text_tag("span.kind", "consumer")}),
              made({text_tag("span.kind", "internal")}), made({text_tag("span.kind", "Server")}),
              made({long_tag("span.kind", 2)}),
              made({text_tag("span.kind", "?"), text_tag("span.kind", "client"),
                    text_tag("span.kind", "server")}),
              made({bool_tag("error", false)}), made({text_tag("error", "true")}),
              made({text_tag("error", "timeout")}), made({text_tag("otel.status_code", "OK")}),
              made({text_tag("otel.status_code", "ERROR"),
                    text_tag("otel.status_description", "out of stock")}),
              made({text_tag("otel.status_code", "OK"), bool_tag("error", true)}),
              made({text_tag("w3c.tracestate", ""), text_tag("w3c.tracestate", "a=1"),
                    text_tag("w3c.tracestate", "b=2")}),
              made({text_tag("cairn.wire.zipkin.shared", "not for peers to say")})}};
}

BatchCase logs() {
  SpanCase span;
  span.logs = {
      {1'700'000'000'000'100, {}},
      {1'700'000'000'000'200, {text_tag("event", "named")}},
      {1'700'000'000'000'300,
       {text_tag("a", "1"), text_tag("event", "x"), text_tag("event", "y"), real_tag("b", 0.5)}},
      {1'700'000'000'000'400, {long_tag("event", 7)}},
      {1'700'000'000'000'500, {text_tag("event", ""), text_tag("message", "m")}},
      {-1, {binary_tag("bytes", "\x01")}},
      {kLargest, {bool_tag("late", true)}}};
  return {.name = "logs", .process_tags = {}, .spans = {span}};
}

BatchCase times_and_flags() {
  BatchCase batch{.name = "times_and_flags", .process_tags = {}, .spans = {}};
  const std::int64_t times[][2] = {
      {0, 0},   {1, 1},         {1000, -300},   {100, -200},
      {-5, 10}, {kLargest, 10}, {10, kLargest}, {kSmallest, kSmallest}};
  for (const auto& [start, duration] : times) {
    SpanCase span;
    span.start = start;
    span.duration = duration;
    batch.spans.push_back(span);
  }
  for (const std::int32_t flags : {0, 1, 2, 3, 8, 11, 255, -1}) {
    SpanCase span;
    span.flags = flags;
    batch.spans.push_back(span);
  }
  return batch;
}

BatchCase rejected() {
  SpanCase no_trace;
  no_trace.trace_id_low = no_trace.trace_id_high = 0;
  no_trace.tags = {text_tag("lost", "yes")};
  no_trace.logs = {{1, {text_tag("lost", "yes")}}};
  no_trace.references = {{1, 1, 1, 1}};
  SpanCase no_span;
  no_span.span_id = 0;
  no_span.tags = {text_tag("otel.scope.name", "lost")};
  SpanCase good;
  good.tags = {text_tag("kept", "yes")};
  return {
      .name = "rejected", .process_tags = {}, .spans = {no_trace, good, no_span, good, no_trace}};
}

}  // namespace

std::string to_thrift(const BatchCase& batch, Framing framing, const std::string& name) {
  const auto memory = std::make_shared<at::transport::TMemoryBuffer>();
  std::unique_ptr<TProtocol> protocol;
  if (framing == Framing::kCompact) {
    protocol = std::make_unique<at::protocol::TCompactProtocol>(memory);
  } else {
    const bool is_strict = framing != Framing::kOldBinary;
    protocol = std::make_unique<at::protocol::TBinaryProtocol>(memory, 0, 0, false, is_strict);
  }
  Writer writer(*protocol, batch.has_unknown_fields);
  if (framing == Framing::kBatch) {
    writer.batch(batch);
    return memory->getBufferAsString();
  }
  protocol->writeMessageBegin(name, at::protocol::T_CALL, 7);
  writer.begin();
  writer.field(at::protocol::T_STRUCT, 1);
  writer.batch(batch);
  protocol->writeFieldStop();
  protocol->writeStructEnd();
  protocol->writeMessageEnd();
  return memory->getBufferAsString();
}

std::vector<BatchCase> golden_cases() {
  BatchCase unknown = full();
  unknown.name = "unknown_fields";
  unknown.has_unknown_fields = true;
  BatchCase last = full();
  last.name = "process_last";
  last.is_process_last = true;
  return {full(),
          {.name = "minimal", .process_tags = {}, .spans = {SpanCase{}}},
          {.name = "no_spans", .process_tags = {}, .spans = {}},
          {.name = "no_service", .service = "", .process_tags = {}, .spans = {SpanCase{}}},
          {.name = "no_process", .process_tags = {}, .spans = {SpanCase{}}, .has_process = false},
          value_kinds(),
          references(),
          scopes(),
          derived(),
          logs(),
          times_and_flags(),
          rejected(),
          unknown,
          last};
}

}  // namespace cairn::wire::jaeger::testing
