// SPDX-License-Identifier: Apache-2.0
//
// The collector's gRPC, as agents of Jaeger call it, and Zipkin's, with Google's C++ client: every
// field comes back through the query API.
#include <chrono>
#include <limits>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "jaeger/api_v2/collector.grpc.pb.h"
#include "thriftcpp/stored_trace.h"
#include "zipkin/zipkin.grpc.pb.h"

namespace cairn::interop {
namespace {

namespace api = jaeger::api_v2;
namespace zipkin3 = zipkin::proto3;

constexpr std::int64_t kSeconds = 1'760'000'000;
constexpr std::int32_t kNanos = 123'457'891;
constexpr std::int64_t kStart = kSeconds * 1'000'000 + kNanos / 1'000;  // microseconds

std::string bytes_of(std::uint64_t id) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> shift);
  return bytes;
}

class PostSpansTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{"--log.level", "warn"});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->stop(), 0);
    server_ = nullptr;
  }

  static auto channel(const std::string& port) {
    return grpc::CreateChannel(server_->address(port), grpc::InsecureChannelCredentials());
  }
  static grpc::Status post(const api::PostSpansRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    api::PostSpansResponse response;
    return api::CollectorService::NewStub(channel("jaeger_grpc"))
        ->PostSpans(&context, request, &response);
  }
  static grpc::Status report(const zipkin3::ListOfSpans& spans) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    zipkin3::ReportResponse response;
    return zipkin3::SpanService::NewStub(channel("zipkin_http"))
        ->Report(&context, spans, &response);
  }

  static std::unique_ptr<ServerProcess> server_;
};

std::unique_ptr<ServerProcess> PostSpansTest::server_;

// Adds one tag of every type, and their limits; returns the same in Jaeger's JSON.
Json add_every_tag(google::protobuf::RepeatedPtrField<api::KeyValue>& tags) {
  const auto add = [&](const std::string& key, api::ValueType type) {
    api::KeyValue& made = *tags.Add();
    made.set_key(key);
    made.set_v_type(type);
    return &made;
  };
  add("binary", api::BINARY)->set_v_binary(std::string("\0\x01\xfe\xff", 4));
  add("bool.false", api::BOOL)->set_v_bool(false);
  add("bool.true", api::BOOL)->set_v_bool(true);
  add("double", api::FLOAT64)->set_v_float64(0.1);
  add("double.infinite", api::FLOAT64)->set_v_float64(std::numeric_limits<double>::infinity());
  add("int", api::INT64)->set_v_int64(-7);
  add("int.largest", api::INT64)->set_v_int64(std::numeric_limits<std::int64_t>::max());
  add("text", api::STRING)->set_v_str("Grüße, 世界 \"\\\n");
  add("text.empty", api::STRING);
  return {tag("binary", "binary", "AAH+/w=="),
          tag("bool.false", "bool", false),
          tag("bool.true", "bool", true),
          tag("double", "float64", 0.1),
          tag("double.infinite", "float64", "Infinity"),
          tag("int", "int64", -7),
          tag("int.largest", "int64", "9223372036854775807"),
          tag("text", "string", "Grüße, 世界 \"\\\n"),
          tag("text.empty", "string", "")};
}

