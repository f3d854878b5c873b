// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's terms ⇄ the model's, for every format that carries them (Thrift, protobuf, JSON):
// Process → Resource, tag → attribute or field, log → Event, reference → parent or Link. A decoder
// names what it reads in the order it comes; an encoder asks what to write.
//
//   SpanMapping mapping(batch, body.size());
//   const auto resource = mapping.add_resource();
//   mapping.begin_process(); mapping.process_tag(k, v)…; mapping.end_process(resource, "cart");
//   model::Span& span = mapping.begin_span();    // set ids, name, start, end
//   mapping.tag(k, v)…; mapping.reference(r)…;
//   mapping.begin_log(); mapping.log_field(k, v)…; mapping.end_log(time);
//   mapping.end_span(resource, flags);
//   return mapping.finish();                     // or rollback() and an error
//
// Thread rule: one thread at a time, one mapping a thread. Ownership: texts are borrowed as they
// come (from the pinned input or the batch's arena); lists go to the batch's arena.
// Source: docs/protocols/jaeger-ingest.md and reserved-attributes.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/batch.h"
#include "model/rejection.h"
#include "model/reserved.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::jaeger {

enum class RefType : std::uint8_t { kChildOf = 0, kFollowsFrom = 1 };

// Any other number counts as kFollowsFrom.
struct Reference {
  RefType type = RefType::kChildOf;
  model::TraceId trace_id;
  model::SpanId span_id;

  bool operator==(const Reference&) const = default;
};

// Microseconds since 1970, clamped to what nanoseconds in 64 bits can say: 1970 to 2554.
model::Timestamp from_micros(std::int64_t micros);
// `start` plus a duration, which may be negative; clamped likewise.
model::Timestamp end_after_micros(model::Timestamp start, std::int64_t micros);

class SpanMapping {
 public:
  // `input_bytes`: the size of the whole input, which bounds the memory of what is made of it.
  SpanMapping(model::Batch& batch, std::size_t input_bytes);
  SpanMapping(const SpanMapping&) = delete;
  SpanMapping& operator=(const SpanMapping&) = delete;

  // Where arrays and other values that are not borrowed go.
  Arena& arena() { return batch_.arena; }

  // A new Resource, empty until end_process(); its index. Spans may be given to it before.
  std::uint32_t add_resource();
  // A Process; may come within a span, not within another Process. Its attributes are service.name,
  // also when it is empty, then the tags. False when the input asks for too much memory.
  void begin_process();
  void process_tag(std::string_view key, const model::AnyValue& value);
  [[nodiscard]] bool end_process(std::uint32_t resource, std::string_view service_name);

  // A new span at the end of the batch, to be filled by the caller: ids, parent (zero when the
  // format has none), name, start, end; the rest is set by the calls below. Valid until end_span().
  model::Span& begin_span();
  // A tag becomes the field it stands for, the attribute it is, or both. One under the reserved
  // prefix is left out: those are not for peers to say.
  void tag(std::string_view key, const model::AnyValue& value) {
    if (may_be_absorbed(key) && absorbed(key, value)) return;
    attribute(key, value);
  }
  // As tag() of the value that `make` returns; the value is made where it is kept.
  template <typename Make>
  void tag_made_by(std::string_view key, const Make& make) {
    if (may_be_absorbed(key)) return tag(key, make());
    if (!spend(sizeof(model::Attribute))) return;
    model::Attribute& made = scratch_.attributes.add();
    made.key = key;
    made.value = make();
  }
  // An attribute as it is, whatever its key says.
  void attribute(std::string_view key, const model::AnyValue& value) {
    if (spend(sizeof(model::Attribute))) scratch_.attributes.add() = {key, value};
  }
  void reference(const Reference& reference);
  void begin_log();
  void log_field(std::string_view key, const model::AnyValue& value);
  void end_log(model::Timestamp time);
  // Ends the span: in the batch when its ids are valid, else rejected, counted and forgotten. Too
  // many elements for the size of the input count as kTooLarge. `flags`: Jaeger's.
  void end_span(std::uint32_t resource, std::uint32_t flags);
  // Ends the span as one that cannot be read.
  void reject_span(model::RejectionReason reason);

  // Ends the decoding. Resources at the end without spans are removed.
  model::Rejections finish();
  // Ends the decoding and removes everything it added.
  void rollback();

 private:
  // The lengths of the keys that absorbed() knows, as bits.
  static constexpr std::uint32_t kAbsorbedSizes =
      1U << 5 | 1U << 9 | 1U << 14 | 1U << 15 | 1U << 16 | 1U << 18 | 1U << 23;

  // What tags said about the current span.
  struct Said {
    bool error = false;
    model::StatusCode code = model::StatusCode::kUnset;
    bool description = false;
    std::string_view scope_name;
    std::string_view scope_version;
  };

  bool spend(std::size_t bytes) {
    if (budget_.spend(bytes)) [[likely]]
      return true;
    is_too_large_ = true;
    return false;
  }
  // Cheap and usually false: by length, and by the first letter of reserved keys.
  static bool may_be_absorbed(std::string_view key) {
    return (key.size() < 32 && (kAbsorbedSizes >> key.size() & 1) != 0) ||
           (!key.empty() && key.front() == model::kReservedPrefix.front());
  }
  bool absorbed(std::string_view key, const model::AnyValue& value);
  bool absorbed_text(std::string_view key, std::string_view value);
  void resolve_references(model::Span& span);
  std::uint32_t scope_of(std::uint32_t resource);

  model::Batch& batch_;
  Scratch& scratch_;
  ListStack<Reference>& references_;
  MemoryBudget budget_;
  std::size_t first_resource_;
  std::size_t first_scope_;
  std::size_t first_span_;
  std::uint32_t last_scope_;
  Scratch::Marks span_marks_{};
  std::size_t process_mark_ = 0;
  std::size_t log_mark_ = 0;
  std::string_view log_event_;
  bool is_too_large_ = false;          // the current span
  bool is_process_too_large_ = false;  // the current process
  Said said_;
  model::Rejections rejections_;
};

// What encoders write; each function that fills a list clears it first, so that it can be reused.
// Values of kinds that Jaeger has no type for are left as they are: see tag_text().

// The text of the first service.name; a name that says why there is none (json.h).
std::string_view service_name_to_write(const model::Resource& resource);
// The attributes but for that service.name.
void list_process_tags(const model::Resource& resource, std::vector<model::Attribute>& tags);
// Scope, kind and trace state first, then attributes, then a status that they do not say.
void list_tags(const model::Span& span, const model::InstrumentationScope& scope,
               std::vector<model::Attribute>& tags);
// For people: pages look for `error` = true, which a failed span may say in other words only (a
// text under `error`, otel.status_code). Adds it where it is missing.
void mark_error(const model::Span& span, std::vector<model::Attribute>& tags);
// `event` with the name first.
void list_log_fields(const model::Event& event, std::vector<model::Attribute>& fields);
// The parent first, unless the links lead to the same one; then the links.
void list_references(const model::Span& span, std::vector<Reference>& references);
// Jaeger's flags: as they came in, or "sampled".
std::uint32_t flags_to_write(const model::Span& span);
// End minus start, negative when out of order, cut to microseconds.
std::int64_t duration_micros(const model::Span& span);
// A value of a kind that Jaeger has no type for, as text: arrays and key-value lists as JSON.
inline std::string tag_text(const model::AnyValue& value) {
  return model::to_display_text(value);
}

}  // namespace cairn::wire::jaeger
