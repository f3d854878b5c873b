// SPDX-License-Identifier: Apache-2.0

import type { Trace } from './trace';

/** What the critical path is divided by. */
export type BreakdownBy = 'operation' | 'service';

/** A share of the critical path. */
export interface Share {
  /** Who worked: the service, or what a client span was waiting for ("postgresql"). */
  who: string;
  /** Service that recorded the spans; gives the colour. */
  service: string;
  /** Span name; "" when divided by service. */
  what: string;
  timeUs: number;
  /** Of the whole path, 0 to 1. */
  share: number;
  /** How many spans of the group are on the path. */
  spans: number;
  /** The span that spends the most of this time on the path. */
  longest: number;
}

/**
 * Where the time went: the critical path by operation or by service, largest share first.
 * Empty: no shares when the main root has no duration.
 */
export function breakdown(trace: Trace, by: BreakdownBy): Share[] {
  const groups = new Map<string, Share>();
  let total = 0;
  for (let span = 0; span < trace.count; span++) {
    const time = trace.critical[span];
    if (time <= 0) continue;
    total += time;
    const share = groupOf(groups, trace, span, by);
    share.timeUs += time;
    share.spans++;
    if (time > trace.critical[share.longest]) share.longest = span;
  }
  const shares = [...groups.values()];
  for (const share of shares) share.share = share.timeUs / total;
  return shares.sort((a, b) => b.timeUs - a.timeUs);
}

function groupOf(groups: Map<string, Share>, trace: Trace, span: number, by: BreakdownBy): Share {
  const what = by === 'operation' ? trace.name[span] : -1;
  const key = `${trace.service[span]} ${trace.target[span]} ${what}`;
  let share = groups.get(key);
  if (!share) {
    const service = trace.services[trace.service[span]];
    share = {
      who: trace.targets[trace.target[span]] || service,
      service,
      what: what === -1 ? '' : trace.names[what],
      timeUs: 0,
      share: 0,
      spans: 0,
      longest: span,
    };
    groups.set(key, share);
  }
  return share;
}
