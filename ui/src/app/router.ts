// SPDX-License-Identifier: Apache-2.0
//
// Where the page is. The address is the state: pages read it and navigate, nothing else remembers it.
// Paths are relative to <base>, without a leading slash: "search", "trace/0af7".

import { useEffect, useState } from 'preact/hooks';

export interface Place {
  path: string;
  params: URLSearchParams;
  /** Changes with every navigation, so that searching again for the same address searches again. */
  visit: number;
}

let visit = 0;
const listeners = new Set<() => void>();

function changed(): void {
  visit++;
  for (const listener of listeners) listener();
}

/** The current place. */
export function place(): Place {
  const base = new URL(document.baseURI).pathname;
  const { pathname, search } = location;
  const path = pathname.startsWith(base) ? pathname.slice(base.length) : pathname.slice(1);
  return { path: path.replace(/\/+$/, ''), params: new URLSearchParams(search), visit };
}

/** The href of a path inside the application. */
export function hrefTo(path: string, params?: URLSearchParams): string {
  const query = params?.toString();
  const url = new URL(path + (query ? `?${query}` : ''), document.baseURI);
  return url.pathname + url.search;
}

/** Goes to a path; `replace` leaves no entry behind. */
export function navigate(path: string, params?: URLSearchParams, replace = false): void {
  const href = hrefTo(path, params);
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  changed();
}

/** Rewrites the address without telling anyone: for state that the page already shows. */
export function rewriteParams(edit: (params: URLSearchParams) => void): void {
  const here = place();
  edit(here.params);
  history.replaceState(history.state, '', hrefTo(here.path, here.params));
}

/** Starts listening: back and forward, and clicks on links that stay inside. Call once. */
export function startRouter(): void {
  addEventListener('popstate', changed);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.('a[data-inside]');
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    const here = location.href;
    history.pushState(null, '', link.href);
    changed();
    if (link.href !== here) scrollTo(0, 0);
  });
}

/** The current place, following navigation. */
export function usePlace(): Place {
  const [here, setHere] = useState(place);
  useEffect(() => {
    const follow = () => setHere(place());
    listeners.add(follow);
    if (visit !== here.visit) follow();  // someone navigated before this effect ran
    return () => void listeners.delete(follow);
  }, []);
  return here;
}
