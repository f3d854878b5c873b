// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { onKey } from '../../app/keys';
import { usePreferences } from '../../app/preferences';
import { Combobox } from '../../components/combobox';
import { Icon } from '../../components/icons';
import { parseDuration } from '../../model/duration';
import { formatLogfmt, parseLogfmt } from '../../model/logfmt';
import { kDefaultLookback, kMaxLimit, lookbacks, timeRange, type SearchQuery } from '../../model/search_query';
import { fromInputTime, toInputTime } from '../../model/time';
import { useOperations } from './use_search';

export interface SearchFormProps {
  query: SearchQuery;
  services: readonly string[];
  onSubmit: (query: SearchQuery) => void;
}

const kLookbackNames: Record<string, string> = {
  '5m': 'Last 5 minutes', '15m': 'Last 15 minutes', '1h': 'Last hour', '3h': 'Last 3 hours',
  '6h': 'Last 6 hours', '12h': 'Last 12 hours', '1d': 'Last day', '2d': 'Last 2 days',
  '7d': 'Last 7 days', '30d': 'Last 30 days',
};

/** The search form. Holds what is typed; the query changes only when it is submitted. */
export function SearchForm(props: SearchFormProps): JSX.Element {
  const { zone } = usePreferences();
  const [draft, setDraft] = useState(props.query);
  const [tags, setTags] = useState(() => formatLogfmt(props.query.tags));
  const [open, setOpen] = useState(() => matchMedia('(min-width: 900px)').matches);
  const operations = useOperations(draft.service);
  useEffect(() => onKey('/', focusService(setOpen)), []);

  const parsed = parseLogfmt(tags);
  const tagsWrong = 'error' in parsed ? parsed.error : null;
  const change = (part: Partial<SearchQuery>) => setDraft((old) => ({ ...old, ...part }));
  const submit = (event: Event) => {
    event.preventDefault();
    if ('error' in parsed) return;
    if (!matchMedia('(min-width: 900px)').matches) setOpen(false);
    props.onSubmit({ ...draft, tags: parsed.tags });
  };

  return (
    <form class={`search-form${open ? ' open' : ''}`} aria-label="Search traces" onSubmit={submit}>
      <button type="button" class="form-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="search" /><span>{describe(props.query)}</span><Icon name={open ? 'up' : 'down'} />
      </button>
      <div class="form-fields">
        <Combobox label="Service" inputId="service" value={draft.service} options={props.services} anyLabel="All services"
          onChange={(service) => change({ service, operation: service === draft.service ? draft.operation : '' })} />
        <Combobox label="Operation" value={draft.operation} options={operations} anyLabel="All operations"
          onChange={(operation) => change({ operation })} />
        <div class="field">
          <label for="tags">Tags</label>
          <input id="tags" type="text" value={tags} spellcheck={false} autocomplete="off"
            placeholder="http.status_code=200 error=true" aria-invalid={tagsWrong !== null}
            aria-describedby={tagsWrong ? 'tags-wrong' : undefined} onInput={(e) => setTags(e.currentTarget.value)} />
          {tagsWrong && <p id="tags-wrong" class="field-wrong" role="alert">{`Tags: ${tagsWrong}.`}</p>}
        </div>
        <div class="field-pair">
          <DurationField id="min-duration" label="Longer than" value={draft.minDuration} onChange={(minDuration) => change({ minDuration })} />
          <DurationField id="max-duration" label="Shorter than" value={draft.maxDuration} onChange={(maxDuration) => change({ maxDuration })} />
        </div>
        <RangeFields draft={draft} zone={zone} change={change} />
        <div class="field limit">
          <label for="limit">Traces per page</label>
          <input id="limit" type="number" min={1} max={kMaxLimit} value={draft.limit}
            onInput={(e) => change({ limit: Number(e.currentTarget.value) })} />
        </div>
        <button type="submit" class="button primary"><Icon name="search" /> Find traces</button>
      </div>
    </form>
  );
}

function focusService(setOpen: (open: boolean) => void): () => void {
  return () => {
    setOpen(true);
    requestAnimationFrame(() => document.getElementById('service')?.focus());
  };
}

function describe(query: SearchQuery): string {
  const range = query.lookback === 'custom' ? 'chosen range' : (kLookbackNames[query.lookback] ?? query.lookback).toLowerCase();
  return `${query.service || 'All services'}${query.operation ? ` · ${query.operation}` : ''}, ${range}`;
}

function DurationField(props: { id: string; label: string; value: string; onChange: (value: string) => void }): JSX.Element {
  const wrong = props.value !== '' && parseDuration(props.value) === null;
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      <input id={props.id} type="text" value={props.value} placeholder="e.g. 100ms" spellcheck={false} autocomplete="off"
        aria-invalid={wrong} onInput={(e) => props.onChange(e.currentTarget.value.trim())} />
      {wrong && <p class="field-wrong">Like 500us, 100ms, 1.2s.</p>}
    </div>
  );
}

interface RangeProps {
  draft: SearchQuery;
  zone: 'local' | 'utc';
  change: (part: Partial<SearchQuery>) => void;
}

function RangeFields({ draft, zone, change }: RangeProps): JSX.Element {
  const choose = (lookback: string) => {
    if (lookback !== 'custom') return change({ lookback, start: null, end: null });
    const from = { ...draft, lookback: draft.lookback === 'custom' ? kDefaultLookback : draft.lookback };
    const { startUs, endUs } = timeRange(from, Date.now() * 1000);
    return change({ lookback, start: Math.round(startUs), end: Math.round(endUs) });
  };
  const offered: string[] = [...lookbacks];
  if (draft.lookback !== 'custom' && !offered.includes(draft.lookback)) offered.push(draft.lookback);
  const ranged = draft.start !== null && draft.end !== null;
  return (
    <>
      <div class="field">
        <label for="lookback">Time</label>
        <select id="lookback" value={ranged ? 'custom' : draft.lookback} onChange={(e) => choose(e.currentTarget.value)}>
          {offered.map((one) => <option key={one} value={one}>{kLookbackNames[one] ?? `Last ${one}`}</option>)}
          <option value="custom">Chosen range…</option>
        </select>
      </div>
      {ranged && (
        <div class="field-stack">
          <TimeField id="start" label="From" us={draft.start!} zone={zone} onChange={(start) => change({ start, lookback: 'custom' })} />
          <TimeField id="end" label="To" us={draft.end!} zone={zone} onChange={(end) => change({ end, lookback: 'custom' })} />
        </div>
      )}
    </>
  );
}

interface TimeFieldProps {
  id: string;
  label: string;
  us: number;
  zone: 'local' | 'utc';
  onChange: (us: number) => void;
}

function TimeField(props: TimeFieldProps): JSX.Element {
  return (
    <div class="field">
      <label for={props.id}>{`${props.label} (${props.zone === 'utc' ? 'UTC' : 'local time'})`}</label>
      <input id={props.id} type="datetime-local" step={1} value={toInputTime(props.us, props.zone)}
        onChange={(e) => {
          const us = fromInputTime(e.currentTarget.value, props.zone);
          if (us !== null) props.onChange(us);
        }} />
    </div>
  );
}
