// SPDX-License-Identifier: Apache-2.0
//
// The way out: how long the questions take that people and pages ask.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/store/writing.h"

namespace cairn::bench {

// One kind of question. `ask(i)` asks the i-th and says how many results came.
struct Question {
  std::string name;
  std::size_t most_runs;
  std::function<Result<std::uint64_t>(std::size_t run)> ask;
};

struct Latencies {
  std::string name;
  Duration first{};                 // of the first run: with cold caches, if any
  std::vector<Duration> ascending;  // of all runs
  std::uint64_t results = 0;        // of the last run
};

// `store` and `samples` outlive the questions. REQUIRES: samples of both kinds.
std::vector<Question> all_questions(storage::TraceStore& store, const Samples& samples);

// Stops after `most_runs`, or when `longest` has passed.
Result<Latencies> measure(const Question& question, Duration longest);

// Writes single spans and reads each as soon as it is there.
struct Freshness {
  std::vector<Duration> to_acknowledged;  // ascending
  std::vector<Duration> to_found;         // from the acknowledgement; ascending
};
Result<Freshness> measure_freshness(storage::TraceStore& store, std::size_t spans);

}  // namespace cairn::bench
