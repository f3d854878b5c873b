// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { fetchOperations, fetchServices } from '../../api/catalog';
import { searchTraces } from '../../api/search';
import type { SearchQuery } from '../../model/search_query';
import type { TraceSummary } from '../../model/summary';

/** A search as it stands. */
export interface Search {
  state: 'idle' | 'loading' | 'done' | 'failed';
  traces: TraceSummary[];
  /** The server's words when it failed. */
  error: string;
  partial: string | null;
  /** True when the server has more. */
  more: boolean;
  loadingMore: boolean;
  /** How long the answer took, milliseconds. */
  tookMs: number;
  loadMore: () => void;
}

type Settled = Omit<Search, 'loadMore' | 'more'> & { next: string | null };

const kStart: Settled = {
  state: 'idle', traces: [], error: '', partial: null, next: null, loadingMore: false, tookMs: 0,
};

/** Runs the query whenever `visit` changes; a newer query cancels an older one. */
export function useSearch(query: SearchQuery, visit: number, enabled: boolean): Search {
  const [search, setSearch] = useState<Settled>({ ...kStart, state: enabled ? 'loading' : 'idle' });
  const abort = useRef<AbortController | null>(null);
  const nowUs = useRef(0);

  const run = useCallback((cursor: string | null) => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    const startedAt = performance.now();
    searchTraces(query, nowUs.current, cursor, controller.signal).then(
      (page) => setSearch((old) => ({
        ...kStart, state: 'done', next: page.next, partial: page.partial,
        traces: cursor === null ? page.traces : [...old.traces, ...page.traces],
        tookMs: performance.now() - startedAt,
      })),
      (error: Error) => {
        if (error.name !== 'AbortError') setSearch({ ...kStart, state: 'failed', error: error.message });
      },
    );
  }, [query]);

  useEffect(() => {
    if (!enabled) {
      setSearch(kStart);
      return undefined;
    }
    nowUs.current = Date.now() * 1000;
    setSearch((old) => ({ ...old, state: 'loading' }));
    run(null);
    return () => abort.current?.abort();
  }, [visit, enabled, run]);

  const loadMore = () => {
    if (search.next === null || search.loadingMore) return;
    setSearch((old) => ({ ...old, loadingMore: true }));
    run(search.next);
  };
  return { ...search, more: search.next !== null, loadMore };
}

/** The services, asked again on every visit; `list` is null until the first answer, and stays null on failure. */
export function useServices(visit: number): { list: string[] | null } {
  const [list, setList] = useState<string[] | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    fetchServices(controller.signal).then(setList, () => undefined);
    return () => controller.abort();
  }, [visit]);
  return { list };
}

/** Operations of a service; empty while unknown. Suggestions only: a failure leaves the box free to type in. */
export function useOperations(service: string): string[] {
  const [list, setList] = useState<string[]>([]);
  useEffect(() => {
    setList([]);
    if (service === '') return undefined;
    const controller = new AbortController();
    fetchOperations(service, controller.signal).then(setList, () => undefined);
    return () => controller.abort();
  }, [service]);
  return list;
}
