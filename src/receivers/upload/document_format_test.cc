// SPDX-License-Identifier: Apache-2.0
#include "receivers/upload/document_format.h"

#include <gtest/gtest.h>

namespace cairn::receivers::upload {
namespace {

constexpr auto kOtlp = DocumentFormat::kOtlp;
constexpr auto kJaeger = DocumentFormat::kJaeger;
constexpr auto kZipkinV1 = DocumentFormat::kZipkinV1;
constexpr auto kZipkinV2 = DocumentFormat::kZipkinV2;

TEST(DocumentFormat, IsToldByTheFirstObjectsNames) {
  struct Case {
    const char* json;
    std::optional<DocumentFormat> format;
  };
  for (const Case& c : {
           Case{R"({"resourceSpans":[]})", kOtlp},
           Case{R"( {"x":{"data":[1]},"resource_spans":[]})", kOtlp},
           Case{"{}", kOtlp},
           Case{R"({"data":[]})", kJaeger},
           Case{R"({"total":0,"limit":0,"errors":null,"data":[{"traceID":"1"}]})", kJaeger},
           Case{R"({"traceID":"1","spans":[],"processes":{}})", kJaeger},
           Case{R"([{"traceID":"1"}])", kJaeger},
           Case{"[]", kZipkinV2},
           Case{R"([{"traceId":"1","id":"2"}])", kZipkinV2},
           Case{R"([{"id":"2","tags":{"endpoint":"x"},"traceId":"1"}])", kZipkinV2},
           Case{R"({"traceId":"1","localEndpoint":{"serviceName":"a"}})", kZipkinV2},
           Case{R"([{"traceId":"1","binaryAnnotations":[]}])", kZipkinV1},
           Case{R"([{"traceId":"1","annotations":[{"endpoint":{"serviceName":"a"}}]}])", kZipkinV1},
           Case{R"([[{"traceId":"1","id":"2"}]])", kZipkinV2},
           Case{R"({"name":"data","resourceSpans":[]})", kOtlp},
           Case{R"({"a\"data\":":1,"traceId":"1"})", kZipkinV2},
           Case{R"({"resourceSpans":[{"broken)", kOtlp},
           Case{R"({"unknown":1})", std::nullopt},
           Case{R"({"unknown":{"data":1}})", std::nullopt},
           Case{R"({"open)", std::nullopt},
           Case{R"({)", std::nullopt},
           Case{R"([)", std::nullopt},
           Case{R"([1])", std::nullopt},
           Case{"", std::nullopt},
           Case{"trace_id,span_id", std::nullopt},
       }) {
    EXPECT_EQ(sniff_document(c.json), c.format) << c.json;
  }
}

TEST(DocumentFormat, CanBeNamed) {
  EXPECT_EQ(named_format("otlp", "[]"), kOtlp);
  EXPECT_EQ(named_format("jaeger", "[]"), kJaeger);
  EXPECT_EQ(named_format("zipkin", "[]"), kZipkinV2);
  EXPECT_EQ(named_format("zipkin", R"([{"binaryAnnotations":[]}])"), kZipkinV1);
  EXPECT_EQ(named_format("csv", "[]"), std::nullopt);
}

TEST(DocumentFormat, TellsLinesFromADocumentOverManyLines) {
  EXPECT_TRUE(looks_like_lines("{\"a\":1}\n{\"a\":2}\n"));
  EXPECT_TRUE(looks_like_lines("\n[{}]\r\n\r\n[{}]"));
  EXPECT_TRUE(looks_like_lines("{\"a\":1}\nnonsense"));
  for (const char* document :
       {"{\"a\":1}", "{\"a\":1}\n", "{\n\"a\":1}", "[\n{}\n]", "[{\"a\":1},\n{\"a\":2}]",
        "{\"data\":[\n{}]}", "[{}\n,{}]", "{\"a\":{}\n}", "", "\n", "x\ny"}) {
    EXPECT_FALSE(looks_like_lines(document)) << document;
  }
}

}  // namespace
}  // namespace cairn::receivers::upload
