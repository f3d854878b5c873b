// SPDX-License-Identifier: Apache-2.0
//
// The adjusters: what is put right in a trace before people see it. They change the reader's copy,
// never the store; `raw` in an API skips them all. Each has a file of its own.
// Source: Jaeger's query adjusters (what and why); the order is ours, see adjust().
//
// Thread rule: pure functions of the trace they are given.
// Cost: O(n log n) in spans at most, no recursion: a chain of a million spans is no deeper than
// one.
#pragma once

#include "base/clock.h"
#include "query/trace.h"

namespace cairn::query::adjust {

// All of them, in this order:
//   sort_attributes, drop_duplicates     equal content becomes equal bytes, then one span
//   split_shared_ids                     Zipkin's shared span ids become parent and child
//   move_library_attributes, show_ip_attributes, drop_empty_links
//   shift_skewed_clocks                  only when `max_skew` is more than 0
//   warn_of_structure, sort_spans        last: they see the final ids and times
void adjust(Trace& trace, Duration max_skew);

// Attributes of resources, scopes, spans, events and links by key; equal keys keep their order.
// Events by time, where upstream sorts them by name: a log reads top to bottom.
void sort_attributes(Trace& trace);

// Of spans with equal content, scope and resource the first stays.
void drop_duplicates(Trace& trace);

// A server span with the id of a client span gets a fresh one (the smallest unused integer, from 1)
// and becomes the client span's child; the spans below that id move under the (first) server span.
void split_shared_ids(Trace& trace);

// telemetry.sdk.{language,name,version} and telemetry.distro.{name,version} move from spans to
// their resource; where it already says otherwise the span keeps its own, with a warning.
void move_library_attributes(Trace& trace);

// Numeric `ip` and `peer.ipv4` of spans and resources become "a.b.c.d".
void show_ip_attributes(Trace& trace);

// Links without a trace id go, with a warning.
void drop_empty_links(Trace& trace);

// Moves a span, with its events, that another host's clock put outside its parent, and the spans of
// that host below it. At most `max_skew`; what would move further is only warned about. 0: does
// nothing.
void shift_skewed_clocks(Trace& trace, Duration max_skew);

// Warns on spans whose parent is not there, whose id is another span's as well, or that lie on a
// circle of parents.
void warn_of_structure(Trace& trace);

// By start, then the longer first, then by id: parents come before their children.
void sort_spans(Trace& trace);

}  // namespace cairn::query::adjust
