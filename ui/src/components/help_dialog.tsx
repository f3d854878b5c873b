// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { setPreferences, usePreferences } from '../app/preferences';
import { Icon } from './icons';

const groups: [string, [string, string][]][] = [
  ['Everywhere', [
    ['?', 'this help'],
    ['/', 'go to the find box, or the first search field'],
    ['Esc', 'close the innermost thing'],
  ]],
  ['Rows of a trace', [
    ['↑ ↓', 'previous, next row'],
    ['→', 'open, or go to the first child'],
    ['←', 'close, or go to the parent'],
    ['Home End', 'first, last row'],
    ['PgUp PgDn', 'a screenful'],
    ['Enter', 'show the span’s details'],
    ['*', 'open all siblings'],
  ]],
  ['In a trace', [
    ['n N', 'next, previous match'],
    ['e E', 'next, previous error'],
    ['c C', 'next, previous span of the critical path'],
    ['[ ]', 'close, open everything'],
    ['o p', 'open, close one level'],
    ['+ −', 'zoom in, out around the selected span'],
    ['z', 'zoom to the selected span'],
    ['0', 'the whole trace'],
  ]],
];

/** The list of keys. A native dialog: focus is kept inside and Esc closes it. */
export function HelpDialog(props: { open: boolean; onClose: () => void }): JSX.Element {
  const { letters } = usePreferences();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (props.open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [props.open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={props.onClose}
      onClick={(event) => event.target === dialog.current && props.onClose()}>
      <div class="help-body">
        <header>
          <h2 id="help-title">Keyboard</h2>
          <button type="button" class="quiet icon-button" onClick={props.onClose} aria-label="Close"><Icon name="close" /></button>
        </header>
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>{key.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <label class="letters">
          <input type="checkbox" checked={letters} onChange={(event) => setPreferences({ letters: event.currentTarget.checked })} />
          Single letters and signs are shortcuts
        </label>
      </div>
    </dialog>
  );
}
