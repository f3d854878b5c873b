// SPDX-License-Identifier: Apache-2.0
//
// The critical path: for every moment of the root span, the one span that the request was waiting for.
//
// Read backwards from the root's end. At time t inside a span, the child that ended last among those begun
// before t is what the span waited for; the path enters that child (up to t, where it still ran) and comes back
// to the parent at the child's start. What no child explains is the span's own time. A child that the parent does
// not wait for (a consumer, a follows-from) is never entered.
//
// One pass over children sorted by end: a child begun at or after t can never qualify again, since t only falls.
// O(n log n), with its own stack.

import { orderBy } from './order';
import type { CriticalPath } from './trace';

interface Spans {
  parent: Int32Array;
  start: Float64Array;
  duration: Float64Array;
}

/** The path below `root`; `blocking[i]` is 0 for a span that its parent does not wait for. */
export function criticalPath(spans: Spans, blocking: Uint8Array, root: number): CriticalPath {
  const { start, duration } = spans;
  const children = childrenByEnd(spans, blocking);
  const found: Segments = { span: [], from: [], to: [] };
  if (root < 0) return bySpan(found, spans.parent.length);

  // One frame per span being walked: the next child to try, and the time the walk has come down to.
  const frames: { span: number; next: number; at: number; floor: number }[] = [];
  const enter = (span: number, floor: number, ceiling: number) =>
    frames.push({ span, next: children.first[span], at: ceiling, floor });
  enter(root, start[root], start[root] + duration[root]);

  while (frames.length > 0) {
    const frame = frames[frames.length - 1];
    if (frame.next === children.first[frame.span + 1] || frame.at <= frame.floor) {
      push(found, frame.span, frame.floor, frame.at);
      frames.pop();
      continue;
    }
    const child = children.list[frame.next++];
    const from = Math.max(start[child], frame.floor);
    const to = Math.min(start[child] + duration[child], frame.at);
    if (to <= from) continue;
    push(found, frame.span, to, frame.at);
    frame.at = from;
    enter(child, from, to);
  }
  return bySpan(found, spans.parent.length);
}

/** Per span, the time it spends on the path. */
export function criticalTimes(path: CriticalPath): Float64Array {
  const times = new Float64Array(path.first.length - 1);
  for (let i = 0; i < path.span.length; i++) times[path.span[i]] += path.to[i] - path.from[i];
  return times;
}

interface Segments {
  span: number[];
  from: number[];
  to: number[];
}

function push(found: Segments, span: number, from: number, to: number): void {
  if (to <= from) return;
  found.span.push(span);
  found.from.push(from);
  found.to.push(to);
}

function childrenByEnd({ parent, start, duration }: Spans, blocking: Uint8Array) {
  const count = parent.length;
  const first = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) {
    if (parent[i] !== -1 && blocking[i]) first[parent[i] + 1]++;
  }
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  // Latest end first. Rows are depth-first with siblings by start, so a tie goes to the sibling begun first.
  const byEnd = orderBy(start.map((from, i) => -(from + duration[i])));
  const list = new Int32Array(first[count]);
  const fill = Uint32Array.from(first);
  for (const i of byEnd) {
    if (parent[i] !== -1 && blocking[i]) list[fill[parent[i]]++] = i;
  }
  return { first, list };
}

// Segments come out backwards in time; a counting sort by span that reads from the end turns them round.
function bySpan(found: Segments, count: number): CriticalPath {
  const size = found.span.length;
  const first = new Uint32Array(count + 1);
  for (const span of found.span) first[span + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const path: CriticalPath = {
    span: new Int32Array(size),
    from: new Float64Array(size),
    to: new Float64Array(size),
    first,
  };
  const fill = Uint32Array.from(first);
  for (let i = size - 1; i >= 0; i--) {
    const at = fill[found.span[i]]++;
    path.span[at] = found.span[i];
    path.from[at] = found.from[i];
    path.to[at] = found.to[i];
  }
  return path;
}
