// SPDX-License-Identifier: Apache-2.0
//
// NaiveStore: an independent reading of the contract for random histories. It shares no code with
// ConditionMatcher or the engines: spans are flattened into lists of facts, and each question walks
// all of them. Answers are texts, so that a difference explains itself.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/api/trace_store.h"

namespace cairn::storage {

// One thing known about a span: an attribute or intrinsic of it, its scope, its resource, one of
// its events or one of its links.
struct Fact {
  Level level = Level::kSpan;
  int instance = 0;     // which event or link
  std::string name;     // the key, or "#" and the intrinsic's text
  Constant value;       // display text for what a Constant cannot hold
  std::string display;  // of attributes
  bool scalar = true;   // bool, int, double or string
  model::AnyValue::Kind kind = model::AnyValue::Kind::kString;
};

struct NaiveSpan {
  model::TraceId trace_id;
  model::SpanId span_id;
  bool root = false;
  bool error = false;
  model::Timestamp start;
  model::Timestamp end;
  std::string service;
  std::string name;
  std::vector<Fact> facts;  // in the order in which one value is chosen
  std::string text;         // all there is; equal texts are duplicates
  int hour = 0;             // in which it arrived
};

using Lines = std::vector<std::string>;

class NaiveStore {
 public:
  void write(const std::string& tenant, const model::Batch& batch);
  std::uint64_t erase(const std::string& tenant, const EraseTarget& target);
  // Drops what arrived more than `kept` whole hours before the hour that begins.
  void let_an_hour_pass(int kept);

  Lines trace(const std::string& tenant, const model::TraceId& id) const;
  // The summaries of the page, then "more" when there is a next one.
  Lines search(const std::string& tenant, const SearchRequest& request) const;
  // "trace/span|projected values", sorted.
  Lines scan(const std::string& tenant, const ScanRequest& request) const;
  Lines aggregate(const std::string& tenant, const AggregateRequest& request) const;
  Lines names(const std::string& tenant, const NamesRequest& request) const;
  Lines values(const std::string& tenant, const ValuesRequest& request) const;
  std::uint64_t spans() const;

 private:
  std::map<std::string, std::vector<NaiveSpan>> tenants_;
  int hour_ = 0;

  const std::vector<NaiveSpan>& of(const std::string& tenant) const;
};

// The forms in which answers are compared.
std::string line_of(const TraceSummary& summary);
std::string line_of(const AggregateRow& row);
std::string line_of(const NameCount& name);
std::string line_of(const ValueCount& value);

}  // namespace cairn::storage
