// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment_testing.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

constexpr std::uint64_t kEpoch = 1'700'000'000'000'000'000;

std::string content(const model::Batch& batch, const model::Span& span) {
  Bytes bytes;
  put_fixed(bytes, span.trace_id);
  put_fixed(bytes, span.span_id);
  put_fixed(bytes, span.parent_span_id);
  put_fixed(bytes, span.start.unix_nanos);
  put_fixed(bytes, span.end.unix_nanos);
  put_text(bytes, span.name);
  put_fixed(bytes, span.kind);
  put_fixed(bytes, span.status.code);
  put_fixed(bytes, span.flags);
  encode_extra(span, true, bytes);
  encode_scope(batch.scope_of(span), bytes);
  encode_resource(batch.resource_of(span), bytes);
  return std::string(as_text(bytes));
}

}  // namespace

model::TraceId RandomSpans::trace_id() {
  model::TraceId id;
  // Some ids are small numbers, as legacy systems have them; one is none at all.
  const std::size_t number = pick(options_.traces);
  const std::uint64_t mixed = number < 3 ? number : number * 0x9e37'79b9'7f4a'7c15;
  std::memcpy(id.bytes.data(), &mixed, sizeof mixed);
  id.bytes[15] = static_cast<std::byte>(number);
  return id;
}

model::SpanId RandomSpans::span_id() {
  model::SpanId id;
  const std::uint64_t bits = chance(70) ? pick(40) : random_();
  std::memcpy(id.bytes.data(), &bits, sizeof bits);
  return id;
}

std::uint64_t RandomSpans::time() {
  if (options_.wild_times && chance(20)) {
    const std::uint64_t wild[] = {0, 1, std::numeric_limits<std::uint64_t>::max(), random_()};
    return wild[pick(4)];
  }
  return kEpoch + pick(300) * 1'000'000'000 + pick(1000) * 1000;
}

std::string_view RandomSpans::text(Arena& arena) {
  if (options_.many_texts) return arena.copy(std::string_view(fmt::format("v{:x}", random_())));
  constexpr std::string_view kTexts[] = {"a", "", "GET", "200", "zone-1", "\xff\x00x", "7"};
  return kTexts[pick(std::size(kTexts))];
}

AnyValue RandomSpans::value(Arena& arena, int depth) {
  switch (pick(depth > 0 ? 12 : 9)) {
    case 0:
      return {};
    case 1:
      return AnyValue::boolean(chance(50));
    case 2:
      return AnyValue::integer(static_cast<std::int64_t>(pick(5)));
    case 3:
      return AnyValue::integer(static_cast<std::int64_t>(random_()));
    case 4:
      return AnyValue::real(static_cast<double>(pick(8)) / 4);
    case 5:
      return AnyValue::real(chance(50) ? std::numeric_limits<double>::quiet_NaN() : -0.0);
    case 6:
      return AnyValue::bytes(as_bytes(text(arena)));
    case 9: {
      const auto items = arena.make<AnyValue>(pick(3));
      for (AnyValue& item : items) item = value(arena, depth - 1);
      return AnyValue::array(items);
    }
    case 10:
      return AnyValue::key_value_list(attributes(arena, 2));
    default:
      return AnyValue::string(text(arena));
  }
}

// A key may come twice, with values of any types.
std::span<const model::Attribute> RandomSpans::attributes(Arena& arena, std::size_t most) {
  constexpr std::string_view kKeys[] = {"k", "http.method", "http.status_code", "id", "", "zone"};
  const auto made = arena.make<model::Attribute>(pick(most + 1));
  for (model::Attribute& attribute : made) {
    attribute.key = kKeys[pick(std::size(kKeys))];
    attribute.value = value(arena, most > 2 ? 2 : 0);
  }
  return made;
}

