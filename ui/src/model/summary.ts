// SPDX-License-Identifier: Apache-2.0

import type { SortOrder } from './search_query';

/** One trace of a search result. Times in microseconds. */
export interface TraceSummary {
  traceId: string;
  rootService: string;
  rootName: string;
  startUs: number;
  durationUs: number;
  spanCount: number;
  errorCount: number;
  services: { name: string; spanCount: number; errorCount: number }[];
  /** Spans are missing: a parent was named that never arrived. */
  incomplete: boolean;
}

/** A copy in the given order; ties go to the newer trace, then by id, so that the order is stable. */
export function sortSummaries(list: readonly TraceSummary[], order: SortOrder): TraceSummary[] {
  const newest = (a: TraceSummary, b: TraceSummary) =>
    b.startUs - a.startUs || (a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0);
  const by = {
    newest: () => 0,
    longest: (a: TraceSummary, b: TraceSummary) => b.durationUs - a.durationUs,
    shortest: (a: TraceSummary, b: TraceSummary) => a.durationUs - b.durationUs,
    spans: (a: TraceSummary, b: TraceSummary) => b.spanCount - a.spanCount,
  }[order];
  return [...list].sort((a, b) => by(a, b) || newest(a, b));
}
