// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { isDark, usePreferences } from '../../app/preferences';
import { hrefTo } from '../../app/router';
import { ErrorMark } from '../../components/icons';
import { ServiceDot } from '../../components/service_dot';
import { formatDuration } from '../../model/duration';
import { lookbacks, type SortOrder } from '../../model/search_query';
import type { TraceSummary } from '../../model/summary';
import { formatAgo, formatInstant } from '../../model/time';
import { shortTraceId } from '../../model/trace_id';
import type { Search } from './use_search';

export interface ResultListProps {
  search: Search;
  traces: readonly TraceSummary[];
  sort: SortOrder;
  problem: string | null;
  onSort: (order: SortOrder) => void;
  onRetry: () => void;
  onWiden: (lookback: string) => void;
}

const kSortNames: Record<SortOrder, string> = {
  newest: 'Newest first', longest: 'Longest first', shortest: 'Shortest of these', spans: 'Most spans of these',
};

/** What a search found, or why there is nothing to show. */
export function ResultList(props: ResultListProps): JSX.Element {
  const { search, traces } = props;
  if (props.problem !== null) return <Notice title="The search cannot run" text={props.problem} alert />;
  if (search.state === 'failed') {
    return (
      <Notice title="The search failed" text={search.error} alert>
        <button type="button" class="button" onClick={props.onRetry}>Try again</button>
      </Notice>
    );
  }
  if (search.state !== 'done' && traces.length === 0) return <Skeleton />;
  if (traces.length === 0) {
    return (
      <Notice title="No traces match" text="Nothing in this time range fits every condition. Widen the range, or drop a condition.">
        <button type="button" class="button" onClick={() => props.onWiden(lookbacks[6])}>Search the last day</button>
        <button type="button" class="button" onClick={() => props.onWiden(lookbacks[8])}>Search the last 7 days</button>
      </Notice>
    );
  }
  const longest = traces.reduce((most, trace) => Math.max(most, trace.durationUs), 1);
  return (
    <>
      <header class="results-head">
        <h1>
          <span role="status">{`${traces.length}${search.more ? '+' : ''} ${traces.length === 1 ? 'trace' : 'traces'}`}</span>
          <small>{search.state === 'loading' ? 'searching…' : `in ${Math.max(1, Math.round(search.tookMs))} ms`}</small>
        </h1>
        <label class="sort">
          <span>Sort</span>
          <select value={props.sort} onChange={(e) => props.onSort(e.currentTarget.value as SortOrder)}>
            {Object.entries(kSortNames).map(([order, name]) => <option key={order} value={order}>{name}</option>)}
          </select>
        </label>
      </header>
      {search.partial && <p class="partial" role="status">{`These are not all: ${search.partial}`}</p>}
      <ol class={`trace-list${search.state === 'loading' ? ' stale' : ''}`}>
        {traces.map((trace) => <TraceItem key={trace.traceId} trace={trace} longest={longest} />)}
      </ol>
      {search.more && (
        <button type="button" class="button more" disabled={search.loadingMore} onClick={search.loadMore}>
          {search.loadingMore ? 'Loading…' : 'Load more'}
        </button>
      )}
    </>
  );
}

function TraceItem({ trace, longest }: { trace: TraceSummary; longest: number }): JSX.Element {
  const { zone } = usePreferences();
  const dark = isDark();
  const service = trace.rootService || (trace.services[0]?.name ?? 'unknown service');
  const share = `${Math.max(0.3, (trace.durationUs / longest) * 100)}%`;
  return (
    <li class={`trace-item${trace.errorCount > 0 ? ' failed' : ''}`}>
      <div class="trace-title">
        <ServiceDot service={service} dark={dark} />
        <a href={hrefTo(`trace/${trace.traceId}`)} data-inside>
          <b>{service}</b> <span>{trace.rootName || 'root span not arrived'}</span>
        </a>
        {trace.incomplete && <span class="badge" title="Spans are missing: a parent never arrived">incomplete</span>}
      </div>
      <span class="trace-duration">{formatDuration(trace.durationUs)}</span>
      <div class="trace-bar"><i style={{ width: share }} /></div>
      <div class="trace-facts">
        <span>{`${trace.spanCount} ${trace.spanCount === 1 ? 'span' : 'spans'}`}</span>
        {trace.errorCount > 0 && (
          <span class="error-text"><ErrorMark />{`${trace.errorCount} ${trace.errorCount === 1 ? 'error' : 'errors'}`}</span>
        )}
        <ServiceChips trace={trace} dark={dark} />
      </div>
      <div class="trace-when">
        <time dateTime={new Date(trace.startUs / 1000).toISOString()} title={formatInstant(trace.startUs, zone)}>
          {formatAgo(trace.startUs, Date.now() * 1000)}
        </time>
        <code title={trace.traceId}>{shortTraceId(trace.traceId)}</code>
      </div>
    </li>
  );
}

const kMostChips = 8;

function ServiceChips({ trace, dark }: { trace: TraceSummary; dark: boolean }): JSX.Element {
  const hidden = trace.services.length - kMostChips;
  return (
    <ul class="chips" aria-label="Services">
      {trace.services.slice(0, kMostChips).map((service) => (
        <li key={service.name} class="chip" title={service.errorCount ? `${service.errorCount} errors` : undefined}>
          <ServiceDot service={service.name} dark={dark} />
          {service.name} <small>{service.spanCount}</small>
          {service.errorCount > 0 && <ErrorMark />}
        </li>
      ))}
      {hidden > 0 && <li class="chip" title={trace.services.slice(kMostChips).map((s) => s.name).join(', ')}>{`+${hidden}`}</li>}
    </ul>
  );
}

function Notice(props: { title: string; text: string; alert?: boolean; children?: JSX.Element | JSX.Element[] }): JSX.Element {
  return (
    <div class={`notice${props.alert ? ' alert' : ''}`} role={props.alert ? 'alert' : 'status'}>
      <h1>{props.title}</h1>
      <p>{props.text}</p>
      <p class="actions">{props.children}</p>
    </div>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label="Searching">
      {[82, 64, 71, 55, 77, 60].map((width) => (
        <div key={width} class="skeleton-item"><i style={{ width: `${width / 2}%` }} /><i style={{ width: `${width}%` }} /><i /></div>
      ))}
    </div>
  );
}
