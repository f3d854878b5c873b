// SPDX-License-Identifier: Apache-2.0
//
// TraceSearch: the best traces of an order, with no more work than it takes to be sure of them.
//
//   groups, those that may hold the best first ─ columns (TraceCondition) ─► candidates, best first
//   candidates ─ all parts found, evaluated where columns left it open ─► page of limit + 1
//
// It ends when neither a group that was not opened nor a candidate can be better than the page.
//   newest first: no trace starts later than a part of it, no part later than its group's last
//   start longest first: a trace in one place lasts as its group says; the scattered ones are all
//   candidates from the beginning, with a bound for how long they can last
#pragma once

#include <map>
#include <queue>
#include <set>
#include <unordered_set>

#include "storage/columnar/read/condition/trace_condition.h"
#include "storage/columnar/read/search/trace_places.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Ownership: request and session outlive it.
class TraceSearch {
 public:
  TraceSearch(const SearchRequest& request, TraceCondition condition, ReadSession& session);

  SearchPage run();

 private:
  struct Opening {
    std::int64_t bound = 0;  // the highest order value of a trace in the group
    GroupPlace place;
  };
  struct Candidate {
    SearchCursor bound;  // its place in the answer, or a better one
    model::Timestamp start;
    std::uint64_t duration = 0;
    Fragment where;
    Verdict alone = Verdict::kOpen;
  };
  struct Found {
    std::vector<Fragment> fragments;
    std::optional<TraceSummary> summary;
  };
  struct Worse {
    bool operator()(const Candidate& a, const Candidate& b) const {
      return comes_before(b.bound, a.bound);
    }
  };
  struct Better {
    bool operator()(const SearchCursor& a, const SearchCursor& b) const {
      return comes_before(a, b);
    }
  };

  bool longest() const { return request_.order == SearchOrder::kLongestFirst; }
  void list_groups();
  void add_scattered();
  void open(const GroupPlace& place);
  Result<void> open_group(const GroupPlace& place);
  // What columns say of the group's traces, asked once.
  Result<const GroupTraces*> ask(const GroupPlace& place, GroupView& view);
  bool may_be_page(const SearchCursor& bound) const;
  bool after_cursor(const SearchCursor& place) const;
  void resolve(const Candidate& candidate);
  bool has_seed(const std::vector<Fragment>& fragments);
  // The place of a scattered trace in the answer, as far as trace tables know.
  SearchCursor bound_of(const model::TraceId& id, const std::vector<Fragment>& fragments);
  void evaluate(const model::TraceId& id, std::vector<Fragment> fragments);
  void keep(const SearchCursor& place, Found found);
  SearchPage page();

  const SearchRequest& request_;
  TraceCondition condition_;
  ReadSession& session_;
  TracePlaces places_;
  std::vector<Opening> groups_;  // best first
  std::map<GroupPlace, GroupTraces> asked_;
  std::priority_queue<Candidate, std::vector<Candidate>, Worse> candidates_;
  std::unordered_set<model::TraceId> seen_;
  std::map<SearchCursor, Found, Better> found_;  // at most limit + 1
};

}  // namespace cairn::storage::columnar
