// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { randomSpans, seeded, span } from './testing';
import { buildTree } from './tree';

const shape = (spans: ReturnType<typeof span>[]) => {
  const tree = buildTree(spans);
  return Array.from(tree.order, (input, row) => `${'.'.repeat(tree.depth[row])}${spans[input].spanId}`).join(' ');
};

describe('buildTree', () => {
  it('orders children by start, whatever the input order', () => {
    expect(shape([span('c', 'a', 5, 6), span('b', 'a', 1, 2), span('a', '', 0, 9), span('d', 'b', 1, 2)])).toBe('a .b ..d .c');
  });

  it('shows an orphan as a root and marks it', () => {
    const spans = [span('a', '', 0, 9), span('b', 'ff', 3, 4)];
    expect(shape(spans)).toBe('a b');
    expect([...buildTree(spans).orphan]).toEqual([0, 1]);
  });

  it('cuts a cycle and loses no span', () => {
    const spans = [span('a', 'c', 0, 9), span('b', 'a', 1, 8), span('c', 'b', 2, 7), span('d', 'c', 3, 4), span('e', 'e', 5, 6)];
    expect(shape(spans)).toBe('a .b ..c ...d e');
  });

  it('cuts a cycle that an earlier span leads into', () => {
    expect(shape([span('x', 'a', 0, 1), span('a', 'b', 1, 9), span('b', 'a', 2, 8)]).split(' ')).toHaveLength(3);
  });

  it('hangs a server that shares its id with its client below the client', () => {
    const spans = [span('a', '', 0, 9, { kind: 3 }), span('a', '', 1, 8, { kind: 2 }), span('b', 'a', 2, 3)];
    expect(shape(spans)).toBe('a .a ..b');
  });

  it('gives a second span with the same id its own row', () => {
    expect(shape([span('a', '', 0, 9), span('b', 'a', 1, 2), span('b', 'a', 3, 4)])).toBe('a .b .b');
  });

  it('builds a chain of 70 000 spans without recursion', () => {
    const spans = Array.from({ length: 70_000 }, (_, i) => span((i + 1).toString(16), i ? i.toString(16) : '', i, 200_000 - i));
    const tree = buildTree(spans);
    expect(tree.depth[69_999]).toBe(69_999);
    expect(tree.subtreeEnd[0]).toBe(70_000);
  });

  it('keeps subtrees contiguous in random trees', () => {
    const random = seeded(1);
    for (let round = 0; round < 200; round++) {
      const tree = buildTree(randomSpans(random, 40));
      for (let row = 0; row < tree.order.length; row++) {
        for (let below = row + 1; below < tree.order.length; below++) {
          let up = tree.parent[below];
          while (up > row) up = tree.parent[up];
          expect(below < tree.subtreeEnd[row]).toBe(up === row);
        }
      }
    }
  });
});
