// SPDX-License-Identifier: Apache-2.0
//
// Makers for tests: traces in a line of text, and numbers by chance that every run repeats.

import type { SpanInput } from './trace';

/** Numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A span from its essentials: id (hex), parent ("" for none), start and end in microseconds. */
export function span(spanId: string, parentSpanId: string, startUs: number, endUs: number, more: Partial<SpanInput> = {}): SpanInput {
  return {
    spanId, parentSpanId, startUs, durationUs: endUs - startUs, follows: false, name: spanId, service: 'svc', target: '',
    kind: 0, error: false, warning: false, ...more,
  };
}

/** A random tree of up to `most` spans on whole microseconds; children may start late, end late, or take no time. */
export function randomSpans(random: () => number, most: number): SpanInput[] {
  const count = 1 + Math.floor(random() * most);
  const spans = [span('1', '', 0, 60)];
  while (spans.length < count) {
    const parent = spans[Math.floor(random() * spans.length)];
    const start = parent.startUs - 2 + Math.floor(random() * (parent.durationUs + 4));
    const end = start + Math.floor(random() * (parent.durationUs * 0.8 + 2));
    spans.push(span((spans.length + 1).toString(16), parent.spanId, start, end, { follows: random() < 0.1 }));
  }
  return spans;
}
