// SPDX-License-Identifier: Apache-2.0
//
// For tests: decoding in one word.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "model/text.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::wire::zipkin::testing {

// What the body decodes to as text, or "error: …".
inline std::string decoded(Format format, std::string_view body) {
  model::Batch batch;
  const auto rejections = decode(format, as_bytes(body), batch);
  if (!rejections) {
    EXPECT_TRUE(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty());
    return "error: " + rejections.error().message;
  }
  EXPECT_FALSE(rejections->any());
  return model::to_text(batch);
}

// `body`, of one format, in another.
inline std::string translated(Format from, std::string_view body, Format to) {
  model::Batch batch;
  const auto rejections = decode(from, as_bytes(body), batch);
  EXPECT_TRUE(rejections) << rejections.error().message;
  return encode(to, batch);
}

// A JSON v2 list of one span with these members besides its ids.
inline std::string v2_span(std::string_view members) {
  return R"([{"traceId":"1","id":"2")" + std::string(members.empty() ? "" : ",") +
         std::string(members) + "}]";
}

// What such a span comes back as, without list, braces and ids.
inline std::string normalised(std::string_view members) {
  model::Batch batch;
  const auto rejections = decode(Format::kJsonV2, as_bytes(v2_span(members)), batch);
  if (!rejections) return "error: " + rejections.error().message;
  constexpr std::string_view kIds = R"([{"traceId":"0000000000000001",)";
  const std::string json = encode(Format::kJsonV2, batch);
  EXPECT_TRUE(json.starts_with(kIds)) << json;
  return json.substr(kIds.size(), json.size() - kIds.size() - 2);
}

}  // namespace cairn::wire::zipkin::testing
