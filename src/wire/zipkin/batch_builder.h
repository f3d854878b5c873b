// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's spans → model::Batch: what every reader gives its spans to. Normalises as Zipkin does
// and maps each fact to its place in the model (docs/protocols/zipkin.md has both tables).
//   builder.begin(); builder.tag(k, v); builder.annotation(t, v); builder.finish(span);
// Thread rule: one thread at a time, one builder a thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "model/batch.h"
#include "wire/scratch/scratch.h"
#include "wire/zipkin/span.h"

namespace cairn::wire::zipkin {

// Of the time that the model can say, in 2554. What is later becomes this.
inline constexpr std::uint64_t kLastMicrosecond = UINT64_MAX / 1000;

class BatchBuilder {
 public:
  // `input_bytes` bounds what the lists may take in memory.
  BatchBuilder(std::size_t input_bytes, model::Batch& batch);
  ~BatchBuilder();
  BatchBuilder(const BatchBuilder&) = delete;
  BatchBuilder& operator=(const BatchBuilder&) = delete;

  Arena& arena() { return batch_.arena; }

  // Starts a span's lists.
  void begin() { lists_.clear(); }
  // These two are false when the message has used up its memory.
  [[nodiscard]] bool tag(std::string_view key, const model::AnyValue& value) {
    if (!budget_.spend(sizeof(model::Attribute))) return false;
    lists_.tags.push_back({key, value});
    return true;
  }
  [[nodiscard]] bool tag(std::string_view key, std::string_view value) {
    if (!budget_.spend(sizeof(model::Attribute))) return false;
    // In place: a value that is copied right after its parts were written waits for them.
    Tag& made = lists_.tags.emplace_back();
    made.key = key;
    made.value = model::AnyValue::string(value);
    return true;
  }
  [[nodiscard]] bool annotation(std::uint64_t timestamp, std::string_view value) {
    if (!budget_.spend(sizeof(model::Event))) return false;
    lists_.annotations.push_back({std::min(timestamp, kLastMicrosecond), value});
    return true;
  }
  // For a span that takes no bytes of its own in the message; false likewise.
  [[nodiscard]] bool further_span() {
    return budget_.spend(sizeof(model::Span) + sizeof(model::Attribute));
  }
  bool has_refused() const { return budget_.has_refused(); }

  // Appends the span, with the lists since begin(). Its ids are valid; its own lists are ignored.
  void finish(Span span);
  // Takes away every span since construction.
  void undo();

 private:
  // Of the span in hand, what its tags say beyond themselves.
  struct Meaning {
    std::string_view trace_state;
    std::string_view scope_name;
    std::string_view scope_version;
    model::Status status;
    std::array<bool, 5> is_taken{};  // by a tag: the attributes of kEndpointWords
  };
  struct Owner {
    std::string_view service;
    std::string_view scope_name;
    std::string_view scope_version;
    std::uint32_t resource = 0;
    std::uint32_t scope = 0;
  };

  // Takes out the tags that are wholly in a field.
  void understand_tags(Meaning& meaning);
  // REQUIRES: the tag has a key.
  bool understand(const Tag& tag, Meaning& meaning);
  std::span<const model::Attribute> attributes(const Span& span, const Meaning& meaning);
  std::span<const model::Event> events();
  std::uint32_t scope_of(std::string_view service, const Meaning& meaning);
  std::string_view lower_name(std::string_view name);

  model::Batch& batch_;
  Lists& lists_;
  MemoryBudget budget_;
  std::size_t first_resource_;
  std::size_t first_scope_;
  std::size_t first_span_;
  std::string_view name_;        // of the span before, where it lies in the message…
  std::string_view lower_name_;  // …and in lower case
  // The services and scopes seen last, newest at `last_owner_`. A message that names more of them
  // in turn gets equal resources more than once.
  std::array<Owner, 32> owners_;
  std::size_t owner_count_ = 0;
  std::size_t last_owner_ = 0;
};

}  // namespace cairn::wire::zipkin
