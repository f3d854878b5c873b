// SPDX-License-Identifier: Apache-2.0
//
// What adaptive sampling remembers across restarts, as one small file, version 1:
//   cairn adaptive sampling 1 <16 hex digits: FNV-1a 64 of all that follows the newline>
//   {"services":[{"service":"cart","default_probability":0.001,
//     "operations":[{"operation":"GET /","probability":0.02,"samples":300,"exposure":6.5}]}]}
// It is text, so showing it needs no tool. Source: docs/formats/adaptive-sampling.md.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::sampling {

struct AdaptiveState {
  struct Operation {
    std::string name;
    double probability = 0;
    double samples = 0;
    double exposure = 0;  // seconds · probability

    bool operator==(const Operation&) const = default;
  };
  struct Service {
    std::string name;
    double default_probability = 0;
    std::vector<Operation> operations;

    bool operator==(const Service&) const = default;
  };
  std::vector<Service> services;

  bool operator==(const AdaptiveState&) const = default;
};

inline constexpr std::size_t kMaxStateBytes = 64_MiB;

std::string encode_state(const AdaptiveState& state);
// Errors: kUnimplemented for another version, kCorruption for anything else that is not as
// encode_state() writes it: numbers out of range included.
Result<AdaptiveState> decode_state(ByteView bytes);

// Errors: kNotFound without the file, those of decode_state(), kUnavailable when it cannot be read.
Result<AdaptiveState> read_state(const std::string& path);
// After a crash the file holds either the old or the new state: `<path>.tmp`, sync, rename, sync.
Result<void> write_state(const std::string& path, const AdaptiveState& state);

}  // namespace cairn::sampling
