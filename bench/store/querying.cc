// SPDX-License-Identifier: Apache-2.0
#include "bench/store/querying.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::bench {
namespace {

using storage::AggregateRequest;
using storage::Aggregation;
using storage::Condition;
using storage::Constant;
using storage::Field;
using storage::Intrinsic;
using storage::Level;
using storage::Operator;

constexpr std::size_t kLookups = 2'000;
constexpr std::size_t kSearches = 200;
constexpr std::size_t kSurveys = 50;

const storage::ReadContext kContext;

// "Not all of it" would be an answer to another question.
Result<void> expect_complete(const storage::Completeness& completeness) {
  if (completeness.complete) return {};
  return internal_error("a partial answer: " + completeness.why_partial);
}

Result<std::uint64_t> look_up(storage::TraceReader& reader, const model::TraceId& id) {
  std::uint64_t spans = 0;
  ASSIGN_OR_RETURN(const storage::Completeness completeness,
                   reader.traces(kContext, {.ids = {id}}, [&](const model::Batch& chunk) {
                     spans += chunk.spans.size();
                     return true;
                   }));
  RETURN_IF_ERROR(expect_complete(completeness));
  return spans;
}

Result<std::uint64_t> find_newest(storage::TraceReader& reader, Condition on_a_span) {
  storage::SearchRequest request;
  request.condition = Condition::some_span(std::move(on_a_span));
  ASSIGN_OR_RETURN(const storage::SearchPage page, reader.search(kContext, request));
  RETURN_IF_ERROR(expect_complete(page.completeness));
  return page.traces.size();
}

Result<std::uint64_t> aggregate(storage::TraceReader& reader, const AggregateRequest& request) {
  ASSIGN_OR_RETURN(const storage::AggregateResult result, reader.aggregate(kContext, request));
  RETURN_IF_ERROR(expect_complete(result.completeness));
  return result.rows.size();
}

Result<std::uint64_t> scan(storage::TraceReader& reader, const storage::ScanRequest& request) {
  std::uint64_t rows = 0;
  ASSIGN_OR_RETURN(const storage::Completeness completeness,
                   reader.scan(kContext, request, [&](const storage::ScanBlock& block) {
                     rows += block.span_ids.size();
                     return true;
                   }));
  RETURN_IF_ERROR(expect_complete(completeness));
  return rows;
}

Condition text_is(std::string key, std::string value) {
  return Condition::equal(Field::attribute(Level::kSpan, std::move(key)),
                          Constant(std::move(value)));
}

Condition fails() {
  return Condition::equal(Field::attribute(Level::kSpan, "http.response.status_code"),
                          Constant(std::int64_t{500}));
}

Aggregation p99_duration() {
  return {Aggregation::Function::kQuantile, Field::intrinsic(Intrinsic::kDuration), 0.99};
}

AggregateRequest by(std::string resource_key, Aggregation function) {
  AggregateRequest request;
  request.group_by = {Field::attribute(Level::kResource, std::move(resource_key))};
  request.functions = {std::move(function)};
  return request;
}

model::TraceId random_id(Random& random) {
  model::TraceId id;
  for (const std::size_t half : {0, 8}) {
    const std::uint64_t bits = random.bits();
    std::memcpy(id.bytes.data() + half, &bits, sizeof bits);
  }
  return id;
}

void add_lookups(storage::TraceReader& reader, const Samples& samples, std::vector<Question>& out) {
  out.push_back({"trace by id", kLookups, [&](std::size_t run) {
                   return look_up(reader, samples.traces[run % samples.traces.size()]);
                 }});
  out.push_back(
      {"missing trace id", kLookups, [&reader, random = std::make_shared<Random>(7)](std::size_t) {
         return look_up(reader, random_id(*random));
       }});
}

void add_searches(storage::TraceReader& reader, const Samples& samples,
                  std::vector<Question>& out) {
  const auto add = [&](std::string name, Condition condition) {
    out.push_back({"20 newest traces: " + std::move(name), kSearches,
                   [&reader, condition](std::size_t) { return find_newest(reader, condition); }});
  };
  add("any", Condition::everything());
  add("a tag of one span in ten", text_is("rpc.service", "oteldemo.CartService"));
  add("a tag of one trace in two hundred", fails());
  add("a value that does not occur", text_is("rpc.service", "oteldemo.NoSuchService"));
  add("longer than 20 ms",
      Condition::compare(Field::intrinsic(Intrinsic::kDuration), Operator::kGreater,
                         {Constant(std::int64_t{20'000'000})}));
  out.push_back({"20 newest traces: a value of one span", kSearches, [&](std::size_t run) {
                   const auto& ids = samples.request_ids;
                   return find_newest(reader, text_is("guid:x-request-id", ids[run % ids.size()]));
                 }});
}

void add_aggregates(storage::TraceReader& reader, std::vector<Question>& out) {
  const auto add = [&](std::string name, AggregateRequest request) {
    out.push_back({std::move(name), kSurveys, [&reader, request = std::move(request)](std::size_t) {
                     return aggregate(reader, request);
                   }});
  };
  add("p99 duration by service", by("service.name", p99_duration()));
  AggregateRequest counts = by("service.name", {});
  counts.step = std::chrono::minutes(1);
  add("count by service and minute", counts);
  add("p99 duration by pod", by("k8s.pod.name", p99_duration()));
  AggregateRequest some = by("service.name", p99_duration());
  some.condition = text_is("rpc.method", "GetProduct");
  add("p99 duration by service, of one tag", some);
}

void add_surveys(storage::TraceReader& reader, std::vector<Question>& out) {
  out.push_back({"names", kSurveys, [&reader](std::size_t) -> Result<std::uint64_t> {
                   ASSIGN_OR_RETURN(const auto result, reader.names(kContext, {}));
                   RETURN_IF_ERROR(expect_complete(result.completeness));
                   return result.names.size();
                 }});
  const auto add_values = [&](std::string name, Field field) {
    storage::ValuesRequest request;
    request.field = std::move(field);
    out.push_back(
        {std::move(name), kSurveys, [&reader, request](std::size_t) -> Result<std::uint64_t> {
           ASSIGN_OR_RETURN(const auto result, reader.values(kContext, request));
           RETURN_IF_ERROR(expect_complete(result.completeness));
           return result.values.size();
         }});
  };
  add_values("values of service.name", Field::attribute(Level::kResource, "service.name"));
  add_values("values of app.product.id", Field::attribute(Level::kSpan, "app.product.id"));
  storage::ScanRequest failures;
  failures.condition = fails();
  failures.projection = {Field::intrinsic(Intrinsic::kName),
                         Field::intrinsic(Intrinsic::kDuration)};
  out.push_back({"scan for a tag", kSurveys,
                 [&reader, failures](std::size_t) { return scan(reader, failures); }});
  storage::ScanRequest pattern;
  pattern.condition = Condition::compare(Field::attribute(Level::kSpan, "db.query.text"),
                                         Operator::kMatches, {Constant(std::string(".*LIMIT.*"))});
  pattern.projection = {Field::intrinsic(Intrinsic::kDuration)};
  out.push_back({"scan for a pattern in SQL", kSurveys,
                 [&reader, pattern](std::size_t) { return scan(reader, pattern); }});
}

}  // namespace

std::vector<Question> all_questions(storage::TraceStore& store, const Samples& samples) {
  CAIRN_CHECK(!samples.traces.empty() && !samples.request_ids.empty());
  std::vector<Question> questions;
  add_lookups(store.reader(), samples, questions);
  add_searches(store.reader(), samples, questions);
  add_aggregates(store.reader(), questions);
  add_surveys(store.reader(), questions);
  return questions;
}

Result<Latencies> measure(const Question& question, Duration longest) {
  Latencies latencies;
  latencies.name = question.name;
  const Duration begin = wall_time();
  for (std::size_t run = 0; run < question.most_runs; ++run) {
    const Duration before = wall_time();
    auto results = question.ask(run);
    const Duration after = wall_time();
    if (!results) return annotate(results.error(), question.name);
    latencies.results = *results;
    latencies.ascending.push_back(after - before);
    if (run == 0) latencies.first = after - before;
    if (after - begin > longest) break;
  }
  std::ranges::sort(latencies.ascending);
  return latencies;
}

}  // namespace cairn::bench
