// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/batch_builder.h"

#include <algorithm>

#include "model/reserved.h"
#include "wire/zipkin/endpoint_words.h"
#include "wire/zipkin/text.h"

namespace cairn::wire::zipkin {
namespace {

using model::AnyValue;
using model::Attribute;

Lists& this_thread_lists() {
  thread_local Lists lists;
  return lists;
}

model::SpanKind model_kind(Kind kind) {
  switch (kind) {
    case Kind::kClient:
      return model::SpanKind::kClient;
    case Kind::kServer:
      return model::SpanKind::kServer;
    case Kind::kProducer:
      return model::SpanKind::kProducer;
    case Kind::kConsumer:
      return model::SpanKind::kConsumer;
    case Kind::kNone:
      break;
  }
  return model::SpanKind::kUnspecified;
}

std::string_view text_of(const Tag& tag) {
  return tag.value.is(AnyValue::Kind::kString) ? tag.value.as_string() : std::string_view();
}

// An endpoint's attributes, appended to a list that has room.
class EndpointWriter {
 public:
  EndpointWriter(std::span<Attribute> to, const std::array<bool, 5>& is_taken)
      : to_(to), is_taken_(is_taken) {}

  void text(std::size_t word, std::string_view value) {
    if (is_taken_[word]) {
      add(kEndpointWords[word].reserved, AnyValue::string(value));
    } else if (!value.empty()) {
      add(kEndpointWords[word].key, AnyValue::string(value));
    }
  }
  void port(std::size_t word, std::uint16_t value) {
    if (is_taken_[word]) {
      add(kEndpointWords[word].reserved, AnyValue::integer(value));
    } else if (value != 0) {
      add(kEndpointWords[word].key, AnyValue::integer(value));
    }
  }
  void address(std::size_t word, const Endpoint& endpoint, std::string_view second_key) {
    text(word, endpoint.ipv4.empty() ? endpoint.ipv6 : endpoint.ipv4);
    if (!endpoint.ipv4.empty() && !endpoint.ipv6.empty()) {
      add(second_key, AnyValue::string(endpoint.ipv6));
    }
  }
  void flag(std::string_view key, bool value) {
    if (value) add(key, AnyValue::boolean(true));
  }
  std::size_t size() const { return size_; }

 private:
  void add(std::string_view key, const AnyValue& value) { to_[size_++] = {key, value}; }

