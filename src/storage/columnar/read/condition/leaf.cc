// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/leaf.h"

#include <algorithm>

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/read/condition/column_value.h"

namespace cairn::storage::columnar {

using model::AnyValue;

Leaf::Leaf(LeafPlace place, const Comparison* comparison, const Condition& whole)
    : place_(place), comparison_(comparison) {
  if (place != LeafPlace::kInExtra) test_.emplace(*comparison);
  if (place != LeafPlace::kInExtra && place != LeafPlace::kTraceState &&
      place != LeafPlace::kStatusMessage && place != LeafPlace::kAttribute) {
    return;
  }
  auto matcher = ConditionMatcher::for_spans(whole);
  CAIRN_CHECK(matcher.has_value());  // a part of a condition that validates
  whole_.emplace(*std::move(matcher));
}

Result<std::optional<Verdict>> Leaf::decide(ClassView& view) {
  switch (place_) {
    case LeafPlace::kKind:
    case LeafPlace::kStatus:
    case LeafPlace::kScopeName:
    case LeafPlace::kScopeVersion:
    case LeafPlace::kScopeAttribute:
      return decide_by_class(view);
    case LeafPlace::kName: {
      ASSIGN_OR_RETURN(const SpanClass span_class, view.span_class());
      return span_class.name == kNameInColumn ? decide_attribute(view) : decide_by_class(view);
    }
    case LeafPlace::kInExtra:
    case LeafPlace::kTraceState:
    case LeafPlace::kStatusMessage:
      return decide_extra(view);
    case LeafPlace::kResource:
    case LeafPlace::kService:
      return decide_resource(view);
    case LeafPlace::kAttribute:
      return decide_attribute(view);
    case LeafPlace::kDuration:
      return decide_duration(view.group().facts());
    default:
      return std::optional<Verdict>();
  }
}

Result<Verdicts> Leaf::evaluate(ClassView& view, const Verdicts* first) {
  switch (place_) {
    case LeafPlace::kInExtra:
    case LeafPlace::kTraceState:
    case LeafPlace::kStatusMessage:
      return evaluate_extra(view, first);
    case LeafPlace::kResource:
    case LeafPlace::kService:
      return evaluate_resource(view);
    case LeafPlace::kName:
    case LeafPlace::kAttribute:
      return evaluate_attribute(view, first);
    case LeafPlace::kDuration:
    case LeafPlace::kStart:
    case LeafPlace::kEnd:
      return evaluate_times(view);
    case LeafPlace::kSpanId:
    case LeafPlace::kParentSpanId:
      return evaluate_span_ids(view);
    case LeafPlace::kTraceId:
      return evaluate_trace_ids(view);
    default:
      CAIRN_CHECK(false);  // the class decided
  }
}

Result<Leaf::OfSource*> Leaf::of_source(GroupView& group) {
  ASSIGN_OR_RETURN(const auto schema, group.schema());
  if (last_source_ && last_source_->schema == schema) return last_source_;
  std::unique_ptr<OfSource>& found = sources_[schema.get()];
  if (!found) {
    found = std::make_unique<OfSource>();
    found->schema = schema;
    if (place_ == LeafPlace::kAttribute || place_ == LeafPlace::kName) {
      look_at_columns(*schema, *found);
    }
    if (place_ == LeafPlace::kAttribute) look_at_shapes(*schema, *found);
    if (place_ == LeafPlace::kResource || place_ == LeafPlace::kService) {
      look_at_resources(*schema, *found);
    }
  }
  last_source_ = found.get();
  return last_source_;
}

void Leaf::look_at_columns(const Schema& schema, OfSource& of) const {
  const std::string* key = std::get_if<std::string>(&comparison_->field.what);
  const std::size_t count = schema.columns.published_size();
  for (std::size_t i = 0; i < count; ++i) {
    const ColumnKey& column = schema.columns[i];
    const bool is_name = column.type == ColumnType::kName;
    const bool wanted = place_ == LeafPlace::kName
                            ? is_name
                            : !is_name && column.occurrence == 0 && column.key == *key;
    if (wanted) of.columns.push_back(static_cast<ColumnId>(i));
  }
}

void Leaf::look_at_resources(const Schema& schema, OfSource& of) const {
  const std::string* key = std::get_if<std::string>(&comparison_->field.what);
  const std::size_t count = schema.resources.published_size();
  of.resources.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const model::Resource& resource = schema.resources[i];
    bool holds = false;
    if (place_ == LeafPlace::kService) {
      holds = test_->holds(AnyValue::string(resource.service_name()));
    } else {
      const model::Attribute* found = model::find_attribute(resource.attributes, *key);
      holds = found && test_->holds(found->value);
    }
    of.resources[i] = holds ? 1 : 0;
    of.matching_resources += holds ? 1 : 0;
  }
  of.resources.push_back(0);
}

void Leaf::look_at_shapes(const Schema& schema, OfSource& of) {
  const std::size_t count = schema.shapes.published_size();
  for (std::size_t i = 0; i < count; ++i) {
    const Shape& shape = schema.shapes[i];
    if (!shape.rest) continue;
    if (shape.span_class >= of.rest_classes.size()) of.rest_classes.resize(shape.span_class + 1);
    of.rest_classes[shape.span_class] = 1;
  }
}

