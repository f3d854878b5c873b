// SPDX-License-Identifier: Apache-2.0
#include "storage/api/testing/contract_suite.h"

#include <algorithm>
#include <future>
#include <map>

#include "model/text.h"
#include "storage/api/condition_matcher.h"

namespace cairn::storage {
namespace {

std::string without_leading_zeros(std::string hex) {
  while (hex.size() > 2 && hex.starts_with("00")) hex.erase(0, 2);
  return hex;
}

bool uses(const Condition& condition, const std::function<bool(const Condition&)>& is) {
  if (is(condition)) return true;
  return std::ranges::any_of(condition.children,
                             [&](const Condition& child) { return uses(child, is); });
}

}  // namespace

Texts span_texts(const model::Batch& batch) {
  Texts texts;
  for (const model::Span& span : batch.spans) {
    model::Batch alone;
    model::BatchAppender(alone).append(batch, span);
    texts.push_back(model::to_text(alone));
  }
  std::ranges::sort(texts);
  return texts;
}

std::string short_hex(const model::TraceId& id) {
  return without_leading_zeros(id.to_hex());
}
std::string short_hex(const model::SpanId& id) {
  return without_leading_zeros(id.to_hex());
}

ReadContext TraceStoreContract::cancelled() {
  std::stop_source source;
  source.request_stop();
  ReadContext made = context();
  made.deadline.cancelled = source.get_token();
  return made;
}

WriteOutcome TraceStoreContract::write(std::shared_ptr<const model::Batch> batch,
                                       const std::string& tenant) {
  std::promise<Result<WriteOutcome>> promise;
  under_test_->store().writer().write(
      {tenant}, std::move(batch),
      [&](Result<WriteOutcome> outcome) { promise.set_value(std::move(outcome)); });
  Result<WriteOutcome> outcome = promise.get_future().get();
  under_test_->settle();
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
  return outcome ? *outcome : WriteOutcome{};
}

Texts TraceStoreContract::stored(const std::string& trace_hex, const std::string& tenant) {
  Texts texts;
  const model::TraceId id = model::trace_id(trace_hex);
  const auto answer = reader().traces(context(tenant), {{id}, {}}, [&](const model::Batch& chunk) {
    EXPECT_FALSE(chunk.spans.empty());
    EXPECT_LE(chunk.spans.size(), kMaxChunkSpans);
    for (const model::Span& span : chunk.spans) EXPECT_EQ(span.trace_id, id);
    for (std::string& text : span_texts(chunk)) texts.push_back(std::move(text));
    return true;
  });
  EXPECT_TRUE(answer && answer->complete);
  std::ranges::sort(texts);
  return texts;
}

Texts TraceStoreContract::streamed(const std::vector<std::string>& trace_hexes) {
  TracesRequest request;
  for (const std::string& hex : trace_hexes) request.ids.push_back(model::trace_id(hex));
  Texts order;
  const auto answer = reader().traces(context(), request, [&](const model::Batch& chunk) {
    const std::string id = short_hex(chunk.spans.front().trace_id);
    for (const model::Span& span : chunk.spans) EXPECT_EQ(short_hex(span.trace_id), id);
    if (order.empty() || order.back() != id) order.push_back(id);
    return true;
  });
  EXPECT_TRUE(answer && answer->complete);
  return order;
}

bool TraceStoreContract::exact(const Condition& condition) {
  const auto is_regex = [](const Condition& part) {
    return part.kind == Condition::Kind::kComparison &&
           (part.comparison.op == Operator::kMatches ||
            part.comparison.op == Operator::kNotMatches);
  };
  return can().conditions == Support::kExact && can().trace_level == Support::kExact &&
         (can().regex == Support::kExact || !uses(condition, is_regex));
}

SearchPage TraceStoreContract::search(const SearchRequest& request, const std::string& tenant) {
  auto page = reader().search(context(tenant), request);
  EXPECT_TRUE(page) << (page ? "" : page.error().message);
  if (!page) return {};
  if (exact(request.condition)) return *std::move(page);
  const auto matcher = ConditionMatcher::for_traces(request.condition);
  std::erase_if(page->traces, [&](const TraceSummary& summary) {
    model::Batch whole;
    const auto answer =
        reader().traces(context(tenant), {{summary.id}, {}}, [&](const model::Batch& chunk) {
          model::BatchAppender appender(whole);
          for (const model::Span& span : chunk.spans) appender.append(chunk, span);
          return true;
        });
    EXPECT_TRUE(answer);
    std::vector<SpanRef> refs;
    for (const model::Span& span : whole.spans) refs.push_back({&whole, &span});
    return !matcher->matches_trace(refs, request.range);
  });
  return *std::move(page);
}

Texts TraceStoreContract::found(const Condition& condition, const TimeRange& range,
                                const std::string& tenant) {
  SearchRequest request{.condition = condition, .range = range, .limit = 1000};
  Texts ids;
  for (const TraceSummary& summary : search(request, tenant).traces) {
    ids.push_back(short_hex(summary.id));
  }
  return ids;
}

TraceSummary TraceStoreContract::summary_of(const std::string& trace_hex) {
  const std::string id = model::trace_id(trace_hex).to_hex();
  const SearchRequest request{.condition =
                                  Condition::equal(Field::intrinsic(Intrinsic::kTraceId), id)};
  const SearchPage page = search(request);
  EXPECT_EQ(page.traces.size(), 1u);
  return page.traces.empty() ? TraceSummary{} : page.traces.front();
}

Texts TraceStoreContract::scanned(const Condition& condition, const TimeRange& range,
                                  const std::string& tenant) {
  Texts rows;
  std::map<model::TraceId, bool> ended;
  const model::TraceId* current = nullptr;
  model::TraceId last;
  const auto answer =
      reader().scan(context(tenant), {condition, range, {}}, [&](const ScanBlock& block) {
        for (std::size_t i = 0; i < block.trace_ids.size(); ++i) {
          const model::TraceId& id = block.trace_ids[i];
          if (current && last != id) ended[last] = true;
          EXPECT_FALSE(ended.contains(id)) << "the spans of a trace are not adjacent";
          last = id;
          current = &last;
          rows.push_back(short_hex(id) + "/" + short_hex(block.span_ids[i]));
        }
        return true;
      });
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
  std::ranges::sort(rows);
  return rows;
}

void TraceStoreContract::expect_spans(const Condition& condition, const Texts& expected) {
  SCOPED_TRACE(to_text(condition));
  const Texts rows = scanned(condition);
  if (exact(condition)) {
    EXPECT_EQ(rows, expected);
  } else {
    EXPECT_TRUE(std::ranges::includes(rows, expected));
  }
  Texts traces;
  for (const std::string& row : expected) {
    const std::string trace = row.substr(0, row.find('/'));
    if (traces.empty() || traces.back() != trace) traces.push_back(trace);
  }
  Texts ids = found(Condition::some_span(condition));
  std::ranges::sort(ids);
  EXPECT_EQ(ids, traces);
}

AggregateResult TraceStoreContract::aggregate(const AggregateRequest& request) {
  auto result = reader().aggregate(context(), request);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? *std::move(result) : AggregateResult{};
}

Texts TraceStoreContract::names(const NamesRequest& request) {
  Texts lines;
  const auto result = reader().names(context(), request);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  if (!result) return lines;
  for (const NameCount& name : result->names) {
    lines.push_back(name.name + "/" + std::to_string(static_cast<int>(name.level)) + "/" +
                    std::to_string(static_cast<int>(name.type)) + "=" + std::to_string(name.count));
  }
  return lines;
}

Texts TraceStoreContract::values(const ValuesRequest& request) {
  Texts lines;
  const auto result = reader().values(context(), request);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  if (!result) return lines;
  for (const ValueCount& value : result->values) {
    lines.push_back(to_text(value.value) + "=" + std::to_string(value.count));
  }
  return lines;
}

}  // namespace cairn::storage
