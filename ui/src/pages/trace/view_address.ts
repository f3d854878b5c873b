// SPDX-License-Identifier: Apache-2.0
//
// The state of an open trace as address parameters, so that a link shows what its sender saw:
//   uiFind=text   show=errors,critical   zoom=<from>-<to> (µs from the start)   span=<id>

import { rewriteParams } from '../../app/router';
import { findSpanById, spanIdAt } from '../../model/trace';
import type { TraceView } from './trace_view';

const kPauseMs = 200; // browsers refuse too many rewrites a second

/** Sets the view from the address, then keeps the address up to date. Returns the way to stop. */
export function followAddress(view: TraceView, params: URLSearchParams): () => void {
  const show = (params.get('show') ?? '').split(',');
  if (show.includes('errors') || show.includes('critical')) {
    view.setFilters({ errors: show.includes('errors'), critical: show.includes('critical') });
  }
  const zoom = /^(\d+)-(\d+)$/.exec(params.get('zoom') ?? '');
  if (zoom && Number(zoom[2]) > Number(zoom[1])) view.zoom(Number(zoom[1]), Number(zoom[2]));
  const span = findSpanById(view.trace, params.get('span') ?? '');
  if (span !== -1) {
    view.select(span);
    // The waterfall is not there yet to scroll; it will be in the next frame but one.
    requestAnimationFrame(() => requestAnimationFrame(() => view.scrollToSpan(span)));
  }

  let timer = 0;
  const stop = view.subscribe(() => {
    clearTimeout(timer);
    timer = window.setTimeout(() => rewriteParams((address) => write(view, address)), kPauseMs);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function write(view: TraceView, params: URLSearchParams): void {
  const put = (name: string, value: string) => (value === '' ? params.delete(name) : params.set(name, value));
  const { errors, critical } = view.filters;
  put('uiFind', view.findText);
  put('show', [errors && 'errors', critical && 'critical'].filter(Boolean).join(','));
  put('zoom', view.zoomed ? `${Math.round(view.from)}-${Math.round(view.to)}` : '');
  put('span', view.selected === -1 ? '' : spanIdAt(view.trace, view.selected));
}