void RandomSpans::seldom_parts(model::Span& span, Arena& arena) {
  if (chance(10)) span.trace_state = "vendor=1";
  if (chance(10)) span.status.message = text(arena);
  if (chance(5)) span.unknown_fields = "\x08\x01";
  if (chance(5)) span.dropped_attributes_count = 3;
  if (chance(10)) {
    const auto events = arena.make<model::Event>(1 + pick(2));
    for (model::Event& event : events) {
      event = {};
      event.time.unix_nanos = time();
      event.name = text(arena);
      event.attributes = attributes(arena, 2);
    }
    span.events = events;
  }
  if (chance(10)) {
    const auto links = arena.make<model::Link>(1);
    links[0] = {};
    links[0].trace_id = trace_id();
    links[0].attributes = attributes(arena, 2);
    span.links = links;
  }
}

void RandomSpans::append(std::size_t spans, model::Batch& batch) {
  Arena& arena = batch.arena;
  if (batch.resources.empty()) {
    for (std::size_t i = 0; i < 4; ++i) {
      model::Resource resource;
      const auto own = arena.make<model::Attribute>(1);
      own[0] = {"service.name",
                AnyValue::string(arena.copy(std::string_view(fmt::format("s{}", i))))};
      if (i > 0) resource.attributes = own;
      batch.resources.push_back(resource);
      model::InstrumentationScope scope;
      scope.resource = static_cast<std::uint32_t>(i);
      scope.name = i % 2 == 0 ? "io.http" : "";
      batch.scopes.push_back(scope);
    }
  }
  for (std::size_t i = 0; i < spans; ++i) {
    model::Span span;
    span.trace_id = trace_id();
    span.span_id = span_id();
    if (chance(70)) span.parent_span_id = span_id();
    span.start.unix_nanos = time();
    span.end.unix_nanos = chance(90) ? span.start.unix_nanos + pick(1'000'000) : time();
    span.name = arena.copy(std::string_view(fmt::format("op{}", pick(options_.names))));
    span.kind = static_cast<model::SpanKind>(pick(7));
    span.status.code = static_cast<model::StatusCode>(pick(3));
    span.flags = chance(90) ? 1 : 0x301;
    span.attributes = attributes(arena, 5);
    span.scope = static_cast<std::uint32_t>(pick(batch.scopes.size()));
    seldom_parts(span, arena);
    batch.spans.push_back(span);
  }
}

std::shared_ptr<const SpanTable> make_table(const model::Batch& batch, std::size_t plain_after) {
  Head head(1, {.plain_after_values = plain_after});
  std::vector<std::uint32_t> all(batch.spans.size());
  std::iota(all.begin(), all.end(), 0U);
  head.append(batch, all, nullptr);
  head.seal();
  return head.table();
}

std::vector<std::string> contents(const model::Batch& batch) {
  std::vector<std::string> all;
  all.reserve(batch.spans.size());
  for (const model::Span& span : batch.spans) all.push_back(content(batch, span));
  std::ranges::sort(all);
  return all;
}

std::vector<std::string> contents(const SpanTable& table) {
  std::vector<RowIndex> rows(table.rows.size());
  std::iota(rows.begin(), rows.end(), 0U);
  model::Batch batch;
  materialize(table, rows, batch);
  return contents(batch);
}

Result<std::vector<std::string>> contents(const SpanSource& source) {
  model::Batch batch;
  for (const auto& group : source.groups()) {
    std::vector<RowIndex> rows(group->facts().rows);
    std::iota(rows.begin(), rows.end(), 0U);
    RETURN_IF_ERROR(group->materialize(rows, batch));
  }
  return contents(batch);
}

Result<void> SegmentOnDisk::write(const SpanTable& table, const SegmentOptions& options) {
  info.id = 7;
  info.tenant = "acme";
  info.partition = 472'222;
  ASSIGN_OR_RETURN(info, write_segment(table, info, disk, path, options));
  return {};
}

}  // namespace cairn::storage::columnar
