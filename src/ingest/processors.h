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

#include "ingest/named_limits.h"
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
  explicit Processors(std::vector<ProcessorRule> rules) : rules_(std::move(rules)) {}

  // Texts and byte strings longer than their service's limit are cut there, at a character's start.
  // Cost: rules times attributes, and nothing when there are neither rules nor limits. New text and
  // lists go to the batch's arena.
  // Thread rule: any thread, each with a batch of its own.
  Changes apply(const LimitsByResource& limits, model::Batch& batch) const;

 private:
  const std::vector<ProcessorRule> rules_;
};

}  // namespace cairn::ingest
