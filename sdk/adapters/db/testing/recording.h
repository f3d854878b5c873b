// SPDX-License-Identifier: Apache-2.0
//
// Recording: telemetry into memory for one test, and its spans as lines of text.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <cairn/testing.h>
#include <cairn/trace.h>
#include <cairn/trace/instrumentation.h>
#include <gtest/gtest.h>

namespace cairn::trace::testing {

using Lines = std::vector<std::string>;

// Starts tracing in these conventions; stops it and resets them when it goes.
class Recording {
 public:
  explicit Recording(Conventions conventions = Conventions::kGoZero, SamplerPtr sampler = nullptr) {
    InstrumentationSettings settings;
    settings.conventions = conventions;
    set_instrumentation(settings);
    Options options;
    options.exporter = memory_;
    options.sampler = std::move(sampler);
    EXPECT_TRUE(start(std::move(options)));
  }
  ~Recording() {
    stop();
    set_instrumentation({});
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  std::vector<FinishedSpan> spans() const {
    EXPECT_EQ(flush(), FlushResult::kOk);
    return memory_->spans();
  }
  // In the order they ended: `sql CLIENT of order Ok {sql.method=Exec}`, an Error with its message
  // and its events behind it.
  Lines lines() const {
    const std::vector<FinishedSpan> all = spans();
    std::map<std::string, std::string> names;
    for (const FinishedSpan& span : all) names[hex(span.context.span_id)] = span.name;
    Lines out;
    for (const FinishedSpan& span : all) out.push_back(line(span, names));
    return out;
  }

 private:
  static std::string hex(SpanId id) {
    char text[SpanId::kHexSize];
    id.to_hex(text);
    return {text, sizeof text};
  }
  static std::string braces(const std::map<std::string, std::string>& attributes) {
    std::string out = "{";
    for (const auto& [key, value] : attributes) {
      out.append(out.size() > 1 ? " " : "").append(key).append("=").append(value);
    }
    return out + "}";
  }
  static std::string line(const FinishedSpan& span, std::map<std::string, std::string>& names) {
    static constexpr const char* kKinds[] = {"?", "INTERNAL", "SERVER", "CLIENT", "?", "?"};
    std::string out = span.name + " " + kKinds[static_cast<int>(span.kind)];
    if (span.parent_span_id.is_valid()) out += " of " + names[hex(span.parent_span_id)];
    if (span.status == StatusCode::kOk) out += " Ok";
    if (span.status == StatusCode::kError) out += " Error(" + span.status_message + ")";
    out += " " + braces(span.attributes);
    for (const auto& event : span.events) out += " " + event.name + braces(event.attributes);
    return out;
  }

  std::shared_ptr<MemoryExporter> memory_ = std::make_shared<MemoryExporter>();
};

}  // namespace cairn::trace::testing
