// SPDX-License-Identifier: Apache-2.0
#include "ingest/named_limits.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/size_text.h"

namespace cairn::ingest {
namespace {

using Value = std::optional<std::uint64_t>;

struct Word {
  std::string_view name;
  Value NamedLimits::* value;
  bool is_size;  // written 1MiB
};
constexpr std::array<Word, 5> kWords = {{
    {"spans_per_second", &NamedLimits::spans_per_second, false},
    {"bytes_per_second", &NamedLimits::bytes_per_second, true},
    {"max_attributes", &NamedLimits::max_attributes, false},
    {"max_value_bytes", &NamedLimits::max_value_bytes, true},
    {"max_trace_spans", &NamedLimits::max_trace_spans, false},
}};

std::string_view next_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

// `key=value`, into the limits. False: it is none of ours.
bool take(std::string_view word, NamedLimits& to) {
  const std::size_t equals = word.find('=');
  if (equals == word.npos) return false;
  const auto known = std::ranges::find(kWords, word.substr(0, equals), &Word::name);
  if (known == kWords.end()) return false;
  const std::string_view text = word.substr(equals + 1);
  const bool is_number = text.find_first_not_of("0123456789") == text.npos;
  const auto value = parse_size(text);
  if (!value || (!known->is_size && !is_number)) return false;
  to.*known->value = *value;
  return true;
}

void override_with(const NamedLimits* own, SpanLimits& limits) {
  if (own == nullptr) return;
  if (own->max_attributes) limits.max_attributes = *own->max_attributes;
  if (own->max_value_bytes) limits.max_value_bytes = *own->max_value_bytes;
  if (own->max_trace_spans) limits.max_trace_spans = *own->max_trace_spans;
}

}  // namespace

Result<NamedLimits> parse_named_limits(std::string_view text) {
  NamedLimits made;
  made.name = next_word(text);
  NamedLimits none;
  if (made.name.empty() || take(made.name, none)) {
    return invalid_argument("a limit begins with a name");
  }
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    if (take(word, made)) continue;
    return invalid_argument(
        fmt::format("'{}': expected a name, then spans_per_second=500, bytes_per_second=1MiB, "
                    "max_attributes=64, max_value_bytes=2KiB or max_trace_spans=10000",
                    word));
  }
  return made;
}

std::string to_text(const NamedLimits& limits) {
  std::string text = limits.name;
  for (const Word& word : kWords) {
    const Value& value = limits.*word.value;
    if (!value) continue;
    text +=
        fmt::format(" {}={}", word.name, word.is_size ? size_text(*value) : std::to_string(*value));
  }
  return text;
}

const NamedLimits* find_limits(const std::vector<NamedLimits>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &NamedLimits::name);
  return found == all.end() ? nullptr : &*found;
}

LimitsByResource::LimitsByResource(const SpanLimits& general,
                                   const std::vector<NamedLimits>& tenants,
                                   const std::vector<NamedLimits>& services,
                                   const model::TenantId& tenant, const model::Batch& batch)
    : all_(general) {
  override_with(find_limits(tenants, tenant.name), all_);
  cuts_values_ = all_.max_value_bytes != 0;
  limits_traces_ = all_.max_trace_spans != 0;
  if (services.empty()) return;
  for (const model::Resource& resource : batch.resources) {
    SpanLimits& own = by_resource_.emplace_back(all_);
    override_with(find_limits(services, resource.service_name()), own);
    cuts_values_ |= own.max_value_bytes != 0;
    limits_traces_ |= own.max_trace_spans != 0;
  }
}

}  // namespace cairn::ingest
