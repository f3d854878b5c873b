// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { setPreferences, usePreferences, type Theme } from '../app/preferences';
import { hrefTo, navigate } from '../app/router';
import { normaliseTraceId } from '../model/trace_id';
import { Icon, Mark } from './icons';

const kNextTheme: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const kThemeIcon = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

/** The bar on top: home, search, jump to a trace, and the reader's choices. */
export function TopBar(props: { path: string; onHelp: () => void }): JSX.Element {
  const { theme, zone } = usePreferences();
  const nextZone = zone === 'local' ? 'utc' : 'local';
  return (
    <header class="top-bar">
      <a class="brand" href={hrefTo('search')} aria-label="Cairn" data-inside>
        <Mark />
        <span>Cairn</span>
      </a>
      <nav aria-label="Pages">
        <a href={hrefTo('search')} data-inside aria-current={props.path === 'search' ? 'page' : undefined}>Search</a>
      </nav>
      <JumpBox />
      <div class="top-choices">
        <button type="button" class="quiet zone" onClick={() => setPreferences({ zone: nextZone })}
          aria-label={`Times are ${zone === 'utc' ? 'UTC' : 'local'}; switch to ${nextZone === 'utc' ? 'UTC' : 'local'}`}
          title="Time zone of every time shown">
          {zone === 'utc' ? 'UTC' : 'Local'}
        </button>
        <button type="button" class="quiet icon-button" onClick={() => setPreferences({ theme: kNextTheme[theme] })}
          aria-label={`Theme: ${theme}; switch to ${kNextTheme[theme]}`} title={`Theme: ${theme}`}>
          <Icon name={kThemeIcon[theme]} />
        </button>
        <button type="button" class="quiet icon-button" onClick={props.onHelp} aria-label="Keyboard help" title="Keyboard help (?)">
          <span aria-hidden="true">?</span>
        </button>
      </div>
    </header>
  );
}

function JumpBox(): JSX.Element {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const go = (event: Event) => {
    event.preventDefault();
    const traceId = normaliseTraceId(text);
    setWrong(traceId === null);
    if (traceId === null) return;
    setText('');
    navigate(`trace/${traceId}`);
  };
  return (
    <form class="jump" role="search" aria-label="Open a trace by its id" onSubmit={go}>
      <input type="text" value={text} placeholder="Trace ID" aria-label="Trace ID" spellcheck={false} autocomplete="off"
        aria-invalid={wrong} onInput={(e) => { setText(e.currentTarget.value); setWrong(false); }} />
      <button type="submit" class="quiet icon-button" aria-label="Open trace" title="Open trace"><Icon name="right" /></button>
      {wrong && <span class="jump-wrong" role="alert">Not a trace id: up to 32 hex digits.</span>}
    </form>
  );
}
