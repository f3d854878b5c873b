// SPDX-License-Identifier: Apache-2.0
//
// Headers of any peer, for each propagator of the SDK: the first byte picks it, each line after is
// `name:value`. Whatever is read, what is then sent is read as the same and sent as the same again;
// and no limit is passed.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <cairn/trace/propagation.h>

#include "sdk/trace/utf8.h"

using namespace cairn::trace;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

struct Headers final : TextMapReader, TextMapWriter {
  std::vector<std::pair<std::string, std::string>> list;

  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    for (const auto& [header, text] : list) {
      if (header != name || index-- != 0) continue;
      value = text;
      return true;
    }
    return false;
  }
  void for_each(std::string_view prefix,
                void (*visit)(void* user, std::string_view name, std::string_view value),
                void* user) const override {
    for (const auto& [header, text] : list) {
      if (header.compare(0, prefix.size(), prefix) == 0) visit(user, header, text);
    }
  }
  void set(std::string_view name, std::string_view value) override {
    list.emplace_back(name, value);
  }
};

Headers read_lines(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) headers.set(line.substr(0, colon), line.substr(colon + 1));
  }
  return headers;
}

const Propagator& pick(unsigned byte) {
  const Propagator* const all[] = {&w3c_trace_context(), &w3c_baggage(),        &b3_single(),
                                   &b3_multi(),          &jaeger_propagation(), &propagator()};
  return *all[byte % std::size(all)];
}

bool same_span(const SpanContext& a, const SpanContext& b) {
  return a.trace_id == b.trace_id && a.span_id == b.span_id && a.flags == b.flags &&
         a.debug == b.debug && a.is_remote == b.is_remote && a.trace_state == b.trace_state;
}

void check_trace_state(const TraceState& state) {
  require(state.header().size() <= TraceState::kMaxSize, "a tracestate has a limit");
  require(TraceState::from_header(state.header()) == state, "a tracestate is read as it is sent");
  // Its own text as key and value: mostly refused, sometimes just within the grammar.
  const std::string_view text = state.header();
  const std::string_view key = text.substr(0, text.find('='));
  const TraceState other = state.with(key, text.substr(text.size() / 2));
  require(TraceState::from_header(other.header()) == other, "a changed tracestate is valid");
  std::string_view value;
  require(!state.without(key).get(key, value), "what is removed is gone");
}

void check_baggage(const Baggage& baggage) {
  require(baggage.header().size() <= Baggage::kMaxSize, "baggage has a limit");
  require(Baggage::from_header(baggage.header()).header() == baggage.header(),
          "baggage is read as it is sent");
  std::size_t entries = 0;
  Baggage copy;
  baggage.for_each([&](std::string_view name, const std::string& value, std::string_view metadata) {
    ++entries;
    require(is_utf8(value), "values are UTF-8");
    std::string found;
    require(baggage.get(name, found) && found == value, "what is listed is found");
    require(!baggage.without(name).get(name, found), "what is removed is gone");
    const Baggage more = copy.with(name, value, metadata);
    if (more.get(name, found)) require(found == value, "what is set is found");
    copy = more;
  });
  require(entries <= Baggage::kMaxEntries, "entries have a limit");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 20000) return 0;
  const Propagator& chosen = pick(data[0]);
  const Headers headers = read_lines({reinterpret_cast<const char*>(data) + 1, size - 1});

  const Context first = chosen.extract(headers, Context());
  const SpanContext& span = first.span_context();
  require(span.is_valid() == span.is_remote, "a span that was read is remote and valid");
  require(span.is_valid() || span.trace_state.empty(), "no tracestate without a span");
  check_trace_state(span.trace_state);
  check_baggage(first.baggage());

  Headers sent, sent_again;
  chosen.inject(first, sent);
  const Context second = chosen.extract(sent, Context());
  chosen.inject(second, sent_again);
  require(same_span(span, second.span_context()), "a span is read as it was sent");
  require(sent.list == sent_again.list, "what was read is sent as before");
  // Jaeger's headers cannot hold every entry.
  if (&chosen != &jaeger_propagation()) {
    require(first.baggage().header() == second.baggage().header(), "baggage is read as it is sent");
  }
  return 0;
}
