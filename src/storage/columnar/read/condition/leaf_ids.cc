// SPDX-License-Identifier: Apache-2.0
//
// Leaf on span ids, parent ids and trace ids, which conditions see as lower-case hex digits.
#include <algorithm>
#include <array>

#include "storage/columnar/read/condition/leaf.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

// Whether an id satisfies a comparison; ids are compared as bytes where the comparison allows it.
template <typename Id>
class IdTest {
 public:
  explicit IdTest(const ValueCheck& test) : test_(test) {
    const std::string* text = test.only_text();
    if (!text) return;
    equality_ = true;
    const bool canonical =
        text->size() == kDigits && std::ranges::all_of(*text, [](char digit) {
          return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
        });
    if (!canonical) return;  // no id looks like that
    auto parsed = Id::from_hex(*text);
    if (parsed) wanted_ = *parsed;
  }

  bool holds(const Id& id) const {
    if (equality_) return wanted_ && id == *wanted_;
    constexpr std::string_view kHex = "0123456789abcdef";
    std::array<char, kDigits> text;
    for (std::size_t i = 0; i < sizeof(Id); ++i) {
      text[2 * i] = kHex[std::to_integer<std::size_t>(id.bytes[i] >> 4)];
      text[2 * i + 1] = kHex[std::to_integer<std::size_t>(id.bytes[i] & std::byte{15})];
    }
    return test_.holds(AnyValue::string({text.data(), text.size()}));
  }

 private:
  static constexpr std::size_t kDigits = 2 * sizeof(Id);

  const ValueCheck& test_;
  bool equality_ = false;
  std::optional<Id> wanted_;
};

}  // namespace

Result<Verdicts> Leaf::evaluate_span_ids(ClassView& view) const {
  const bool of_parent = place_ == LeafPlace::kParentSpanId;
  ASSIGN_OR_RETURN(const auto rows, view.rows());
  ASSIGN_OR_RETURN(const auto ids,
                   of_parent ? view.group().parent_span_ids() : view.group().span_ids());
  const IdTest<model::SpanId> test(*test_);
  Verdicts verdicts = Verdicts::each(view.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const model::SpanId& id = ids[rows[i]];
    if (of_parent && !id.is_valid()) continue;  // a root has none
    const bool holds = test_->only_presence() || test.holds(id);
    verdicts.rows[i] = verdict_of(holds);
  }
  unify(verdicts);
  return verdicts;
}

Result<Verdicts> Leaf::evaluate_trace_ids(ClassView& view) {
  GroupView& group = view.group();
  if (traces_of_ != &group.group()) {
    ASSIGN_OR_RETURN(const TraceTable* traces, group.traces());
    const IdTest<model::TraceId> test(*test_);
    traces_.assign(traces->ids.size() + 1, 0);
    for (std::size_t i = 0; i < traces->ids.size(); ++i) {
      traces_[i] = test.holds(traces->ids[i]) ? 1 : 0;
    }
    traces_of_ = &group.group();
  }
  if (std::ranges::find(traces_, 1) == traces_.end()) return Verdicts::same(Verdict::kNo);
  ASSIGN_OR_RETURN(const auto rows, view.rows());
  ASSIGN_OR_RETURN(const auto trace_of_rows, group.trace_of_rows());
  Verdicts verdicts = Verdicts::each(view.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    verdicts.rows[i] = verdict_of(traces_[trace_of_rows[rows[i]]] != 0);
  }
  unify(verdicts);
  return verdicts;
}

}  // namespace cairn::storage::columnar
