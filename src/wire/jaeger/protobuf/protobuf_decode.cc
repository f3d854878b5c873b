// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include <fmt/format.h>

#include "model/reserved.h"
#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/jaeger/protobuf.h"
#include "wire/jaeger/protobuf/protobuf_fields.h"
#include "wire/jaeger/protobuf/protobuf_time.h"
#include "wire/protobuf/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;
using model::RejectionReason;
using protobuf::bytes_tag;
using protobuf::fixed64_tag;
using protobuf::Reader;
using protobuf::varint_tag;

// A KeyValue before its type is known: of the five values one counts.
struct TypedValue {
  std::uint64_t type = 0;
  std::string_view text;
  bool boolean = false;
  std::uint64_t integer = 0;
  std::uint64_t real = 0;  // its bits
  std::string_view binary;

  // A type without a name here is read as text.
  AnyValue value() const {
    switch (type) {
      case 1:
        return AnyValue::boolean(boolean);
      case 2:
        return AnyValue::integer(static_cast<std::int64_t>(integer));
      case 3:
        return AnyValue::real(std::bit_cast<double>(real));
      case 4:
        return AnyValue::bytes(as_bytes(binary));
      default:
        return AnyValue::string(text);
    }
  }
};

// What a Span message says that is not in its final place yet.
struct Parts {
  std::string_view trace_id;
  std::string_view span_id;
  std::uint32_t flags = 0;
  SecondsAndNanos start;
  SecondsAndNanos duration;
  std::optional<std::string_view> process;
};

// Processes of their own that the last spans named, by their bytes: a sender repeats few.
class RecentProcesses {
 public:
  std::optional<std::uint32_t> find(std::string_view bytes) const {
    for (const Known& known : known_) {
      if (known.bytes && *known.bytes == bytes) return known.resource;
    }
    return std::nullopt;
  }
  void add(std::string_view bytes, std::uint32_t resource) {
    known_[next_] = {bytes, resource};
    next_ = (next_ + 1) % known_.size();
  }

 private:
  struct Known {
    std::optional<std::string_view> bytes;
    std::uint32_t resource = 0;
  };
  std::array<Known, 8> known_;
  std::size_t next_ = 0;
};

// Absent is zero.
template <typename Id>
bool assign_id(std::string_view bytes, Id& id) {
  return bytes.empty() || id.assign(as_bytes(bytes));
}
// Eight bytes are the low half.
bool assign_trace_id(std::string_view bytes, model::TraceId& id) {
  if (bytes.size() != 8) return assign_id(bytes, id);
  id = {};
  std::ranges::copy(as_bytes(bytes), id.bytes.begin() + 8);
  return true;
}

void other_field(Reader& r, std::uint32_t last_known) {
  r.field_number() <= last_known ? r.fail() : void(r.skip());
}

// One run of decode_post_spans or decode_span. A member that returns false met bytes that do not
// parse, or a budget that refused.
class Decoder {
 public:
  Decoder(std::string_view input, model::Batch& batch)
      : input_(input),
        batch_(batch),
        values_(this_thread_scratch().values),
        mapping_(batch, input.size()),
        joins_(input.size()) {}

  Result<model::Rejections> post_spans();
  Result<model::Rejections> lone_span();

 private:
  bool request();
  bool batch_message(std::string_view message);
  void span(std::string_view message);
  bool fields(std::string_view message, model::Span& span, Parts& parts);
  bool submessage(std::uint32_t field, std::string_view message, Parts& parts);
  bool reference(std::string_view message);
  bool log(std::string_view message);
  bool time(std::string_view message, SecondsAndNanos& to);
  bool key_value(std::string_view message, model::Attribute& to);
  void keep_warnings(std::size_t mark);
  std::uint32_t batch_resource();
  std::optional<std::uint32_t> own_resource(std::string_view process);
  bool process(std::string_view message, std::uint32_t resource);
  bool join(std::optional<std::string_view>& to, std::string_view more);
  bool finished(const Reader& reader);
  Error error() const;

  std::string_view input_;
  model::Batch& batch_;
  ListStack<AnyValue>& values_;
  SpanMapping mapping_;
  MemoryBudget joins_;
  RecentProcesses recent_;
  std::optional<std::uint32_t> batch_resource_;  // once a span belongs to it
  std::optional<std::string_view> batch_process_;
  RejectionReason reason_ = RejectionReason::kMalformedSpan;  // if reading a span fails
  // The start of the last field that did not parse; null when the budget refused instead.
  const char* failed_at_ = nullptr;
};

Result<model::Rejections> Decoder::post_spans() {
  if (request()) return mapping_.finish();
  mapping_.rollback();
  return error();
}

