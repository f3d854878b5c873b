// SPDX-License-Identifier: Apache-2.0

import { orderBy } from './order';

/**
 * Time of each span in which none of its children was running.
 * Children are clipped to their parent. O(n log n), no recursion.
 */
export function selfTimes(parent: Int32Array, start: Float64Array, duration: Float64Array): Float64Array {
  const self = Float64Array.from(duration);
  const coveredTo = Float64Array.from(start);
  for (const child of orderBy(start)) {
    const p = parent[child];
    if (p === -1) continue;
    const from = Math.max(start[child], coveredTo[p]);
    const to = Math.min(start[child] + duration[child], start[p] + duration[p]);
    if (to > from) {
      self[p] -= to - from;
      coveredTo[p] = to;
    }
  }
  return self;
}
