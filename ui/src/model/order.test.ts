// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { orderBy } from './order';
import { seeded } from './testing';

describe('orderBy', () => {
  it.each([['whole keys', 1, 50], ['fractions', 0.25, 50], ['keys too large to pack', 2 ** 40, 3000], ['keys below zero', -3, 50]])(
    'sorts %s, ties by index', (_, unit, range) => {
      const random = seeded(6);
      const keys = Float64Array.from({ length: 5000 }, () => Math.floor(random() * range) * unit);
      const expected = [...keys.keys()].sort((a, b) => keys[a] - keys[b] || a - b);
      expect([...orderBy(keys)]).toEqual(expected);
    });

  it('orders nothing', () => expect(orderBy(new Float64Array(0))).toHaveLength(0));
});
