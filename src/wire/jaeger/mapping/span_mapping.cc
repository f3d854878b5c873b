// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/mapping/span_mapping.h"

#include <algorithm>

#include "model/reserved.h"
#include "wire/jaeger/mapping/span_mapping_words.h"

namespace cairn::wire::jaeger {
namespace {

using namespace words;
using model::AnyValue;
using model::Attribute;
using model::SpanKind;
using model::StatusCode;

constexpr std::uint64_t kMostMicros = UINT64_MAX / 1000;
// Scopes that are looked through for an equal one; beyond, a scope may be there twice.
constexpr std::size_t kScopesToCompare = 16;
constexpr std::uint32_t kNoScope = UINT32_MAX;
constexpr std::size_t kKeptReferences = 1024;

ListStack<Reference>& this_thread_references() {
  thread_local ListStack<Reference> references;
  return references;
}

// The links' attributes; static, so that a link costs no memory for them.
std::span<const Attribute> attributes_of(RefType type) {
  static const Attribute kOfChild[] = {{kRefType, AnyValue::string(kChildOf)}};
  static const Attribute kOfFollower[] = {{kRefType, AnyValue::string(kFollowsFrom)}};
  return type == RefType::kChildOf ? std::span(kOfChild) : std::span(kOfFollower);
}

}  // namespace

model::Timestamp from_micros(std::int64_t micros) {
  if (micros < 0) return {};
  return {std::min(static_cast<std::uint64_t>(micros), kMostMicros) * 1000};
}

model::Timestamp end_after_micros(model::Timestamp start, std::int64_t micros) {
  constexpr std::uint64_t kMost = kMostMicros * 1000;
  const std::uint64_t size =
      micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  const std::uint64_t nanos = std::min(size, kMostMicros) * 1000;
  const std::uint64_t from = std::min(start.unix_nanos, kMost);
  if (micros < 0) return {from - std::min(nanos, from)};
  return {from + std::min(nanos, kMost - from)};
}

SpanMapping::SpanMapping(model::Batch& batch, std::size_t input_bytes)
    : batch_(batch),
      scratch_(this_thread_scratch()),
      references_(this_thread_references()),
      budget_(input_bytes),
      first_resource_(batch.resources.size()),
      first_scope_(batch.scopes.size()),
      first_span_(batch.spans.size()),
      last_scope_(kNoScope) {
}

std::uint32_t SpanMapping::add_resource() {
  batch_.resources.emplace_back();
  return static_cast<std::uint32_t>(batch_.resources.size() - 1);
}

void SpanMapping::begin_process() {
  process_mark_ = scratch_.attributes.mark();
  is_process_too_large_ = !budget_.spend(sizeof(Attribute));
}

void SpanMapping::process_tag(std::string_view key, const AnyValue& value) {
  if (!budget_.spend(sizeof(Attribute))) [[unlikely]] {
    is_process_too_large_ = true;
    return;
  }
  scratch_.attributes.add() = {key, value};
}

bool SpanMapping::end_process(std::uint32_t resource, std::string_view service_name) {
  const std::size_t tags = scratch_.attributes.mark() - process_mark_;
  const auto attributes = batch_.arena.make<Attribute>(tags + 1);
  attributes[0] = {kServiceName, AnyValue::string(service_name)};
  const auto taken = scratch_.attributes.take(process_mark_, batch_.arena);
  std::ranges::copy(taken, attributes.begin() + 1);
  batch_.resources[resource].attributes = attributes;
  return !is_process_too_large_;
}

model::Span& SpanMapping::begin_span() {
  span_marks_ = scratch_.mark();
  said_ = {};
  is_too_large_ = false;
  spend(sizeof(model::Span));
  return batch_.spans.emplace_back();
}

// Whether the tag need not be an attribute. Most keys are told apart by their length.
bool SpanMapping::absorbed(std::string_view key, const AnyValue& value) {
  constexpr auto kBit = [](std::string_view known) { return std::uint32_t{1} << known.size(); };
  static_assert(kAbsorbedSizes ==
                (kBit(kError) | kBit(kSpanKind) | kBit(kTraceState) | kBit(kScopeName) |
                 kBit(kScopeVersion) | kBit(kStatusCode) | kBit(kStatusDescription)));
  switch (key.size()) {
    case kError.size():
      if (key == kError && says_true(value)) said_.error = true;
      return false;
    case kSpanKind.size():
    case kTraceState.size():
    case kScopeName.size():
    case kScopeVersion.size():
    case kStatusCode.size():
    case kStatusDescription.size():
      if (value.is(AnyValue::Kind::kString) && absorbed_text(key, value.as_string())) return true;
      break;
    default:
      break;
  }
  return model::is_reserved(key);
}

// Takes the first tag of each key that says something.
bool SpanMapping::absorbed_text(std::string_view key, std::string_view value) {
  model::Span& span = batch_.spans.back();
  const auto take = [value](std::string_view& field) {
    if (!field.empty() || value.empty()) return false;
    field = value;
    return true;
  };
  if (key == kTraceState) return take(span.trace_state);
  if (key == kScopeName) return take(said_.scope_name);
  if (key == kScopeVersion) return take(said_.scope_version);
  if (key == kSpanKind && span.kind == SpanKind::kUnspecified) {
    span.kind = kind_of(value);
    return span.kind != SpanKind::kUnspecified;
  }
  if (key == kStatusCode && said_.code == StatusCode::kUnset) said_.code = code_of(value);
  if (key == kStatusDescription && !said_.description) {
    span.status.message = value;
    said_.description = true;
  }
  return false;
}

void SpanMapping::reference(const Reference& reference) {
  if (spend(sizeof(model::Link))) references_.add() = reference;
}

void SpanMapping::begin_log() {
  log_mark_ = scratch_.attributes.mark();
  log_event_ = {};
}

void SpanMapping::log_field(std::string_view key, const AnyValue& value) {
  if (key == kEvent && log_event_.empty() && value.is(AnyValue::Kind::kString) &&
      !value.as_string().empty()) {
    log_event_ = value.as_string();
    return;
  }
  attribute(key, value);
}

void SpanMapping::end_log(model::Timestamp time) {
  if (!spend(sizeof(model::Event))) return scratch_.attributes.drop(log_mark_);
  model::Event& event = scratch_.events.add();
  event.time = time;
  event.name = log_event_;
  event.attributes = scratch_.attributes.take(log_mark_, batch_.arena);
}

void SpanMapping::end_span(std::uint32_t resource, std::uint32_t flags) {
  model::Span& span = batch_.spans.back();
  if (!span.trace_id.is_valid()) return reject_span(model::RejectionReason::kInvalidTraceId);
  if (!span.span_id.is_valid()) return reject_span(model::RejectionReason::kInvalidSpanId);
  if (flags > kSampledFlag) {
    attribute(model::reserved::kJaegerFlags, AnyValue::integer(flags));
  }
  if (is_too_large_) [[unlikely]]
    return reject_span(model::RejectionReason::kTooLarge);
  span.flags = flags & kSampledFlag;
  span.status.code = said_.error ? StatusCode::kError : said_.code;
  span.scope = scope_of(resource);
  span.attributes = scratch_.attributes.take(span_marks_.attributes, batch_.arena);
  span.events = scratch_.events.take(span_marks_.events, batch_.arena);
  if (references_.mark() != 0) resolve_references(span);
}

// A FOLLOWS_FROM that names the parent stays a link too: the parent alone reads as CHILD_OF.
void SpanMapping::resolve_references(model::Span& span) {
  const std::span<const Reference> references = references_.take(0, batch_.arena);
  if (span.is_root()) span.parent_span_id = parent_among(references, span.trace_id);
  const Reference parent{RefType::kChildOf, span.trace_id, span.parent_span_id};
  for (const Reference& reference : references) {
    if (reference == parent && !span.is_root()) continue;
    model::Link& link = scratch_.links.add();
    link.trace_id = reference.trace_id;
    link.span_id = reference.span_id;
    link.attributes = attributes_of(reference.type);
  }
  span.links = scratch_.links.take(span_marks_.links, batch_.arena);
}

void SpanMapping::reject_span(model::RejectionReason reason) {
  rejections_.add(reason);
  batch_.spans.pop_back();
  scratch_.drop(span_marks_);
  references_.drop(0);
  budget_.forget_refusal();
}

std::uint32_t SpanMapping::scope_of(std::uint32_t resource) {
  const auto is_it = [&](const model::InstrumentationScope& scope) {
    return scope.resource == resource && scope.name == said_.scope_name &&
           scope.version == said_.scope_version;
  };
  auto& scopes = batch_.scopes;
  if (last_scope_ != kNoScope && is_it(scopes[last_scope_])) [[likely]]
    return last_scope_;
  const std::size_t first =
      std::max(first_scope_, scopes.size() - std::min(scopes.size(), kScopesToCompare));
  const auto found =
      std::find_if(scopes.begin() + static_cast<std::ptrdiff_t>(first), scopes.end(), is_it);
  last_scope_ = static_cast<std::uint32_t>(found - scopes.begin());
  if (found == scopes.end()) {
    model::InstrumentationScope& made = scopes.emplace_back();
    made.resource = resource;
    made.name = said_.scope_name;
    made.version = said_.scope_version;
  }
  return last_scope_;
}

model::Rejections SpanMapping::finish() {
  std::size_t used = first_resource_;
  for (std::size_t i = first_scope_; i < batch_.scopes.size(); ++i) {
    used = std::max<std::size_t>(used, batch_.scopes[i].resource + 1);
  }
  batch_.resources.resize(used);
  scratch_.reset();
  references_.reset(kKeptReferences);
  return rejections_;
}

void SpanMapping::rollback() {
  batch_.resources.resize(first_resource_);
  batch_.scopes.resize(first_scope_);
  batch_.spans.resize(first_span_);
  scratch_.reset();
  references_.reset(kKeptReferences);
}

}  // namespace cairn::wire::jaeger
