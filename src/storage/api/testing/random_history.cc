// SPDX-License-Identifier: Apache-2.0
#include "storage/api/testing/random_history.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace cairn::storage {
namespace {

using model::AnyValue;

constexpr Level kAttributeLevels[] = {Level::kResource, Level::kScope, Level::kSpan,
                                      Level::kEvent,    Level::kLink,  Level::kAny};
constexpr Intrinsic kSpanIntrinsics[] = {
    Intrinsic::kName,         Intrinsic::kKind,       Intrinsic::kStatus,
    Intrinsic::kDuration,     Intrinsic::kStart,      Intrinsic::kSpanId,
    Intrinsic::kParentSpanId, Intrinsic::kTraceState, Intrinsic::kScopeName,
    Intrinsic::kTraceId,      Intrinsic::kEventName,  Intrinsic::kEventTimeSinceStart,
    Intrinsic::kLinkTraceId,  Intrinsic::kLinkSpanId, Intrinsic::kStatusMessage,
};
constexpr Intrinsic kTraceIntrinsics[] = {
    Intrinsic::kTraceId,        Intrinsic::kTraceDuration,   Intrinsic::kTraceStart,
    Intrinsic::kTraceSpanCount, Intrinsic::kTraceErrorCount, Intrinsic::kRootName,
    Intrinsic::kRootService,
};
constexpr Operator kOperators[] = {
    Operator::kExists,      Operator::kEqual,     Operator::kNotEqual,       Operator::kLess,
    Operator::kLessOrEqual, Operator::kGreater,   Operator::kGreaterOrEqual, Operator::kMatches,
    Operator::kNotMatches,  Operator::kTextEqual,
};

}  // namespace

std::string_view RandomHistory::choose(std::initializer_list<std::string_view> from) {
  return from.begin()[pick(from.size())];
}

model::TraceId RandomHistory::trace_id() {
  return model::trace_id(
      choose({"a1", "a2", "a3", "b1", "b2", "ff0000000000000000000000000000a1"}));
}

// Mostly few, so that times collide.
Duration RandomHistory::moment() {
  return std::chrono::milliseconds(static_cast<int>(pick(12)) - 2);
}

AnyValue RandomHistory::value() {
  static const AnyValue kList[] = {AnyValue::integer(1), AnyValue::string("a")};
  switch (pick(12)) {
    case 0:
      return AnyValue();
    case 1:
      return AnyValue::boolean(chance(50));
    case 2:
      return AnyValue::bytes(as_bytes("a"));
    case 3:
      return AnyValue::array(kList);
    case 4:
      return AnyValue::real(std::numeric_limits<double>::quiet_NaN());
    case 5:
    case 6:
      return AnyValue::real(static_cast<double>(pick(6)) / 2);
    case 7:
    case 8:
    case 9:
      return AnyValue::integer(static_cast<std::int64_t>(pick(4)));
    default:
      return AnyValue::string(choose({"a", "aa", "b", "1", "", "true"}));
  }
}

Constant RandomHistory::constant() {
  switch (pick(6)) {
    case 0:
      return chance(50);
    case 1:
      return static_cast<double>(pick(6)) / 2;
    case 2:
    case 3:
      return static_cast<std::int64_t>(pick(4));
    default:
      return std::string(choose({"a", "aa", "b", "1", "", "get", "cart", "error", "server"}));
  }
}

void RandomHistory::attributes(model::TestBatch& batch) {
  for (std::size_t i = pick(4); i > 0; --i) batch.attribute(key(), value());
}