// The span is all there is: nothing outside it can fail.
Result<model::Rejections> Decoder::lone_span() {
  span(input_);
  return mapping_.finish();
}

Error Decoder::error() const {
  if (failed_at_ == nullptr) {
    return invalid_argument("Jaeger protobuf: too many empty elements for the size of the request");
  }
  return invalid_argument(fmt::format("Jaeger protobuf: malformed or truncated field at byte {}",
                                      failed_at_ - input_.data()));
}

bool Decoder::finished(const Reader& reader) {
  if (!reader.ok()) [[unlikely]] {
    failed_at_ = reader.failed_at();
  }
  return reader.ok();
}

// The process of the batch may come after its spans.
bool Decoder::request() {
  Reader r(input_);
  while (r.next()) {
    if (r.tag() == bytes_tag(field::post_spans::kBatch)) {
      if (!batch_message(r.bytes())) return false;
    } else {
      other_field(r, field::post_spans::kBatch);
    }
  }
  if (!finished(r)) return false;
  if (!batch_process_) return true;
  return process(*batch_process_, batch_resource());
}

bool Decoder::batch_message(std::string_view message) {
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::batch::kSpans):
        span(r.bytes());
        break;
      case bytes_tag(field::batch::kProcess):
        if (!join(batch_process_, r.bytes())) return false;
        break;
      default:
        other_field(r, field::batch::kLast);
    }
  }
  return finished(r);
}

std::uint32_t Decoder::batch_resource() {
  if (!batch_resource_) batch_resource_ = mapping_.add_resource();
  return *batch_resource_;
}

// Two messages in a row are one message, merged: that is what protobuf asks for.
bool Decoder::join(std::optional<std::string_view>& to, std::string_view more) {
  if (!to || to->empty()) {
    to = more;
    return true;
  }
  failed_at_ = nullptr;
  reason_ = RejectionReason::kTooLarge;
  if (!joins_.spend(to->size() + more.size())) return false;
  reason_ = RejectionReason::kMalformedSpan;
  const auto room = batch_.arena.make<char>(to->size() + more.size());
  std::ranges::copy(more, std::ranges::copy(*to, room.begin()).out);
  to = std::string_view(room.data(), room.size());
  return true;
}

void Decoder::span(std::string_view message) {
  model::Span& made = mapping_.begin_span();
  Parts parts;
  reason_ = RejectionReason::kMalformedSpan;
  if (!fields(message, made, parts)) return mapping_.reject_span(reason_);
  if (!assign_trace_id(parts.trace_id, made.trace_id) || !made.trace_id.is_valid()) {
    return mapping_.reject_span(RejectionReason::kInvalidTraceId);
  }
  if (!assign_id(parts.span_id, made.span_id) || !made.span_id.is_valid()) {
    return mapping_.reject_span(RejectionReason::kInvalidSpanId);
  }
  made.start = to_timestamp(parts.start);
  made.end = moved(made.start, parts.duration);
  const auto resource = parts.process ? own_resource(*parts.process) : batch_resource();
  if (!resource) return mapping_.reject_span(reason_);
  mapping_.end_span(*resource, parts.flags);
}

bool Decoder::fields(std::string_view message, model::Span& span, Parts& parts) {
  const std::size_t warnings = values_.mark();
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::span::kTraceId):
        parts.trace_id = r.bytes();
        break;
      case bytes_tag(field::span::kSpanId):
        parts.span_id = r.bytes();
        break;
      case bytes_tag(field::span::kOperationName):
        span.name = r.bytes();
        break;
      case varint_tag(field::span::kFlags):
        parts.flags = static_cast<std::uint32_t>(r.varint());
        break;
      case bytes_tag(field::span::kTags):
        do {
          model::Attribute tag;
          if (!key_value(r.bytes(), tag)) return false;
          mapping_.tag(tag.key, tag.value);
        } while (r.next_if(bytes_tag(field::span::kTags)));
        break;
      case bytes_tag(field::span::kReferences):
      case bytes_tag(field::span::kStartTime):
      case bytes_tag(field::span::kDuration):
      case bytes_tag(field::span::kLogs):
      case bytes_tag(field::span::kProcess):
        if (!submessage(r.field_number(), r.bytes(), parts)) return false;
        break;
      case bytes_tag(field::span::kProcessId):
        r.skip();  // names a process of a Trace message, which nobody sends
        break;
      case bytes_tag(field::span::kWarnings):
        values_.add() = AnyValue::string(r.bytes());
        break;
      default:
        other_field(r, field::span::kLast);
    }
  }
  keep_warnings(warnings);
  return finished(r);
}

