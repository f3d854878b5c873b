// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { breakdown } from './breakdown';
import { buildTrace } from './build';
import { randomSpans, seeded, span } from './testing';
import { Flag, type Trace } from './trace';

/** Which span the path is in during each whole microsecond of the main root, by the definition, slowly. */
function pathByDefinition(trace: Trace): number[] {
  const owner: number[] = [];
  const end = (i: number) => trace.start[i] + trace.duration[i];
  const walk = (i: number, floor: number, ceiling: number): void => {
    let at = ceiling;
    while (at > floor) {
      // Of the children begun before `at`, the one that ended last.
      let last = -1;
      for (let child = i + 1; child < trace.subtreeEnd[i]; child++) {
        if (trace.parent[child] !== i || trace.flags[child] & Flag.detached) continue;
        const from = Math.max(trace.start[child], floor);
        if (from >= at || Math.min(end(child), at) <= from) continue;
        if (last === -1 || end(child) > end(last) || (end(child) === end(last) && trace.start[child] < trace.start[last])) last = child;
      }
      const from = last === -1 ? floor : Math.max(trace.start[last], floor);
      const to = last === -1 ? floor : Math.min(end(last), at);
      for (let t = to; t < at; t++) owner[t] = i;
      if (last !== -1) walk(last, from, to);
      at = last === -1 ? floor : from;
    }
  };
  walk(trace.mainRoot, trace.start[trace.mainRoot], end(trace.mainRoot));
  return owner;
}

function pathOf(trace: Trace): number[] {
  const owner: number[] = [];
  const { span: spans, from, to } = trace.path;
  for (let i = 0; i < spans.length; i++) {
    for (let t = from[i]; t < to[i]; t++) {
      expect(owner[t]).toBeUndefined();
      owner[t] = spans[i];
    }
  }
  return owner;
}

describe('criticalPath', () => {
  it('agrees with the definition on 2 000 random trees', () => {
    const random = seeded(2);
    for (let round = 0; round < 2000; round++) {
      const { trace } = buildTrace('1', randomSpans(random, 14));
      expect(pathOf(trace)).toEqual(pathByDefinition(trace));
    }
  });

  it('covers the root exactly once', () => {
    const { trace } = buildTrace('1', randomSpans(seeded(3), 60));
    const total = trace.critical.reduce((sum, time) => sum + time, 0);
    expect(total).toBe(trace.duration[trace.mainRoot]);
  });

  it('waits for the child that ended last, not for the ones beside it', () => {
    const { trace } = buildTrace('1', [span('1', '', 0, 100), span('2', '1', 10, 60), span('3', '1', 10, 90)]);
    expect([...trace.critical]).toEqual([20, 0, 80]);
  });

  it('gives the time before a rounding overlap to the earlier child', () => {
    const { trace } = buildTrace('1', [span('1', '', 0, 200), span('2', '1', 0, 100), span('3', '1', 99, 200)]);
    expect([...trace.critical]).toEqual([0, 99, 101]);
  });

  it('does not wait for consumers and follows-from', () => {
    const { trace } = buildTrace('1', [
      span('1', '', 0, 100), span('2', '1', 20, 30, { kind: 4 }), span('3', '2', 25, 90, { kind: 5 }), span('4', '1', 40, 95, { follows: true }),
    ]);
    expect([...trace.critical]).toEqual([90, 10, 0, 0]);
  });

  it('walks a chain of 70 000 spans', () => {
    const spans = Array.from({ length: 70_000 }, (_, i) => span((i + 1).toString(16), i ? i.toString(16) : '', i, 200_000 - i));
    const { trace } = buildTrace('1', spans);
    expect(trace.critical[100]).toBe(2);
  });

  it('walks 100 000 siblings quickly enough to finish', () => {
    const spans = [span('1', '', 0, 1_000_000)];
    for (let i = 0; i < 100_000; i++) spans.push(span((i + 2).toString(16), '1', i * 10, i * 10 + 7));
    const { trace } = buildTrace('1', spans);
    expect(trace.critical[0]).toBe(300_000);
  });
});

describe('breakdown', () => {
  const order = [
    span('1', '', 0, 150, { service: 'gateway', name: 'POST /orders' }),
    span('2', '1', 20, 100, { service: 'orders', name: 'SELECT orders', target: 'postgresql', kind: 3 }),
    span('3', '1', 110, 130, { service: 'payments', name: 'charge' }),
  ];

  it('says that the database took 80 of 150, 53 %', () => {
    const [first] = breakdown(buildTrace('1', order).trace, 'operation');
    expect(first).toMatchObject({ who: 'postgresql', what: 'SELECT orders', timeUs: 80, spans: 1, longest: 1 });
    expect(first.share).toBeCloseTo(80 / 150);
  });

  it('adds up to everything, by operation and by service', () => {
    const { trace } = buildTrace('1', order);
    for (const by of ['operation', 'service'] as const) {
      expect(breakdown(trace, by).reduce((sum, share) => sum + share.share, 0)).toBeCloseTo(1);
    }
  });

  it('has no shares for a trace without spans', () => {
    expect(breakdown(buildTrace('1', []).trace, 'operation')).toEqual([]);
  });
});
