// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { onKey } from '../../app/keys';
import type { TraceSource } from '../../api/trace_source';
import { ErrorMark, Icon } from '../../components/icons';
import { findSpanById } from '../../model/trace';
import type { TraceView } from './trace_view';
import { useView } from './use_view';

export interface ToolbarProps {
  view: TraceView;
  source: TraceSource;
  /** What to find at first, from the address. */
  initialFind: string;
}

/** Find, filters and zoom. */
export function Toolbar({ view, source, initialFind }: ToolbarProps): JSX.Element {
  const filters = useView(view, (v) => v.filters);
  const hidden = useView(view, (v) => v.filteredOut);
  const zoomed = useView(view, (v) => v.zoomed);
  const { trace } = view;
  return (
    <div class="toolbar" role="toolbar" aria-label="Find, filter and zoom">
      <FindBox view={view} source={source} initial={initialFind} />
      <div class="pills" role="group" aria-label="Show only">
        <button type="button" class="quiet pill" aria-pressed={filters.errors} disabled={trace.errorCount === 0}
          onClick={() => view.setFilters({ ...filters, errors: !filters.errors })}>
          <ErrorMark />Errors <small>{trace.errorCount}</small>
        </button>
        <button type="button" class="quiet pill" aria-pressed={filters.critical}
          onClick={() => view.setFilters({ ...filters, critical: !filters.critical })}>
          <i class="trail-mark" aria-hidden="true" />Critical path
        </button>
        {hidden > 0 && (
          <span class="hidden-note" role="status">
            {`${hidden.toLocaleString('en')} spans hidden`}
            <button type="button" class="quiet" onClick={() => view.setFilters({ errors: false, critical: false })}>Show all</button>
          </span>
        )}
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" class="quiet icon-button" onClick={() => view.zoomBy(0.5)} aria-label="Zoom in" title="Zoom in (+)"><Icon name="plus" /></button>
        <button type="button" class="quiet icon-button" onClick={() => view.zoomBy(2)} disabled={!zoomed} aria-label="Zoom out" title="Zoom out (−)"><Icon name="minus" /></button>
        <button type="button" class="quiet icon-button" onClick={() => view.zoom(0, view.wholeUs)} disabled={!zoomed} aria-label="Whole trace" title="Whole trace (0)"><Icon name="fit" /></button>
      </div>
    </div>
  );
}

const kTypingPauseMs = 120;

function FindBox({ view, source, initial }: { view: TraceView; source: TraceSource; initial: string }): JSX.Element {
  const [text, setText] = useState(initial);
  const count = useView(view, (v) => v.matches.length);
  const number = useView(view, (v) => v.matchNumber);
  const asked = useView(view, (v) => v.findText);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);

  const find = async (wanted: string, go: boolean) => {
    const found = await source.find(wanted);
    view.setMatches(wanted.trim(), found as Int32Array<ArrayBuffer>);
    if (!go || found.length === 0) return;
    const byId = findSpanById(view.trace, wanted.trim());
    if (byId !== -1) view.select(byId, true);
    else view.focus(found[0]);
  };
  useEffect(() => {
    if (initial !== '') void find(initial, true);
    return onKey('/', () => input.current?.select());
  }, []);

  const onInput = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void find(value, false), kTypingPauseMs);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      clearTimeout(timer.current);
      if (text.trim() === view.findText) view.goToMatch(event.shiftKey ? -1 : 1);
      else void find(text, true);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (text === '') input.current?.blur();
      else onInput('');
    }
  };
  const nothing = asked !== '' && count === 0;
  return (
    <div class="find" role="search">
      <Icon name="search" />
      <input ref={input} type="text" value={text} placeholder="Find in service, name, attributes" aria-label="Find spans"
        aria-describedby="find-count" aria-invalid={nothing} spellcheck={false} autocomplete="off"
        onInput={(e) => onInput(e.currentTarget.value)} onKeyDown={onKeyDown} />
      <span id="find-count" class="find-count" role="status">
        {asked === '' ? '' : nothing ? 'no match' : `${number === 0 ? '' : `${number} of `}${count}`}
      </span>
      <button type="button" class="quiet icon-button" disabled={count === 0} onClick={() => view.goToMatch(-1)} aria-label="Previous match" title="Previous match (N)"><Icon name="up" /></button>
      <button type="button" class="quiet icon-button" disabled={count === 0} onClick={() => view.goToMatch(1)} aria-label="Next match" title="Next match (n)"><Icon name="down" /></button>
    </div>
  );
}
