// SPDX-License-Identifier: Apache-2.0
import type { ComponentType, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { HelpDialog } from '../components/help_dialog';
import { TopBar } from '../components/top_bar';
import { normaliseTraceId } from '../model/trace_id';
import { MissingPage } from '../pages/missing/missing_page';
import { SearchPage } from '../pages/search/search_page';
import { navigate, usePlace, type Place } from './router';
import { onKey } from './keys';

/** The frame around every page, and which page an address means. */
export function App(): JSX.Element {
  const here = usePlace();
  const [help, setHelp] = useState(false);
  const shown = useRef(here.path);
  useEffect(() => onKey('?', () => setHelp(true)), []);
  useEffect(() => {
    // A new page begins at its top, for screen readers and for Tab; the first one is where the browser put us.
    if (shown.current !== here.path) document.getElementById('main')?.focus({ preventScroll: true });
    shown.current = here.path;
  }, [here.path]);
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>Skip to content</a>
      <TopBar path={here.path} onHelp={() => setHelp(true)} />
      <main id="main" tabIndex={-1}>{page(here)}</main>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </>
  );
}

// With a <base>, "#main" would leave the page.
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function page(here: Place): JSX.Element {
  const { path, params } = here;
  if (path === '' || path === 'index.html') return <Redirect to="search" params={params} />;
  if (path === 'search') return <SearchPage here={here} />;
  const asked = /^trace\/([^/]+)$/.exec(path);
  if (asked) {
    const traceId = normaliseTraceId(decodeURIComponent(asked[1]));
    if (traceId === null) return <MissingPage what={`“${decodeURIComponent(asked[1])}” is not a trace id.`} />;
    if (traceId !== asked[1]) return <Redirect to={`trace/${traceId}`} params={params} />;
    return <TracePageWhenLoaded key={`${traceId} ${here.visit}`} traceId={traceId} params={params} />;
  }
  return <MissingPage what="There is no page at this address." />;
}

function Redirect(props: { to: string; params: URLSearchParams }): JSX.Element {
  useEffect(() => navigate(props.to, props.params, true), [props.to]);
  return <></>;
}

type TracePage = ComponentType<{ traceId: string; params: URLSearchParams }>;
let loadedTracePage: TracePage | null = null;

// The trace page is its own chunk, so that the first search loads less.
function TracePageWhenLoaded(props: { traceId: string; params: URLSearchParams }): JSX.Element {
  const [Page, setPage] = useState<TracePage | null>(() => loadedTracePage);
  useEffect(() => {
    if (loadedTracePage) return;
    void import('../pages/trace/trace_page').then((module) => {
      loadedTracePage = module.TracePage;
      setPage(() => module.TracePage);
    });
  }, []);
  return Page ? <Page {...props} /> : <p class="page-note" role="status">Loading…</p>;
}