void RandomHistory::span(model::TestBatch& batch) {
  constexpr std::string_view kIds[] = {"01", "02", "03", "04", "05", "a000000000000006"};
  const std::string trace = trace_id().to_hex();
  batch.span(trace, kIds[pick(std::size(kIds))], choose({"get", "put", "a", ""}));
  batch.starting(moment()).lasting(std::chrono::milliseconds(pick(4)));
  if (chance(60)) batch.parent(kIds[pick(std::size(kIds))]);
  if (chance(50)) batch.kind(static_cast<model::SpanKind>(pick(7)));
  if (chance(30)) batch.status(static_cast<model::StatusCode>(pick(3)), choose({"", "a"}));
  if (chance(10)) batch.last().trace_state = "a";
  if (chance(2)) batch.last().start = {0};
  if (chance(2)) batch.last().end = model::Timestamp::max();
  if (chance(2)) batch.last().start = model::Timestamp::max();
  if (chance(3)) batch.last().end = {0};
  attributes(batch);
  for (std::size_t i = chance(40) ? pick(3) : 0; i > 0; --i) {
    batch.event(choose({"a", "b"}), moment(), {{key(), value()}, {key(), value()}});
  }
  for (std::size_t i = chance(30) ? pick(3) : 0; i > 0; --i) {
    batch.link(choose({"a1", "b1"}), choose({"01", "02"}), {{key(), value()}});
  }
}

std::shared_ptr<const model::Batch> RandomHistory::batch() {
  if (!sent_.empty() && chance(20)) return sent_[pick(sent_.size())];
  model::TestBatch made;
  for (std::size_t resources = 1 + pick(2); resources > 0; --resources) {
    made.resource(choose({"cart", "shop", ""}), {{key(), value()}});
    if (chance(50)) made.scope(choose({"a", "db"}), choose({"", "1"}));
    for (std::size_t spans = pick(5); spans > 0; --spans) span(made);
  }
  sent_.push_back(made.share());
  return sent_.back();
}

EraseTarget RandomHistory::erase_target() {
  switch (pick(3)) {
    case 0:
      return EraseTraces{{trace_id(), trace_id()}};
    case 1:
      return EraseService{std::string(choose({"cart", "shop", "", "none"}))};
    default: {
      const Duration begin = moment();
      const Duration end = begin + std::chrono::milliseconds(pick(3));
      return EraseRange{{model::kTestStart.plus(begin), model::kTestStart.plus(end)}};
    }
  }
}

Comparison RandomHistory::comparison(Field field) {
  Comparison made{std::move(field), kOperators[pick(std::size(kOperators))], {}};
  switch (made.op) {
    case Operator::kExists:
      break;
    case Operator::kEqual:
    case Operator::kNotEqual:
      for (std::size_t i = 1 + pick(2); i > 0; --i) made.constants.push_back(constant());
      break;
    case Operator::kMatches:
    case Operator::kNotMatches:
      made.constants.push_back(std::string(choose({"a", "a.*", ".*", "get|put", "[a-c]+", "0*1"})));
      break;
    case Operator::kTextEqual:
      made.constants.push_back(std::string(choose({"a", "1", "1.5", "true", ""})));
      break;
    default:
      do {
        made.constants.assign(1, constant());
      } while (std::holds_alternative<bool>(made.constants[0]));
  }
  // Durations and times are far from the small numbers above.
  if (!made.constants.empty() && made.field == Field::intrinsic(Intrinsic::kStart)) {
    if (auto* number = std::get_if<std::int64_t>(&made.constants[0])) {
      *number = static_cast<std::int64_t>(model::kTestStart.plus(moment()).unix_nanos);
    }
  }
  if (!made.constants.empty() && made.field.is_intrinsic()) {
    const Intrinsic intrinsic = std::get<Intrinsic>(made.field.what);
    auto* number = std::get_if<std::int64_t>(&made.constants[0]);
    if (number && (intrinsic == Intrinsic::kDuration || intrinsic == Intrinsic::kTraceDuration)) {
      *number *= 1'000'000;
    }
  }
  return made;
}

Field RandomHistory::span_field() {
  if (chance(40)) return Field::intrinsic(kSpanIntrinsics[pick(std::size(kSpanIntrinsics))]);
  const Level level = kAttributeLevels[pick(std::size(kAttributeLevels))];
  if (level == Level::kResource && chance(50)) return Field::attribute(level, "service.name");
  return Field::attribute(level, std::string(key()));
}

