// SPDX-License-Identifier: Apache-2.0
//
// MemoryExporter: keeps finished spans in memory, for the tests of traced code.
//
//   auto memory = std::make_shared<cairn::trace::MemoryExporter>();
//   cairn::trace::Options options;  options.exporter = memory;
//   cairn::trace::start(options);  ...  cairn::trace::flush();
//   EXPECT_EQ(memory->spans().at(0).name, "GET /users/:id");
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <cairn/trace/provider.h>
#include <cairn/trace/span_view.h>

namespace cairn::trace {

// A span with its own memory. Values as text: 3, 1.5, true, GET, [a, b].
struct FinishedSpan {
  struct Event {
    std::string name;
    std::map<std::string, std::string> attributes;
    std::uint64_t time_unix_nanos = 0;
  };
  struct Link {
    SpanContext context;
    std::map<std::string, std::string> attributes;
  };
  std::string scope;
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  SpanContext context;
  SpanId parent_span_id;
  std::uint32_t flags = 0;
  std::uint64_t start_unix_nanos = 0;
  std::uint64_t end_unix_nanos = 0;
  std::map<std::string, std::string> attributes;
  std::vector<Event> events;
  std::vector<Link> links;
  StatusCode status = StatusCode::kUnset;
  std::string status_message;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
};

CAIRN_API FinishedSpan to_finished_span(const ScopeSpans& scope, const SpanView& span);

class CAIRN_API MemoryExporter final : public SpanExporter {
 public:
  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override;
  std::string description() const override { return "memory"; }

  // What came so far, in the order it ended (call flush() before). Any thread.
  std::vector<FinishedSpan> spans() const;
  // The first with this name; one without ids when there is none.
  FinishedSpan span(std::string_view name) const;
  // The resource of the last batch.
  std::map<std::string, std::string> resource() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::vector<FinishedSpan> spans_;
  std::map<std::string, std::string> resource_;
};

}  // namespace cairn::trace