void set_times(api::Span& span) {
  span.mutable_start_time()->set_seconds(kSeconds);
  span.mutable_start_time()->set_nanos(kNanos);
  span.mutable_duration()->set_seconds(1);
  span.mutable_duration()->set_nanos(321'999);
}

void add_reference(api::Span& span, api::SpanRefType type, const std::string& trace_id,
                   std::uint64_t span_id) {
  api::SpanRef& made = *span.add_references();
  made.set_ref_type(type);
  made.set_trace_id(trace_id);
  made.set_span_id(bytes_of(span_id));
}

Json picture(const std::string& trace_id, std::uint64_t id, const std::string& service) {
  return {{"traceID", trace_id},
          {"spanID", hex(id)},
          {"flags", 1},
          {"operationName", "GET /checkout/{id}"},
          {"startTime", kStart},
          {"duration", 1'000'321},
          {"tags", Json::array()},
          {"logs", Json::array()},
          {"service", service},
          {"processTags", Json::array()},
          {"references", Json::array()}};
}

// With all that a span can have; returns what the server should know of it but the process's tags.
Json fill_root(api::Span& root, std::uint64_t high, std::uint64_t low, std::uint64_t id) {
  root.set_trace_id(bytes_of(high) + bytes_of(low));
  root.set_span_id(bytes_of(id));
  root.set_operation_name("GET /checkout/{id}");
  root.set_flags(1);
  set_times(root);
  Json made = picture(hex(high) + hex(low), id, "interop-grpcpp");
  made["tags"] = add_every_tag(*root.mutable_tags());
  api::Log& log = *root.add_logs();
  log.mutable_timestamp()->set_seconds(kSeconds);
  log.mutable_timestamp()->set_nanos(kNanos);
  made["logs"] =
      Json::array({{{"timestamp", kStart}, {"fields", add_every_tag(*log.mutable_fields())}}});
  add_reference(root, api::FOLLOWS_FROM, bytes_of(1) + bytes_of(2), 3);
  add_reference(root, api::CHILD_OF, bytes_of(4) + bytes_of(5), 6);
  made["references"] = {reference("FOLLOWS_FROM", hex(1) + hex(2), hex(3)),
                        reference("CHILD_OF", hex(4) + hex(5), hex(6))};
  return made;
}

TEST_F(PostSpansTest, EveryFieldComesBack) {
  const std::uint64_t high = random_id() | 1ULL << 63;
  const std::uint64_t low = random_id();
  const std::string trace_id = hex(high) + hex(low);
  const std::uint64_t root_id = 0xffff'ffff'ffff'fff0;
  api::PostSpansRequest request;
  api::Batch& batch = *request.mutable_batch();
  batch.mutable_process()->set_service_name("interop-grpcpp");
  const Json process_tags = add_every_tag(*batch.mutable_process()->mutable_tags());

  Json root_picture = fill_root(*batch.add_spans(), high, low, root_id);
  root_picture["processTags"] = process_tags;
  const api::Span root = batch.spans(0);

  api::Span& child = *batch.add_spans();
  child.CopyFrom(root);
  child.clear_tags();
  child.clear_logs();
  child.clear_references();
  child.set_span_id(bytes_of(2));
  child.set_flags(11);
  child.mutable_process()->set_service_name("another");
  add_reference(child, api::CHILD_OF, child.trace_id(), root_id);
  Json child_picture = picture(trace_id, 2, "another");
  child_picture["flags"] = 11;
  child_picture["references"].push_back(reference("CHILD_OF", trace_id, hex(root_id)));

  const grpc::Status status = post(request);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(stored_trace(*server_, trace_id, 2),
            in_order(Json::array({root_picture, child_picture})));
}

TEST_F(PostSpansTest, NanosecondsAreKept) {
  const std::uint64_t low = random_id();
  api::PostSpansRequest request;
  api::Span& span = *request.mutable_batch()->add_spans();
  span.set_trace_id(bytes_of(low));
  span.set_span_id(bytes_of(1));
  set_times(span);
  ASSERT_TRUE(post(request).ok());
  const HttpAnswer answer = http_get(server_->address("query"), "/api/cairn/v1/traces/" + hex(low));
  ASSERT_EQ(answer.status, 200);
  const Json found = Json::parse(answer.body)["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(found["traceId"], hex(0) + hex(low));
  EXPECT_EQ(found["startTimeUnixNano"], "1760000000123457891");
  EXPECT_EQ(found["endTimeUnixNano"], "1760000001123779890");
}

TEST_F(PostSpansTest, AnEmptyRequestIsTaken) {
  EXPECT_TRUE(post({}).ok());
}

TEST_F(PostSpansTest, SpansReportedToZipkinComeBack) {
  const std::uint64_t low = random_id();
  zipkin3::ListOfSpans spans;
  zipkin3::Span& span = *spans.add_spans();
  span.set_trace_id(bytes_of(low));
  span.set_parent_id(bytes_of(9));
  span.set_id(bytes_of(1));
  span.set_kind(zipkin3::Span::CLIENT);
  span.set_name("Charge");
  span.set_timestamp(static_cast<std::uint64_t>(kStart));
  span.set_duration(321);
  span.mutable_local_endpoint()->set_service_name("interop-grpcpp");
  span.mutable_local_endpoint()->set_ipv4("\xc0\x00\x02\x01", 4);
  span.mutable_remote_endpoint()->set_service_name("cards");
  span.mutable_remote_endpoint()->set_ipv6(std::string("\x20\x01\x0d\xb8", 4) +
                                           std::string(11, '\0') + '\x01');
  span.mutable_remote_endpoint()->set_port(50'000);
  zipkin3::Annotation& annotation = *span.add_annotations();
  annotation.set_timestamp(static_cast<std::uint64_t>(kStart) + 7);
  annotation.set_value("Grüße");
  (*span.mutable_tags())["http.path"] = "/checkout/42";
  span.set_debug(true);

  const grpc::Status status = report(spans);
  ASSERT_TRUE(status.ok()) << status.error_message();
  Json expected = picture(hex(low), 1, "interop-grpcpp");
  expected["operationName"] = "charge";
  expected["duration"] = 321;
  expected["references"].push_back(reference("CHILD_OF", hex(low), hex(9)));
  expected["tags"] = {tag("http.path", "string", "/checkout/42"),
                      tag("network.local.address", "string", "192.0.2.1"),
                      tag("network.peer.address", "string", "2001:db8::1"),
                      tag("network.peer.port", "int64", 50'000),
                      tag("peer.service", "string", "cards"),
                      tag("span.kind", "string", "client")};
  expected["logs"].push_back(
      {{"timestamp", kStart + 7}, {"fields", Json::array({tag("event", "string", "Grüße")})}});
  EXPECT_EQ(stored_trace(*server_, hex(low), 1), Json::array({expected}));
}

TEST_F(PostSpansTest, OneBadSpanRefusesZipkinsReport) {
  zipkin3::ListOfSpans spans;
  spans.add_spans()->set_trace_id("short");
  EXPECT_EQ(report(spans).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace cairn::interop
