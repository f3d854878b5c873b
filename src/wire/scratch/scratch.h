// SPDX-License-Identifier: Apache-2.0
//
// Where a decoder collects lists whose length it does not know yet, before they move to the arena
// in one piece. The lists of nested messages lie on top of each other, like a call stack.
// Thread rule: one per decode call; this_thread_scratch() keeps one per thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "model/span.h"

namespace cairn::wire {

// A stack of lists. A list begins at a mark and ends when it is taken or dropped.
template <typename T>
class ListStack {
 public:
  std::size_t mark() const { return items_.size(); }
  T& add() { return items_.emplace_back(); }
  void add(std::span<const T> items) { items_.insert(items_.end(), items.begin(), items.end()); }
  // Ends the list that began at `mark`: copies it into the arena.
  std::span<const T> take(std::size_t mark, Arena& arena) {
    const std::span<const T> taken = arena.copy(std::span<const T>(items_).subspan(mark));
    drop(mark);
    return taken;
  }
  void drop(std::size_t mark) { items_.resize(mark); }
  // Empties it, and frees memory beyond `most` items.
  void reset(std::size_t most) {
    items_.clear();
    if (items_.capacity() > most) items_.shrink_to_fit();
  }

 private:
  std::vector<T> items_;
};

struct Scratch {
  struct Marks {
    std::size_t attributes;
    std::size_t values;
    std::size_t events;
    std::size_t links;
    std::size_t unknown;
  };

  ListStack<model::Attribute> attributes;
  ListStack<model::AnyValue> values;
  ListStack<model::Event> events;
  ListStack<model::Link> links;
  ListStack<char> unknown;  // fields we do not know, where they do not lie side by side

  Marks mark() const {
    return {attributes.mark(), values.mark(), events.mark(), links.mark(), unknown.mark()};
  }
  // Ends all lists begun since.
  void drop(const Marks& marks) {
    attributes.drop(marks.attributes);
    values.drop(marks.values);
    events.drop(marks.events);
    links.drop(marks.links);
    unknown.drop(marks.unknown);
  }
  void reset() {
    constexpr std::size_t kKept = 8192;  // items: 256 KiB of attributes
    attributes.reset(kKept);
    values.reset(kKept);
    events.reset(kKept);
    links.reset(kKept);
    unknown.reset(kKept);
  }
};

// Empty between decode calls; keeps its memory, so that a steady stream allocates nothing.
inline Scratch& this_thread_scratch() {
  thread_local Scratch scratch;
  return scratch;
}

// What the lists of one request may take in memory, so that a body of tiny empty elements cannot
// grow many times over: a usual request needs less than three times its size.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t request_bytes) : left_(8 * request_bytes + 64_KiB) {}
  // False when not that much is left; then nothing is taken.
  [[nodiscard]] bool spend(std::size_t bytes) {
    if (bytes > left_) [[unlikely]] {
      has_refused_ = true;
      return false;
    }
    left_ -= bytes;
    return true;
  }
  // Whether spend() has returned false since the last forget_refusal().
  bool has_refused() const { return has_refused_; }
  void forget_refusal() { has_refused_ = false; }

 private:
  std::size_t left_;
  bool has_refused_ = false;
};

// A message's unknown fields in the order they came. Side by side, as they nearly always are, they
// stay where they are; apart, they are collected.
class UnknownFields {
 public:
  explicit UnknownFields(ListStack<char>& scattered)
      : scattered_(scattered), mark_(scattered.mark()) {}

  // `field` views the message's bytes.
  void add(std::string_view field) {
    if (run_.empty() || run_.data() + run_.size() == field.data()) {
      run_ = {run_.empty() ? field.data() : run_.data(), run_.size() + field.size()};
      return;
    }
    if (!run_.empty()) scattered_.add(run_);
    run_ = field;
    is_scattered_ = true;
  }
  // Ends the collecting.
  std::string_view take(Arena& arena) {
    if (!is_scattered_) [[likely]]
      return run_;
    scattered_.add(run_);
    const std::span<const char> all = scattered_.take(mark_, arena);
    return {all.data(), all.size()};
  }

 private:
  ListStack<char>& scattered_;
  std::size_t mark_;
  std::string_view run_;
  bool is_scattered_ = false;
};

}  // namespace cairn::wire
