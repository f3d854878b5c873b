// SPDX-License-Identifier: Apache-2.0
//
// What happens to attributes on their way in: the rules, in their order, those about
// resources that lack something last; then the limit on the
// length of values. Records are copied on the first change; a batch that no rule is about stays as
// it is.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ingest/processor_rule.h"
#include "model/batch.h"

namespace cairn::ingest {

// What was changed, in attributes.
struct Changes {
  std::array<std::uint64_t, 5> by_action{};  // index: ProcessorRule::Action
  std::uint64_t truncated = 0;
};

class Processors {
 public:
  // `max_value_bytes`: longer texts and byte strings are cut there, at a character's start; 0:
  // none.
  Processors(std::vector<ProcessorRule> rules, std::size_t max_value_bytes)
      : rules_(std::move(rules)), max_value_bytes_(max_value_bytes) {}

  bool does_nothing() const { return rules_.empty() && max_value_bytes_ == 0; }

  // Cost: rules times attributes. New text and lists go to the batch's arena.
  // Thread rule: any thread, each with a batch of its own.
  Changes apply(model::Batch& batch) const;

 private:
  const std::vector<ProcessorRule> rules_;
  const std::size_t max_value_bytes_;
};

}  // namespace cairn::ingest
