// SPDX-License-Identifier: Apache-2.0
//
// A trace as columns: one typed array per fact, one index per span, in depth-first order of the span tree.
// Everything that draws or walks a trace reads these arrays; attributes stay behind in the worker until asked for.
// Units: microseconds, as offsets from `startUs`, so that float64 keeps them exact.

/** Bits of `Trace.flags`. */
export const Flag = {
  error: 1, // the span itself failed
  orphan: 2, // its parent was named but never arrived
  warning: 4, // the server attached a warning
  detached: 8, // the parent does not wait for it: a consumer under a producer, or a follows-from
} as const;

/** Span kinds as the index stored in `Trace.kind`. */
export const kindNames = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** One trace. Arrays named per span have `count` entries; string columns hold indexes into the tables. */
export interface Trace {
  traceId: string;
  count: number;
  /** Unix time of the earliest span, in microseconds. */
  startUs: number;
  /** From the earliest start to the latest end. */
  durationUs: number;

  services: string[];
  names: string[];
  /** What a client or producer span calls ("postgresql", "kafka"); entry 0 is "". */
  targets: string[];

  start: Float64Array;
  duration: Float64Array;
  /** Time in which no child was running. */
  self: Float64Array;
  /** Time on the critical path. */
  critical: Float64Array;
  service: Uint32Array;
  name: Uint32Array;
  target: Uint32Array;
  kind: Uint8Array;
  flags: Uint8Array;
  /** Index of the parent, -1 for a root. */
  parent: Int32Array;
  depth: Int32Array;
  /** One past the last descendant: the subtree of i is [i, subtreeEnd[i]). */
  subtreeEnd: Int32Array;
  /** Failed spans below, the span itself not counted. */
  errorsBelow: Uint32Array;
  /** Eight bytes a span. */
  spanIds: Uint8Array;

  path: CriticalPath;
  /** The root whose duration the percentages refer to. */
  mainRoot: number;
  maxDepth: number;
  errorCount: number;
  orphanCount: number;
}

/** Stretches of time, each spent in one span; ordered by span, then by time. */
export interface CriticalPath {
  span: Int32Array;
  from: Float64Array;
  to: Float64Array;
  /** Segments of span i are [first[i], first[i + 1]). */
  first: Uint32Array;
}

/** A typed value as it is shown; `type` is the server's word for it. */
export interface Attribute {
  key: string;
  value: string;
  type: string;
}

export interface SpanEvent {
  /** Offset from the start of the trace, microseconds. */
  atUs: number;
  name: string;
  attributes: Attribute[];
}

export interface SpanLink {
  traceId: string;
  spanId: string;
}

/** Everything about one span that the columns leave out. */
export interface SpanDetail {
  spanId: string;
  parentSpanId: string;
  attributes: Attribute[];
  resource: Attribute[];
  scope: string;
  statusMessage: string;
  events: SpanEvent[];
  links: SpanLink[];
  warnings: string[];
}

/** A span as the tree builder takes it: times are absolute microseconds. */
export interface SpanInput {
  spanId: string;
  /** "" for a root. */
  parentSpanId: string;
  /** The parent is only named by a follows-from reference. */
  follows: boolean;
  name: string;
  service: string;
  target: string;
  kind: number;
  error: boolean;
  warning: boolean;
  startUs: number;
  durationUs: number;
}

/** The id of span `index` as sixteen hex digits. */
export function spanIdAt(trace: Trace, index: number): string {
  let text = '';
  for (let i = index * 8; i < index * 8 + 8; i++) {
    text += trace.spanIds[i].toString(16).padStart(2, '0');
  }
  return text;
}

/** Index of the span with this id, -1 when there is none. */
export function findSpanById(trace: Trace, spanId: string): number {
  if (!/^[0-9a-f]{1,16}$/i.test(spanId)) return -1;
  const wanted = spanId.toLowerCase().padStart(16, '0');
  const bytes = Uint8Array.from({ length: 8 }, (_, i) => parseInt(wanted.slice(i * 2, i * 2 + 2), 16));
  for (let span = 0; span < trace.count; span++) {
    let i = 0;
    while (i < 8 && trace.spanIds[span * 8 + i] === bytes[i]) i++;
    if (i === 8) return span;
  }
  return -1;
}
