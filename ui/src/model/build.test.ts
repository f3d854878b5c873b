// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { buildTrace } from './build';
import { collapseAll, collapseOneLevel, expandOneLevel, reveal, rowOf, visibleRows, withAncestors } from './rows';
import { randomSpans, seeded, span } from './testing';
import { findSpanById, spanIdAt, type Trace } from './trace';

function selfByDefinition(trace: Trace, at: number): number {
  let self = 0;
  for (let t = trace.start[at]; t < trace.start[at] + trace.duration[at]; t++) {
    let covered = false;
    for (let child = 0; child < trace.count; child++) {
      if (trace.parent[child] === at && trace.start[child] <= t && t < trace.start[child] + trace.duration[child]) covered = true;
    }
    if (!covered) self++;
  }
  return self;
}

describe('buildTrace', () => {
  it('counts self time as the time without a running child', () => {
    const random = seeded(4);
    for (let round = 0; round < 300; round++) {
      const { trace } = buildTrace('1', randomSpans(random, 12));
      for (let at = 0; at < trace.count; at++) expect(trace.self[at]).toBe(selfByDefinition(trace, at));
    }
  });

  it('counts the errors below, not the own one', () => {
    const { trace } = buildTrace('1', [
      span('1', '', 0, 9, { error: true }), span('2', '1', 1, 8), span('3', '2', 2, 7, { error: true }), span('4', '2', 3, 4, { error: true }),
    ]);
    expect([...trace.errorsBelow]).toEqual([2, 2, 0, 0]);
    expect(trace.errorCount).toBe(3);
  });

  it('prefers a true root to a longer orphan', () => {
    const { trace } = buildTrace('1', [span('2', 'ff', 0, 900), span('1', '', 5, 9)]);
    expect(trace.names[trace.name[trace.mainRoot]]).toBe('1');
    expect(trace.orphanCount).toBe(1);
  });

  it('keeps microseconds of our century exact', () => {
    const { trace } = buildTrace('1', [span('1', '', 1_795_190_400_123_456, 1_795_190_400_123_457)]);
    expect(trace.startUs).toBe(1_795_190_400_123_456);
    expect(trace.duration[0]).toBe(1);
  });

  it('finds spans by id in any spelling', () => {
    const { trace } = buildTrace('1', [span('00ab', '', 0, 9), span('ffffffffffffffff', '00ab', 1, 2)]);
    expect(findSpanById(trace, 'AB')).toBe(0);
    expect(spanIdAt(trace, 1)).toBe('ffffffffffffffff');
    expect(findSpanById(trace, 'GET /')).toBe(-1);
  });

  it('makes an empty trace of no spans', () => {
    const { trace } = buildTrace('1', []);
    expect([trace.count, trace.durationUs, trace.mainRoot]).toEqual([0, 0, -1]);
  });
});

describe('rows', () => {
  const { trace } = buildTrace('1', [
    span('1', '', 0, 9), span('2', '1', 1, 8), span('3', '2', 2, 3), span('4', '2', 4, 5), span('5', '1', 6, 7),
  ]);
  const shown = (collapsed: Uint8Array, keep: Uint8Array | null = null) => visibleRows(trace, collapsed, keep).join('');

  it('hides what is below a collapsed span', () => {
    expect(shown(Uint8Array.of(0, 1, 0, 0, 0))).toBe('014');
  });

  it('keeps ancestors of what a filter wants', () => {
    expect(shown(new Uint8Array(5), withAncestors(trace, Uint8Array.of(0, 0, 0, 1, 0)))).toBe('013');
  });

  it('closes and opens level by level', () => {
    const collapsed = new Uint8Array(5);
    collapseOneLevel(trace, collapsed);
    expect(shown(collapsed)).toBe('014');
    collapseOneLevel(trace, collapsed);
    expect(shown(collapsed)).toBe('0');
    expandOneLevel(trace, collapsed);
    expect(shown(collapsed)).toBe('014');
    expandOneLevel(trace, collapsed);
    expect(shown(collapsed)).toBe('01234');
  });

  it('leaves the first level open when everything is collapsed', () => {
    const collapsed = new Uint8Array(5);
    collapseAll(trace, collapsed);
    expect(shown(collapsed)).toBe('014');
    reveal(trace, collapsed, 3);
    expect(shown(collapsed)).toBe('01234');
  });

  it('finds the row of a span, or where it would be', () => {
    const rows = Int32Array.of(0, 1, 4);
    expect([rowOf(rows, 0), rowOf(rows, 4), rowOf(rows, 2), rowOf(rows, 9)]).toEqual([0, 2, 2, 3]);
  });
});
