// SPDX-License-Identifier: Apache-2.0
//
// Which spans have a row. Rows are recomputed by one linear pass; nothing here allocates per span but the result.

import type { Trace } from './trace';

/** The spans to show, top to bottom. `collapsed[i]` hides what is below i; `keep` (null = all) hides the rest. */
export function visibleRows(trace: Trace, collapsed: Uint8Array, keep: Uint8Array | null): Int32Array {
  const rows = new Int32Array(trace.count);
  let size = 0;
  let span = 0;
  while (span < trace.count) {
    if (!keep || keep[span]) rows[size++] = span;
    span = collapsed[span] ? trace.subtreeEnd[span] : span + 1;
  }
  return rows.slice(0, size);
}

/** Marks the wanted spans and every ancestor, so that a filtered tree stays a tree. */
export function withAncestors(trace: Trace, wanted: Uint8Array): Uint8Array {
  const keep = Uint8Array.from(wanted);
  for (let span = trace.count - 1; span >= 0; span--) {
    if (keep[span] && trace.parent[span] !== -1) keep[trace.parent[span]] = 1;
  }
  return keep;
}

/** True when something hangs below the span. */
export function hasChildren(trace: Trace, span: number): boolean {
  return trace.subtreeEnd[span] > span + 1;
}

/** Collapses every span that has children, except roots, which stay open so that one level shows. */
export function collapseAll(trace: Trace, collapsed: Uint8Array): void {
  for (let span = 0; span < trace.count; span++) {
    collapsed[span] = trace.parent[span] !== -1 && hasChildren(trace, span) ? 1 : 0;
  }
}

/** Closes the deepest open level. */
export function collapseOneLevel(trace: Trace, collapsed: Uint8Array): void {
  let deepest = -1;
  const rows = visibleRows(trace, collapsed, null);
  for (const span of rows) {
    if (hasChildren(trace, span) && !collapsed[span]) deepest = Math.max(deepest, trace.depth[span]);
  }
  for (const span of rows) {
    if (trace.depth[span] === deepest && hasChildren(trace, span)) collapsed[span] = 1;
  }
}

/** Opens the shallowest closed level. */
export function expandOneLevel(trace: Trace, collapsed: Uint8Array): void {
  let shallowest = Infinity;
  const rows = visibleRows(trace, collapsed, null);
  for (const span of rows) {
    if (collapsed[span]) shallowest = Math.min(shallowest, trace.depth[span]);
  }
  for (const span of rows) {
    if (trace.depth[span] === shallowest) collapsed[span] = 0;
  }
}

/** Opens whatever hides the span. */
export function reveal(trace: Trace, collapsed: Uint8Array, span: number): void {
  for (let up = trace.parent[span]; up !== -1; up = trace.parent[up]) collapsed[up] = 0;
}

/** Position of `span` in ascending `rows`; where it would stand, when it has no row. */
export function rowOf(rows: Int32Array, span: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle] < span) low = middle + 1;
    else high = middle;
  }
  return low;
}
