// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { TraceSource } from '../../api/trace_source';
import { onKey } from '../../app/keys';
import { hrefTo } from '../../app/router';
import { DetailPanel } from './detail_panel';
import { Minimap } from './minimap';
import { TimeSummary } from './time_summary';
import { Toolbar } from './toolbar';
import { rootTitle, TraceHeader } from './trace_header';
import { TraceView } from './trace_view';
import { followAddress } from './view_address';
import { WaterfallPane } from './waterfall/waterfall_pane';
import './trace.css';

type State =
  | { kind: 'loading' }
  | { kind: 'failed'; missing: boolean; message: string }
  | { kind: 'ready'; view: TraceView; source: TraceSource };

/** One trace. Mounted anew for every trace id. */
export function TracePage({ traceId, params }: { traceId: string; params: URLSearchParams }): JSX.Element {
  const [state, setState] = useState<State>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const source = new TraceSource(traceId);
    let stop = () => undefined as void;
    let gone = false;
    document.title = `${traceId.slice(0, 8)} · Cairn`;
    setState({ kind: 'loading' });
    source.load().then((trace) => {
      if (gone) return;
      const view = new TraceView(trace);
      stop = followAddress(view, params);
      const { service, name } = rootTitle(trace);
      document.title = `${service} ${name} · Cairn`;
      setState({ kind: 'ready', view, source });
    }, (error: { status?: number; message: string }) => {
      if (!gone) setState({ kind: 'failed', missing: error.status === 404, message: error.message });
    });
    return () => {
      gone = true;
      stop();
      source.close();
    };
  }, [traceId, attempt]);

  if (state.kind === 'loading') return <Loading />;
  if (state.kind === 'failed') return <Failed {...state} traceId={traceId} onRetry={() => setAttempt(attempt + 1)} />;
  return <OpenTrace view={state.view} source={state.source} initialFind={params.get('uiFind') ?? ''} />;
}

function OpenTrace(props: { view: TraceView; source: TraceSource; initialFind: string }): JSX.Element {
  const { view, source } = props;
  useEffect(() => bindKeys(view), [view]);
  return (
    <div class="trace-page">
      <TraceHeader trace={view.trace} />
      <TimeSummary view={view} />
      <Minimap view={view} />
      <Toolbar view={view} source={source} initialFind={props.initialFind} />
      <div class="trace-body">
        <WaterfallPane view={view} />
        <DetailPanel view={view} source={source} />
      </div>
    </div>
  );
}

/** Shortcuts that work wherever the focus is; rows have their own. Returns the way to unbind. */
function bindKeys(view: TraceView): () => void {
  const keys: Record<string, () => void> = {
    n: () => view.goToMatch(1),
    N: () => view.goToMatch(-1),
    e: () => view.goToError(1),
    E: () => view.goToError(-1),
    c: () => view.goToCritical(1),
    C: () => view.goToCritical(-1),
    '[': () => view.collapseAll(),
    ']': () => view.expandAll(),
    o: () => view.expandLevel(),
    p: () => view.collapseLevel(),
    '+': () => view.zoomBy(0.5),
    '=': () => view.zoomBy(0.5),
    '-': () => view.zoomBy(2),
    z: () => view.active !== -1 && view.zoomToSpan(view.active),
    '0': () => view.zoom(0, view.wholeUs),
    Escape: () => (view.selected !== -1 ? view.select(-1) : view.zoom(0, view.wholeUs)),
  };
  const stops = Object.entries(keys).map(([key, action]) => onKey(key, action));
  return () => stops.forEach((stop) => stop());
}

function Loading(): JSX.Element {
  return (
    <div class="trace-loading" role="status" aria-label="Loading the trace">
      <i class="line title" /><i class="line" /><i class="line map" />
      {[0, 4, 8, 8, 12, 16, 12, 8].map((indent, i) => (
        <div key={i}><i class="line" style={{ marginLeft: `${indent}%`, width: `${30 - indent}%` }} /><i class="line" style={{ marginLeft: `${indent * 3}%`, width: `${58 - indent * 3}%` }} /></div>
      ))}
    </div>
  );
}

function Failed(props: { missing: boolean; message: string; traceId: string; onRetry: () => void }): JSX.Element {
  return (
    <section class={`notice${props.missing ? '' : ' alert'}`} role="alert">
      <h1>{props.missing ? 'No such trace' : 'The trace cannot be shown'}</h1>
      <p>
        {props.missing
          ? 'It may not have arrived yet, may have been sampled away, or may be older than what is kept.'
          : props.message}
      </p>
      <p><code>{props.traceId}</code></p>
      <p class="actions">
        <button type="button" class="button" onClick={props.onRetry}>Try again</button>
        <a class="button" href={hrefTo('search')} data-inside>Search traces</a>
      </p>
    </section>
  );
}
