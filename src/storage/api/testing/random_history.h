// SPDX-License-Identifier: Apache-2.0
//
// Random material for histories: batches, conditions and questions over a universe so small that
// ids, keys and times collide all the time. The same seed gives the same history everywhere.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "model/testing.h"
#include "storage/api/trace_store.h"

namespace cairn::storage {

// Thread rule: one thread.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

  // A number from 0 to `below` - 1. std::uniform_int_distribution differs between libraries.
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool chance(std::size_t percent) { return pick(100) < percent; }

  std::string tenant() { return chance(80) ? "" : "other"; }
  model::TraceId trace_id();
  // New spans, or a batch that was sent before, again.
  std::shared_ptr<const model::Batch> batch();
  EraseTarget erase_target();

  Condition span_condition(int depth = 3);
  Condition trace_condition(int depth = 3);
  TimeRange range();
  Field span_field();

  SearchRequest search();
  ScanRequest scan();
  AggregateRequest aggregate();
  NamesRequest names();
  ValuesRequest values();

 private:
  std::string_view choose(std::initializer_list<std::string_view> from);
  std::string_view key() { return choose({"k", "n", "zone"}); }
  Duration moment();
  model::AnyValue value();
  Constant constant();
  void attributes(model::TestBatch& batch);
  void span(model::TestBatch& batch);
  Comparison comparison(Field field);
  Condition leaf(Level level);
  Condition combination(int depth, const std::function<Condition(int)>& part);

  std::mt19937_64 random_;
  std::vector<std::shared_ptr<const model::Batch>> sent_;
};

// CAIRN_SEED when it is set, to replay one history; the seeds 1 to CAIRN_HISTORIES when that is
// set; nothing otherwise.
std::vector<std::uint64_t> seeds_from_environment();

}  // namespace cairn::storage