// A comparison that may be asked at `level`: kSpan of a span, kEvent, kLink or kTrace.
Condition RandomHistory::leaf(Level level) {
  Condition made;
  made.kind = Condition::Kind::kComparison;
  Field field = Field::attribute(level, std::string(key()));
  if (level == Level::kSpan) field = span_field();
  if (level == Level::kTrace) {
    field = Field::intrinsic(kTraceIntrinsics[pick(std::size(kTraceIntrinsics))]);
  }
  made.comparison = comparison(std::move(field));
  return made;
}

Condition RandomHistory::combination(int depth, const std::function<Condition(int)>& part) {
  if (chance(25)) return Condition::negate(part(depth - 1));
  std::vector<Condition> children;
  for (std::size_t i = pick(4); i > 0; --i) children.push_back(part(depth - 1));
  return chance(50) ? Condition::all_of(std::move(children))
                    : Condition::any_of(std::move(children));
}

Condition RandomHistory::span_condition(int depth) {
  if (depth == 0 || chance(40)) return chance(95) ? leaf(Level::kSpan) : Condition::everything();
  if (chance(25)) {
    const Level level = chance(50) ? Level::kEvent : Level::kLink;
    Condition inside = combination(1, [&](int) { return leaf(level); });
    return level == Level::kEvent ? Condition::some_event(std::move(inside))
                                  : Condition::some_link(std::move(inside));
  }
  return combination(depth, [&](int left) { return span_condition(left); });
}

Condition RandomHistory::trace_condition(int depth) {
  if (depth == 0 || chance(30)) return Condition::some_span(span_condition(2));
  if (chance(20)) return leaf(Level::kTrace);
  if (chance(10)) return Condition::everything();
  return combination(depth, [&](int left) { return trace_condition(left); });
}

TimeRange RandomHistory::range() {
  TimeRange made;
  if (chance(40)) return made;
  made.begin = model::kTestStart.plus(moment());
  if (chance(70)) made.end = made.begin.plus(std::chrono::milliseconds(pick(6)));
  return made;
}

SearchRequest RandomHistory::search() {
  SearchRequest made;
  made.condition = trace_condition();
  made.range = range();
  if (chance(40)) made.order = SearchOrder::kLongestFirst;
  made.limit = 1 + pick(4);
  made.matched_spans = pick(4);
  return made;
}

ScanRequest RandomHistory::scan() {
  ScanRequest made;
  made.condition = span_condition();
  made.range = range();
  for (std::size_t i = pick(4); i > 0; --i) made.projection.push_back(span_field());
  return made;
}

AggregateRequest RandomHistory::aggregate() {
  using Function = Aggregation::Function;
  constexpr Function kFunctions[] = {Function::kCount, Function::kSum, Function::kMin,
                                     Function::kMax, Function::kAverage};
  AggregateRequest made;
  made.condition = span_condition(1);
  made.range = range();
  for (std::size_t i = pick(3); i > 0; --i) made.group_by.push_back(span_field());
  for (std::size_t i = pick(3); i > 0; --i) {
    made.functions.push_back({kFunctions[pick(std::size(kFunctions))],
                              Field::attribute(Level::kSpan, std::string(key())), 0});
  }
  if (chance(50)) made.step = std::chrono::milliseconds(1 + pick(4));
  made.limit = 1 + pick(10);
  return made;
}

NamesRequest RandomHistory::names() {
  NamesRequest made;
  if (chance(50)) made.level = kAttributeLevels[pick(5)];
  if (chance(30)) made.prefix = key().substr(0, 1);
  made.range = range();
  made.limit = 1 + pick(10);
  return made;
}

ValuesRequest RandomHistory::values() {
  ValuesRequest made;
  made.field = span_field();
  made.condition = span_condition(1);
  if (chance(30)) made.prefix = choose({"a", "1", "0"});
  made.range = range();
  made.limit = 1 + pick(10);
  return made;
}

std::vector<std::uint64_t> seeds_from_environment() {
  if (const char* seed = std::getenv("CAIRN_SEED")) return {std::strtoull(seed, nullptr, 10)};
  std::vector<std::uint64_t> seeds;
  if (const char* count = std::getenv("CAIRN_HISTORIES")) {
    for (std::uint64_t n = std::strtoull(count, nullptr, 10); n > 0; --n) seeds.push_back(n);
  }
  return seeds;
}

}  // namespace cairn::storage
