// SPDX-License-Identifier: Apache-2.0
//
// NameCounter: how many spans carry each attribute name. Rows name shapes, resources and classes:
// those are counted first, and only their counts turned into names.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "storage/columnar/read/condition/row_matcher.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Ownership: request and session outlive it.
class NameCounter {
 public:
  static constexpr std::size_t kMostNames = 100'000;  // different ones; more are left out

  NameCounter(const NamesRequest& request, ReadSession& session);

  // Counts the spans of one source that start in the range.
  Result<void> add(const SpanSource& source);
  std::vector<NameCount> most_frequent() const;

 private:
  using Key = std::tuple<std::string, Level, model::AnyValue::Kind>;
  struct Counter {
    std::uint64_t count = 0;
    std::uint64_t last_span = 0;  // number of the span that was counted last
  };
  // Rows of one source by what they name.
  struct Counts {
    std::vector<std::uint64_t> shapes;
    std::vector<std::uint64_t> resources;
    std::vector<std::uint64_t> scopes;
  };

  bool wants(Level level) const { return !request_.level || *request_.level == level; }
  Result<void> add_class(ClassView& view, const Schema& schema, Counts& counts);
  Result<void> add_extras(ClassView& view, const Schema& schema, const Verdicts& verdicts);
  void add_extra(const model::Span& span);
  void add_counts(const Schema& schema, const Counts& counts);
  void add_attributes(Level level, std::span<const model::Attribute> attributes,
                      std::uint64_t spans);
  // `once`: spans of that number count once, however often they come; 0: all count.
  void add_name(std::string_view name, Level level, model::AnyValue::Kind type, std::uint64_t spans,
                std::uint64_t once);

  const NamesRequest& request_;
  ReadSession& session_;
  Condition everything_;
  ColumnFilter in_range_;
  std::uint64_t span_ = 0;
  Counter* find(std::string_view name, Level level, model::AnyValue::Kind type);

  using Entry = std::map<Key, Counter>::value_type;
  std::map<Key, Counter> counters_;
  std::vector<Entry*> recent_;  // looked at first: events repeat the same few names
};

}  // namespace cairn::storage::columnar
