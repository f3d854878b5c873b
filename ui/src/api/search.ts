// SPDX-License-Identifier: Apache-2.0

import { serverOrder, timeRange, type SearchQuery } from '../model/search_query';
import type { TraceSummary } from '../model/summary';
import { normaliseTraceId } from '../model/trace_id';
import { apiUrl, fetchJson } from './client';

/** One page of a search. */
export interface SearchPage {
  traces: TraceSummary[];
  /** Pass it back for the next page; null at the end. */
  next: string | null;
  /** Why the answer may lack traces, in the server's words; null when it is complete. */
  partial: string | null;
}

interface WireSummary {
  traceId: string;
  /** Null while the root span has not arrived. */
  rootService: string | null;
  rootName: string | null;
  startUnixNano: string;
  durationNano: string;
  spanCount: number;
  errorCount: number;
  services: { name: string; spanCount: number; errorCount: number }[];
  incomplete: boolean;
}

/** Searches. `nowUs` ends a lookback; pass the same one for every page, so that pages fit together. */
export async function searchTraces(
  query: SearchQuery, nowUs: number, cursor: string | null, signal?: AbortSignal,
): Promise<SearchPage> {
  const { startUs, endUs } = timeRange(query, nowUs);
  const params = new URLSearchParams({
    start: String(Math.round(startUs)), end: String(Math.round(endUs)), limit: String(query.limit),
    order: serverOrder(query.sort),
  });
  const put = (name: string, value: string) => value !== '' && params.set(name, value);
  put('service', query.service);
  put('operation', query.operation);
  put('minDuration', query.minDuration);
  put('maxDuration', query.maxDuration);
  if (Object.keys(query.tags).length > 0) params.set('tags', JSON.stringify(query.tags));
  if (cursor !== null) params.set('cursor', cursor);

  const url = apiUrl(`api/cairn/v1/search?${params}`);
  const page = await fetchJson<{ traces: WireSummary[]; next: string | null; partial: string | null }>(url, signal);
  return {
    traces: page.traces.map(({ startUnixNano, durationNano, ...rest }) => ({
      ...rest,
      traceId: normaliseTraceId(rest.traceId) ?? rest.traceId,
      rootService: rest.rootService ?? '',
      rootName: rest.rootName ?? '',
      startUs: microseconds(startUnixNano),
      durationUs: microseconds(durationNano),
    })),
    next: page.next ?? null,
    partial: page.partial ?? null,
  };
}

// Nanoseconds since 1970 do not fit a double; microseconds do.
function microseconds(nanos: string): number {
  return Number(BigInt(nanos) / 1000n) + Number(BigInt(nanos) % 1000n) / 1000;
}
