// SPDX-License-Identifier: Apache-2.0
#include "ingest/processors.h"

#include <algorithm>

#include <openssl/evp.h>
#include <re2/re2.h>

#include "base/hex.h"
#include "base/utf8.h"
#include "model/reserved.h"

namespace cairn::ingest {
namespace {

using model::AnyValue;
using model::Attribute;
using Action = ProcessorRule::Action;

std::string sha256_hex(ByteView bytes) {
  std::array<std::byte, 32> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  return to_hex(digest);
}

// What a value is hashed by: texts and bytes as they are, others as they are shown.
AnyValue hashed(const AnyValue& value, Arena& arena) {
  if (value.is(AnyValue::Kind::kBytes)) {
    return AnyValue::string(arena.copy(std::string_view(sha256_hex(value.as_bytes()))));
  }
  const std::string shown = model::to_display_text(value);
  return AnyValue::string(arena.copy(std::string_view(sha256_hex(as_bytes(shown)))));
}

// One batch on its way through the rules.
class Pass {
 public:
  Pass(const std::vector<ProcessorRule>& rules, const LimitsByResource& limits, model::Batch& batch)
      : rules_(rules), limits_(limits), batch_(batch), arena_(batch.arena) {}

  Changes run() {
    for (model::Span& span : batch_.spans) {
      max_value_bytes_ = limits_.of(batch_, span).max_value_bytes;
      change(span.attributes);
      change_each(span.events);
      change_each(span.links);
    }
    for (model::InstrumentationScope& scope : batch_.scopes) {
      max_value_bytes_ = limits_.of_resource(scope.resource).max_value_bytes;
      change(scope.attributes);
    }
    for (std::size_t i = 0; i < batch_.resources.size(); ++i) {
      max_value_bytes_ = limits_.of_resource(i).max_value_bytes;
      change(batch_.resources[i].attributes);
      // Last, so that no rule takes away what a default stands in for.
      add_defaults(batch_.resources[i]);
    }
    return changes_;
  }

 private:
  // The rules as one attribute meets them. False: it is dropped.
  bool change(Attribute& attribute) {
    if (model::is_reserved(attribute.key)) return true;
    bool is_hash = false;  // which is as long as it must be
    for (const ProcessorRule& rule : rules_) {
      if (rule.action == Action::kResource || !rule.matches(attribute.key)) continue;
      if (rule.action == Action::kRedact && !redact(rule, attribute.value, 0)) continue;
      ++changes_.by_action[static_cast<std::size_t>(rule.action)];
      if (rule.action == Action::kDrop) return false;
      // The rule outlives the request, not the batch.
      if (rule.action == Action::kRename) attribute.key = arena_.copy(std::string_view(rule.value));
      if (rule.action != Action::kHash) continue;
      attribute.value = hashed(attribute.value, arena_);
      is_hash = true;
    }
    if (max_value_bytes_ != 0 && !is_hash && truncate(attribute.value, 0)) ++changes_.truncated;
    return true;
  }

  void change(std::span<const Attribute>& attributes) {
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      Attribute changed = attributes[i];
      const bool kept = change(changed);
      if (kept && changed == attributes[i]) continue;
      attributes = change_rest(attributes, i, kept ? &changed : nullptr);
      return;
    }
  }

  // The first change is at `first`: copies what came before and goes on with what comes after.
  std::span<const Attribute> change_rest(std::span<const Attribute> attributes, std::size_t first,
                                         const Attribute* changed) {
    const std::span<Attribute> copy = arena_.copy(attributes);
    std::size_t size = first;
    if (changed != nullptr) copy[size++] = *changed;
    for (std::size_t i = first + 1; i < attributes.size(); ++i) {
      Attribute next = attributes[i];
      if (change(next)) copy[size++] = next;
    }
    return copy.first(size);
  }

  // Events or links.
  template <typename Record>
  void change_each(std::span<const Record>& records) {
    std::span<Record> copy;
    for (std::size_t i = 0; i < records.size(); ++i) {
      std::span<const Attribute> attributes = records[i].attributes;
      change(attributes);
      if (attributes.data() == records[i].attributes.data() &&
          attributes.size() == records[i].attributes.size()) {
        continue;
      }
      if (copy.empty()) copy = arena_.copy(records);
      copy[i].attributes = attributes;
    }
    if (!copy.empty()) records = copy;
  }

  void add_defaults(model::Resource& resource) {
    for (const ProcessorRule& rule : rules_) {
      if (rule.action != Action::kResource) continue;
      if (model::find_attribute(resource.attributes, rule.key) != nullptr) continue;
      const std::span<Attribute> copy = arena_.make<Attribute>(resource.attributes.size() + 1);
      std::ranges::copy(resource.attributes, copy.begin());
      copy.back() = {arena_.copy(std::string_view(rule.key)),
                     AnyValue::string(arena_.copy(std::string_view(rule.value)))};
      resource.attributes = copy;
      ++changes_.by_action[static_cast<std::size_t>(Action::kResource)];
    }
  }

  // Of texts, those in arrays and lists too. False: nothing matched.
  // Recursion: bounded by model::kMaxValueDepth.
  bool redact(const ProcessorRule& rule, AnyValue& value, int depth) {
    if (value.is(AnyValue::Kind::kString)) {
      std::string text(value.as_string());
      if (RE2::GlobalReplace(&text, *rule.expression, rule.value) == 0) return false;
      value = AnyValue::string(arena_.copy(std::string_view(text)));
      return true;
    }
    return change_elements(value, depth,
                           [&](AnyValue& element) { return redact(rule, element, depth + 1); });
  }

  bool truncate(AnyValue& value, int depth) {
    if (value.is(AnyValue::Kind::kString)) {
      const std::string_view text = value.as_string();
      if (text.size() <= max_value_bytes_) return false;
      std::size_t end = max_value_bytes_;
      // Back to the start of the character that would be cut in two.
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
      value = AnyValue::string(text.substr(0, end));
      return true;
    }
    if (value.is(AnyValue::Kind::kBytes)) {
      if (value.as_bytes().size() <= max_value_bytes_) return false;
      value = AnyValue::bytes(value.as_bytes().first(max_value_bytes_));
      return true;
    }
    return change_elements(value, depth,
                           [&](AnyValue& element) { return truncate(element, depth + 1); });
  }

  template <typename Change>
  bool change_elements(AnyValue& value, int depth, const Change& change_element) {
    if (depth > model::kMaxValueDepth) return false;
    if (value.is(AnyValue::Kind::kArray)) {
      const std::span<AnyValue> copy = arena_.copy(value.as_array());
      bool changed = false;
      for (AnyValue& element : copy) changed |= change_element(element);
      if (changed) value = AnyValue::array(copy);
      return changed;
    }
    if (value.is(AnyValue::Kind::kKeyValueList)) {
      const std::span<Attribute> copy = arena_.copy(value.as_key_value_list());
      bool changed = false;
      for (Attribute& field : copy) changed |= change_element(field.value);
      if (changed) value = AnyValue::key_value_list(copy);
      return changed;
    }
    return false;
  }

  const std::vector<ProcessorRule>& rules_;
  const LimitsByResource& limits_;
  std::size_t max_value_bytes_ = 0;  // of the record at hand
  model::Batch& batch_;
  Arena& arena_;
  Changes changes_;
};

}  // namespace

Changes Processors::apply(const LimitsByResource& limits, model::Batch& batch) const {
  if (rules_.empty() && !limits.cuts_values()) return {};
  return Pass(rules_, limits, batch).run();
}

}  // namespace cairn::ingest
