// SPDX-License-Identifier: Apache-2.0
//
// What the reader chose, kept in this browser: theme, time zone, widths, shortcuts.

import { useEffect, useState } from 'preact/hooks';
import type { Zone } from '../model/time';

export type Theme = 'auto' | 'light' | 'dark';

export interface Preferences {
  theme: Theme;
  zone: Zone;
  /** Width of the waterfall's name column, as a share of its width. */
  nameShare: number;
  /** Whether "where the time went" is open. */
  summaryOpen: boolean;
  /** Whether single letters are shortcuts. */
  letters: boolean;
}

const kKey = 'cairn.preferences';
const kDefaults: Preferences = { theme: 'auto', zone: 'local', nameShare: 0.38, summaryOpen: true, letters: true };
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let current = read();

function read(): Preferences {
  try {
    return { ...kDefaults, ...(JSON.parse(localStorage.getItem(kKey) ?? '{}') as Partial<Preferences>) };
  } catch {
    return { ...kDefaults };
  }
}

/** The preferences now. */
export function preferences(): Preferences {
  return current;
}

/** Changes some, keeps them, tells everyone. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(kKey, JSON.stringify(current));
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  announce();
}

/** True when the page is shown dark. */
export function isDark(): boolean {
  return current.theme === 'dark' || (current.theme === 'auto' && darkScheme.matches);
}

function announce(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

/** Applies the theme and follows the system's. Call once, before the first render. */
export function startPreferences(): void {
  darkScheme.addEventListener('change', announce);
  announce();
}

/** Calls back on every change; returns the way to stop. */
export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The preferences, following changes. */
export function usePreferences(): Preferences {
  const [, redraw] = useState(0);
  useEffect(() => onPreferences(() => redraw((n) => n + 1)), []);
  return current;
}
