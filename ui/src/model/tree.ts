// SPDX-License-Identifier: Apache-2.0
//
// From spans in any order to a tree in depth-first order. No recursion: chains of 70 000 spans exist.
// Broken input stays visible: an orphan becomes a root, a cycle is cut where it is met first, and a second
// span with the same id keeps its own row.

import { orderBy } from './order';
import type { SpanInput } from './trace';

/** `order[row]` is the input index shown at that row; the other arrays are indexed by row. */
export interface Tree {
  order: Int32Array;
  parent: Int32Array;
  depth: Int32Array;
  subtreeEnd: Int32Array;
  /** 1 where a parent was named but is not in the trace. */
  orphan: Uint8Array;
}

const kServer = 2;
const kClient = 3;

/** Builds the tree. Children are ordered by start, ties by input order; roots likewise. */
export function buildTree(spans: readonly SpanInput[]): Tree {
  const byStart = orderBy(Float64Array.from(spans, (span) => span.startUs));
  const { parentOf, orphanInput } = resolveParents(spans);
  cutCycles(parentOf, byStart);
  return depthFirst(parentOf, orphanInput, byStart);
}

function resolveParents(spans: readonly SpanInput[]) {
  const firstWithId = new Map<string, number>();
  const serverWithId = new Map<string, number>();
  spans.forEach((span, i) => {
    if (!firstWithId.has(span.spanId)) firstWithId.set(span.spanId, i);
    if (span.kind === kServer && !serverWithId.has(span.spanId)) serverWithId.set(span.spanId, i);
  });
  const parentOf = new Int32Array(spans.length).fill(-1);
  const orphanInput = new Uint8Array(spans.length);
  spans.forEach((span, i) => {
    const first = firstWithId.get(span.spanId)!;
    // Zipkin lets a server share its client's id: the server then hangs below the client.
    if (first !== i && span.kind === kServer && spans[first].kind === kClient) {
      parentOf[i] = first;
      return;
    }
    if (span.parentSpanId === '') return;
    const shared = serverWithId.get(span.parentSpanId);
    const parent = shared !== undefined && shared !== i ? shared : firstWithId.get(span.parentSpanId);
    if (parent === undefined) orphanInput[i] = 1;
    else if (parent !== i) parentOf[i] = parent;
  });
  return { parentOf, orphanInput };
}

// A span on a cycle is reached by no root. Walking up from each span marks whole chains as done once, so
// the cost stays linear; a walk that meets its own mark has found a cycle.
function cutCycles(parentOf: Int32Array, byStart: Int32Array): void {
  const mark = new Int32Array(parentOf.length).fill(-1);
  for (const from of byStart) {
    let at = from;
    while (at !== -1 && mark[at] === -1) {
      mark[at] = from;
      at = parentOf[at];
    }
    if (at !== -1 && mark[at] === from) parentOf[at] = -1;
  }
}

function depthFirst(parentOf: Int32Array, orphanInput: Uint8Array, byStart: Int32Array): Tree {
  const count = parentOf.length;
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  let firstRoot = -1;
  for (let k = count - 1; k >= 0; k--) {
    const i = byStart[k];
    const parent = parentOf[i];
    nextSibling[i] = parent === -1 ? firstRoot : firstChild[parent];
    if (parent === -1) firstRoot = i;
    else firstChild[parent] = i;
  }

  const tree: Tree = {
    order: new Int32Array(count),
    parent: new Int32Array(count),
    depth: new Int32Array(count),
    subtreeEnd: new Int32Array(count),
    orphan: new Uint8Array(count),
  };
  const rowOf = new Int32Array(count);
  let row = 0;
  let at = firstRoot;
  while (at !== -1) {
    const parentRow = parentOf[at] === -1 ? -1 : rowOf[parentOf[at]];
    rowOf[at] = row;
    tree.order[row] = at;
    tree.parent[row] = parentRow;
    tree.depth[row] = parentRow === -1 ? 0 : tree.depth[parentRow] + 1;
    tree.orphan[row] = orphanInput[at];
    row++;
    if (firstChild[at] !== -1) {
      at = firstChild[at];
      continue;
    }
    while (at !== -1) {
      tree.subtreeEnd[rowOf[at]] = row;
      if (nextSibling[at] !== -1) {
        at = nextSibling[at];
        break;
      }
      at = parentOf[at];
    }
  }
  return tree;
}