  std::span<Attribute> to_;
  const std::array<bool, 5>& is_taken_;
  std::size_t size_ = 0;
};

model::Timestamp timestamp_of(std::uint64_t micros) {
  return {std::min(micros, kLastMicrosecond) * 1000};
}

}  // namespace

BatchBuilder::BatchBuilder(std::size_t input_bytes, model::Batch& batch)
    : batch_(batch),
      lists_(this_thread_lists()),
      budget_(input_bytes),
      first_resource_(batch.resources.size()),
      first_scope_(batch.scopes.size()),
      first_span_(batch.spans.size()) {
}

BatchBuilder::~BatchBuilder() {
  lists_.shrink();
}

void BatchBuilder::undo() {
  batch_.resources.resize(first_resource_);
  batch_.scopes.resize(first_scope_);
  batch_.spans.resize(first_span_);
  owner_count_ = 0;
}

void BatchBuilder::finish(Span span) {
  if (span.parent_id == span.id) span.parent_id = {};
  if (span.kind == Kind::kClient) span.shared = false;
  lists_.order();

  model::Span made;
  made.trace_id = span.trace_id;
  made.span_id = span.id;
  made.parent_span_id = span.parent_id;
  made.kind = model_kind(span.kind);
  made.flags = span.debug ? 1 : 0;
  const std::uint64_t start = span.timestamp > 0 ? static_cast<std::uint64_t>(span.timestamp) : 0;
  const std::uint64_t lasts = span.duration > 0 ? static_cast<std::uint64_t>(span.duration) : 0;
  made.start = timestamp_of(start);
  made.end = timestamp_of(start + lasts);  // both are below 2^63
  made.name = lower_name(span.name);

  Meaning meaning;
  understand_tags(meaning);
  made.trace_state = meaning.trace_state;
  made.status = meaning.status;
  made.attributes = attributes(span, meaning);
  made.events = events();
  made.scope = scope_of(span.local.service_name, meaning);
  batch_.spans.push_back(made);
}

// One span of version 1 becomes up to 256 with the same name: they share one copy.
std::string_view BatchBuilder::lower_name(std::string_view name) {
  if (name.data() != name_.data() || name.size() != name_.size()) {
    name_ = name;
    lower_name_ = lower_case(name, batch_.arena);
  }
  return lower_name_;
}

void BatchBuilder::understand_tags(Meaning& meaning) {
  constexpr auto kFirstLetters = [] {
    std::array<bool, 256> matters{};
    for (const char c : std::string_view("cenopw")) matters[static_cast<unsigned char>(c)] = true;
    return matters;
  }();
  std::erase_if(lists_.tags, [&](const Tag& tag) {
    if (tag.key.empty() || !kFirstLetters[static_cast<unsigned char>(tag.key.front())])
      return false;
    return !understand(tag, meaning);
  });
}

// False when the tag is wholly in a field, and for a tag that would pass for one of our own.
bool BatchBuilder::understand(const Tag& tag, Meaning& meaning) {
  switch (tag.key.front()) {
    case 'c':
      return !model::is_reserved(tag.key);
    case 'e':
      if (tag.key == "error" && tag.value != AnyValue::boolean(false)) {
        meaning.status.code = model::StatusCode::kError;
      }
      return true;
    case 'n':
    case 'p':
      if (const auto word = word_of(tag)) meaning.is_taken[*word] = true;
      return true;
    case 'o': {
      if (!tag.key.starts_with("otel.")) return true;
      const std::string_view text = text_of(tag);
      if (text.empty()) return true;
      if (tag.key == "otel.scope.name") return (meaning.scope_name = text).empty();
      if (tag.key == "otel.scope.version") return (meaning.scope_version = text).empty();
      if (tag.key == "otel.status_description") meaning.status.message = text;
      const bool is_code = tag.key == "otel.status_code";
      if (is_code && text == "ERROR") meaning.status.code = model::StatusCode::kError;
      const bool is_set = meaning.status.code != model::StatusCode::kUnset;  // by the tag `error`
      if (is_code && text == "OK" && !is_set) meaning.status.code = model::StatusCode::kOk;
      return true;
    }
    case 'w':
      if (tag.key != "w3c.tracestate" || text_of(tag).empty()) return true;
      meaning.trace_state = text_of(tag);
      return false;
    default:
      return true;
  }
}

// The tags, then what the endpoints say, then the flags.
std::span<const Attribute> BatchBuilder::attributes(const Span& span, const Meaning& meaning) {
  std::array<Attribute, 9> more;
  EndpointWriter writer(more, meaning.is_taken);
  writer.address(kLocalAddress, span.local, model::reserved::kZipkinLocalIpv6);
  writer.port(kLocalPort, span.local.port);
  writer.text(kPeerService, span.remote.service_name);
  writer.address(kPeerAddress, span.remote, model::reserved::kZipkinRemoteIpv6);
  writer.port(kPeerPort, span.remote.port);
  writer.flag(model::reserved::kZipkinDebug, span.debug);
  writer.flag(model::reserved::kZipkinShared, span.shared);
  lists_.tags.insert(lists_.tags.end(), more.begin(),
                     more.begin() + static_cast<std::ptrdiff_t>(writer.size()));
  return batch_.arena.copy(std::span<const Attribute>(lists_.tags));
}

std::span<const model::Event> BatchBuilder::events() {
  const std::span<model::Event> made = batch_.arena.make<model::Event>(lists_.annotations.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i].time = timestamp_of(lists_.annotations[i].timestamp);
    made[i].name = lists_.annotations[i].value;
  }
  return made;
}

std::uint32_t BatchBuilder::scope_of(std::string_view service, const Meaning& meaning) {
  const Owner* same_service = nullptr;
  for (std::size_t i = 0; i < owner_count_; ++i) {
    const Owner& owner = owners_[(last_owner_ + owners_.size() - i) % owners_.size()];
    if (owner.service != service) continue;
    same_service = &owner;
    if (owner.scope_name == meaning.scope_name && owner.scope_version == meaning.scope_version) {
      return owner.scope;
    }
  }
  Owner owner{service, meaning.scope_name, meaning.scope_version, 0, 0};
  if (same_service != nullptr) {
    owner.resource = same_service->resource;
  } else {
    owner.resource = static_cast<std::uint32_t>(batch_.resources.size());
    model::Resource& made = batch_.resources.emplace_back();
    if (!service.empty()) {
      const std::span<Attribute> name = batch_.arena.make<Attribute>(1);
      name[0] = {"service.name", AnyValue::string(service)};
      made.attributes = name;
    }
  }
  owner.scope = static_cast<std::uint32_t>(batch_.scopes.size());
  model::InstrumentationScope& scope = batch_.scopes.emplace_back();
  scope.resource = owner.resource;
  scope.name = owner.scope_name;
  scope.version = owner.scope_version;
  last_owner_ = owner_count_ == 0 ? 0 : (last_owner_ + 1) % owners_.size();
  owners_[last_owner_] = owner;
  owner_count_ = std::min(owner_count_ + 1, owners_.size());
  return owner.scope;
}

}  // namespace cairn::wire::zipkin