bool Decoder::submessage(std::uint32_t field, std::string_view message, Parts& parts) {
  switch (field) {
    case field::span::kReferences:
      return reference(message);
    case field::span::kStartTime:
      return time(message, parts.start);
    case field::span::kDuration:
      return time(message, parts.duration);
    case field::span::kLogs:
      return log(message);
    default:
      return join(parts.process, message);
  }
}

void Decoder::keep_warnings(std::size_t mark) {
  if (values_.mark() == mark) return;
  mapping_.attribute(model::reserved::kJaegerWarnings,
                     AnyValue::array(values_.take(mark, batch_.arena)));
}

bool Decoder::reference(std::string_view message) {
  std::string_view trace_id;
  std::string_view span_id;
  Reference made;
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::reference::kTraceId):
        trace_id = r.bytes();
        break;
      case bytes_tag(field::reference::kSpanId):
        span_id = r.bytes();
        break;
      case varint_tag(field::reference::kType):
        made.type = r.varint() == 0 ? RefType::kChildOf : RefType::kFollowsFrom;
        break;
      default:
        other_field(r, field::reference::kLast);
    }
  }
  if (!finished(r)) return false;
  if (!assign_trace_id(trace_id, made.trace_id) || !assign_id(span_id, made.span_id)) {
    reason_ = RejectionReason::kInvalidLink;
    return false;
  }
  mapping_.reference(made);
  return true;
}

bool Decoder::log(std::string_view message) {
  SecondsAndNanos when;
  mapping_.begin_log();
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::log::kTimestamp):
        if (!time(r.bytes(), when)) return false;
        break;
      case bytes_tag(field::log::kFields): {
        model::Attribute field;
        if (!key_value(r.bytes(), field)) return false;
        mapping_.log_field(field.key, field.value);
        break;
      }
      default:
        other_field(r, field::log::kLast);
    }
  }
  if (!finished(r)) return false;
  mapping_.end_log(to_timestamp(when));
  return true;
}

bool Decoder::time(std::string_view message, SecondsAndNanos& to) {
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case varint_tag(field::time::kSeconds):
        to.seconds = static_cast<std::int64_t>(r.varint());
        break;
      case varint_tag(field::time::kNanos):
        to.nanos = static_cast<std::int32_t>(r.varint());
        break;
      default:
        other_field(r, field::time::kLast);
    }
  }
  return finished(r);
}

bool Decoder::key_value(std::string_view message, model::Attribute& to) {
  TypedValue typed;
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::key_value::kKey):
        to.key = r.bytes();
        break;
      case varint_tag(field::key_value::kType):
        typed.type = r.varint();
        break;
      case bytes_tag(field::key_value::kString):
        typed.text = r.bytes();
        break;
      case varint_tag(field::key_value::kBool):
        typed.boolean = r.varint() != 0;
        break;
      case varint_tag(field::key_value::kInt64):
        typed.integer = r.varint();
        break;
      case fixed64_tag(field::key_value::kFloat64):
        typed.real = r.fixed64();
        break;
      case bytes_tag(field::key_value::kBinary):
        typed.binary = r.bytes();
        break;
      default:
        other_field(r, field::key_value::kLast);
    }
  }
  to.value = typed.value();
  return finished(r);
}

std::optional<std::uint32_t> Decoder::own_resource(std::string_view bytes) {
  if (const auto known = recent_.find(bytes)) return known;
  const std::uint32_t made = mapping_.add_resource();
  if (!process(bytes, made)) {
    batch_.resources.pop_back();
    if (failed_at_ == nullptr) reason_ = RejectionReason::kTooLarge;
    return std::nullopt;
  }
  recent_.add(bytes, made);
  return made;
}

bool Decoder::process(std::string_view message, std::uint32_t resource) {
  std::string_view service_name;
  failed_at_ = nullptr;
  mapping_.begin_process();
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::process::kServiceName):
        service_name = r.bytes();
        break;
      case bytes_tag(field::process::kTags): {
        model::Attribute tag;
        if (!key_value(r.bytes(), tag)) return false;
        mapping_.process_tag(tag.key, tag.value);
        break;
      }
      default:
        other_field(r, field::process::kLast);
    }
  }
  return finished(r) && mapping_.end_process(resource, service_name);
}

}  // namespace

Result<model::Rejections> decode_post_spans(ByteView request, model::Batch& batch) {
  if (request.size() > UINT32_MAX) {
    return invalid_argument("Jaeger protobuf: more than 4 GiB in one request");
  }
  return Decoder(as_text(request), batch).post_spans();
}

Result<model::Rejections> decode_span(ByteView message, model::Batch& batch) {
  if (message.size() > UINT32_MAX) {
    return invalid_argument("Jaeger protobuf: more than 4 GiB in one message");
  }
  return Decoder(as_text(message), batch).lone_span();
}

}  // namespace cairn::wire::jaeger
