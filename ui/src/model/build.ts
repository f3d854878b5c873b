// SPDX-License-Identifier: Apache-2.0

import { criticalPath, criticalTimes } from './critical_path';
import { selfTimes } from './self_time';
import { Flag, type SpanInput, type Trace } from './trace';
import { buildTree, type Tree } from './tree';

/** A trace, and which input span is shown at which row. */
export interface BuiltTrace {
  trace: Trace;
  order: Int32Array;
}

/**
 * Builds the columns of a trace from its spans in any order.
 * Empty: no spans make a trace of zero length whose `mainRoot` is -1.
 */
export function buildTrace(traceId: string, spans: readonly SpanInput[]): BuiltTrace {
  const tree = buildTree(spans);
  const count = spans.length;
  const services = new Table();
  const names = new Table();
  const targets = new Table();
  targets.indexOf('');

  let startUs = Infinity;
  let endUs = -Infinity;
  for (const span of spans) {
    startUs = Math.min(startUs, span.startUs);
    endUs = Math.max(endUs, span.startUs + span.durationUs);
  }
  if (count === 0) startUs = endUs = 0;

  const start = new Float64Array(count);
  const duration = new Float64Array(count);
  const service = new Uint32Array(count);
  const name = new Uint32Array(count);
  const target = new Uint32Array(count);
  const kind = new Uint8Array(count);
  const spanIds = new Uint8Array(count * 8);
  for (let row = 0; row < count; row++) {
    const span = spans[tree.order[row]];
    start[row] = span.startUs - startUs;
    duration[row] = Math.max(0, span.durationUs);
    service[row] = services.indexOf(span.service);
    name[row] = names.indexOf(span.name);
    target[row] = targets.indexOf(span.target);
    kind[row] = span.kind;
    writeId(spanIds, row * 8, span.spanId);
  }

  const flags = spanFlags(spans, tree);
  const blocking = Uint8Array.from(flags, (bits) => (bits & Flag.detached ? 0 : 1));
  const mainRoot = pickMainRoot(tree, duration);
  const path = criticalPath({ parent: tree.parent, start, duration }, blocking, mainRoot);
  const trace: Trace = {
    traceId, count, startUs, durationUs: endUs - startUs,
    services: services.list, names: names.list, targets: targets.list,
    start, duration, service, name, target, kind, flags, spanIds,
    self: selfTimes(tree.parent, start, duration),
    critical: criticalTimes(path),
    parent: tree.parent, depth: tree.depth, subtreeEnd: tree.subtreeEnd,
    errorsBelow: errorsBelow(tree, flags),
    path, mainRoot,
    maxDepth: tree.depth.reduce((most, depth) => Math.max(most, depth + 1), 0),
    errorCount: countFlag(flags, Flag.error),
    orphanCount: countFlag(flags, Flag.orphan),
  };
  return { trace, order: tree.order };
}

class Table {
  readonly list: string[] = [];
  private readonly known = new Map<string, number>();

  indexOf(text: string): number {
    let index = this.known.get(text);
    if (index === undefined) {
      index = this.list.push(text) - 1;
      this.known.set(text, index);
    }
    return index;
  }
}

function writeId(bytes: Uint8Array, at: number, spanId: string): void {
  const digits = spanId.slice(-16).padStart(16, '0');
  for (let i = 0; i < 8; i++) bytes[at + i] = parseInt(digits.slice(i * 2, i * 2 + 2), 16);
}

const kProducer = 4;
const kConsumer = 5;

function spanFlags(spans: readonly SpanInput[], tree: Tree): Uint8Array {
  return Uint8Array.from(tree.order, (input, row) => {
    const span = spans[input];
    const parent = tree.parent[row];
    const consumed =
      parent !== -1 && span.kind === kConsumer && spans[tree.order[parent]].kind === kProducer;
    return (
      (span.error ? Flag.error : 0) |
      (tree.orphan[row] ? Flag.orphan : 0) |
      (span.warning ? Flag.warning : 0) |
      (span.follows || consumed ? Flag.detached : 0)
    );
  });
}

// A true root before any orphan; among equals the longest, since that is the request the caller waited for.
function pickMainRoot(tree: Tree, duration: Float64Array): number {
  let best = -1;
  for (let row = 0; row < duration.length; row = tree.subtreeEnd[row]) {
    if (best === -1 || tree.orphan[row] < tree.orphan[best] ||
        (tree.orphan[row] === tree.orphan[best] && duration[row] > duration[best])) {
      best = row;
    }
  }
  return best;
}

function errorsBelow(tree: Tree, flags: Uint8Array): Uint32Array {
  const below = new Uint32Array(flags.length);
  for (let row = flags.length - 1; row >= 0; row--) {
    const parent = tree.parent[row];
    if (parent !== -1) below[parent] += below[row] + (flags[row] & Flag.error ? 1 : 0);
  }
  return below;
}

function countFlag(flags: Uint8Array, flag: number): number {
  let count = 0;
  for (const bits of flags) if (bits & flag) count++;
  return count;
}
