// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';

/** The mark: four stones, the top one the colour of the trail. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <ellipse class="mark-dark" cx="16" cy="25.5" rx="13" ry="4.6" />
      <ellipse class="mark-light" cx="15" cy="17.6" rx="9.6" ry="3.9" />
      <ellipse class="mark-dark" cx="17" cy="10.8" rx="6.6" ry="3.3" />
      <ellipse class="mark-trail" cx="16" cy="5.2" rx="3.9" ry="2.5" />
    </svg>
  );
}

const paths = {
  search: 'M7 12.5a5.5 5.5 0 1 1 0-11 5.5 5.5 0 0 1 0 11zM11 11l4 4',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  up: 'M3 10l5-5 5 5',
  down: 'M3 6l5 5 5-5',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2 6V2h4M14 6V2h-4M2 10v4h4M14 10v4h-4',
  link: 'M6.5 9.5l3-3M7 4.5l1.6-1.6a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.6 1.600a3.200 3.2 0 0 1-4.5-4.5L4.5 7',
  copy: 'M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8z',
  sun: 'M8 5.200a2.800 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.600zM8 1v1.600M8 13.400V15M1 8h1.600M13.400 8H15M3 3l1.200 1.200M11.800 11.800L13 13M13 3l-1.2 1.200M4.200 11.800L3 13',
  moon: 'M13.5 9.800A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.300z',
  auto: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 2v12M10.5 3v10M13 5v6',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.5V8l2.5 1.5',
  foldAll: 'M4 6.5L8 2.5l4 4M4 13.5l4-4 4 4',
  foldOne: 'M4 10l4-4 4 4',
  openOne: 'M4 6l4 4 4-4',
  openAll: 'M4 2.5l4 4 4-4M4 9.5l4 4 4-4',
} as const;

/** A line icon, 16 px; always decorative: the control around it carries the name. */
export function Icon({ name }: { name: keyof typeof paths }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** Marks failure by shape as well as colour. `hollow` when it lies below, not in the thing itself. */
export function ErrorMark({ hollow }: { hollow?: boolean }): JSX.Element {
  return (
    <svg class={`error-mark${hollow ? ' hollow' : ''}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path class="plate" d="M8 1.5L15 14H1z" />
      <path class="sign" d="M8 6v4M8 11.600v.8" />
    </svg>
  );
}