Result<std::optional<Verdict>> Leaf::decide_by_class(ClassView& view) const {
  ASSIGN_OR_RETURN(const SpanClass span_class, view.span_class());
  ASSIGN_OR_RETURN(const auto schema, view.group().schema());
  const auto verdict = [&](std::string_view text) {
    return std::optional<Verdict>(verdict_of(test_->holds(AnyValue::string(text))));
  };
  switch (place_) {
    case LeafPlace::kKind:
      return verdict(model::to_text(static_cast<model::SpanKind>(span_class.kind)));
    case LeafPlace::kStatus:
      return verdict(model::to_text(static_cast<model::StatusCode>(span_class.status_code)));
    case LeafPlace::kName:
      if (span_class.name >= schema->names.published_size()) break;
      return verdict(schema->names[span_class.name]);
    default:
      break;
  }
  if (span_class.scope >= schema->scopes.published_size() || place_ == LeafPlace::kName) {
    return corruption("row group: a class without its name or scope");
  }
  const model::InstrumentationScope& scope = schema->scopes[span_class.scope];
  if (place_ == LeafPlace::kScopeName) return verdict(scope.name);
  if (place_ == LeafPlace::kScopeVersion) return verdict(scope.version);
  const model::Attribute* found =
      model::find_attribute(scope.attributes, std::get<std::string>(comparison_->field.what));
  return std::optional<Verdict>(verdict_of(found && test_->holds(found->value)));
}

Result<std::optional<Verdict>> Leaf::decide_resource(ClassView& view) {
  ASSIGN_OR_RETURN(const OfSource* of, of_source(view.group()));
  if (of->matching_resources == 0) return std::optional<Verdict>(Verdict::kNo);
  const bool all = of->matching_resources + 1 == of->resources.size();
  return all ? std::optional<Verdict>(Verdict::kYes) : std::nullopt;
}

Result<Verdicts> Leaf::evaluate_resource(ClassView& view) {
  ASSIGN_OR_RETURN(const OfSource* of, of_source(view.group()));
  ASSIGN_OR_RETURN(const auto resources, view.resources());
  Verdicts verdicts = Verdicts::each(view.size());
  yes_by_table(resources, of->resources, {}, verdicts.rows);
  unify(verdicts);
  return verdicts;
}

// A row without an extra has no events, links or trace state and an empty status message.
Result<std::optional<Verdict>> Leaf::decide_extra(ClassView& view) const {
  ASSIGN_OR_RETURN(const auto has_extra, view.has_extra());
  if (!has_extra.empty()) return std::optional<Verdict>();
  const bool holds = place_ == LeafPlace::kStatusMessage && test_->holds(AnyValue::string(""));
  return std::optional<Verdict>(verdict_of(holds));
}

Result<Verdicts> Leaf::evaluate_extra(ClassView& view, const Verdicts* first) const {
  ASSIGN_OR_RETURN(const auto has_extra, view.has_extra());
  const bool holds = place_ == LeafPlace::kStatusMessage && test_->holds(AnyValue::string(""));
  Verdicts verdicts = Verdicts::each(view.size(), verdict_of(holds));
  for (std::size_t i = 0; i < verdicts.rows.size(); ++i) {
    if (has_extra[i] != 0) verdicts.rows[i] = Verdict::kOpen;
  }
  if (first) RETURN_IF_ERROR(look_into_extras(view, *first, verdicts));
  return verdicts;
}

// A span of which only the start and what the extra holds are known: no other part is asked for.
Result<void> Leaf::look_into_extras(ClassView& view, const Verdicts& first,
                                    Verdicts& verdicts) const {
  constexpr std::size_t kSpansAnArena = 256;
  ASSIGN_OR_RETURN(const auto extras, view.extras());
  ASSIGN_OR_RETURN(const auto starts, view.starts());
  Arena arena;
  std::size_t decoded = 0;
  for (std::size_t i = 0; i < verdicts.rows.size(); ++i) {
    if (verdicts.rows[i] != Verdict::kOpen || first[i] != Verdict::kOpen) continue;
    if (++decoded % kSpansAnArena == 0) arena.clear();
    model::Span span;
    span.start = {starts[i]};
    if (i < extras.size() && !extras[i].empty()) {
      RETURN_IF_ERROR(decode_extra(as_bytes(extras[i]), arena, span));
    }
    verdicts.rows[i] = verdict_of(whole_->matches_span(SpanRef{nullptr, &span}));
  }
  return {};
}

// No span lasts longer than the longest trace of the group.
std::optional<Verdict> Leaf::decide_duration(const GroupFacts& facts) const {
  const std::optional<IntInterval>& ints = test_->ints();
  if (!ints || !ints->inside || ints->low <= 0) return std::nullopt;
  if (static_cast<std::uint64_t>(ints->low) <= facts.max_trace_duration) return std::nullopt;
  return Verdict::kNo;
}

Result<Verdicts> Leaf::evaluate_times(ClassView& view) const {
  constexpr std::uint64_t kMost = 0x7fff'ffff'ffff'ffff;
  ASSIGN_OR_RETURN(const auto starts, view.starts());
  std::vector<std::uint64_t> values(starts.begin(), starts.end());
  if (place_ != LeafPlace::kStart) {
    ASSIGN_OR_RETURN(const auto durations, view.durations());
    const bool is_end = place_ == LeafPlace::kEnd;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = is_end ? starts[i] + durations[i] : lasting(starts[i], durations[i]);
    }
  }
  for (std::uint64_t& value : values) value = std::min(value, kMost);
  Verdicts verdicts = Verdicts::each(view.size());
  evaluate_numbers(values, ColumnType::kInt, {}, verdicts.rows);
  unify(verdicts);
  return verdicts;
}

}  // namespace cairn::storage::columnar
