// SPDX-License-Identifier: Apache-2.0
//
// Points in time as text, in the reader's zone or UTC. Unit: unix microseconds.

export type Zone = 'local' | 'utc';

const cache = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, kind: 'date' | 'time'): Intl.DateTimeFormat {
  const key = zone + kind;
  let made = cache.get(key);
  if (!made) {
    const timeZone = zone === 'utc' ? { timeZone: 'UTC' } : {};
    made = new Intl.DateTimeFormat('en-GB', kind === 'date'
      ? { ...timeZone, year: 'numeric', month: 'short', day: '2-digit' }
      : { ...timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
    cache.set(key, made);
  }
  return made;
}

/** "20 Nov 2026, 16:20:31.123456" with the zone's name appended for UTC. */
export function formatInstant(us: number, zone: Zone, digits: 3 | 6 = 3): string {
  const date = new Date(Math.floor(us / 1000));
  const micros = String(Math.floor(us % 1e6)).padStart(6, '0').slice(0, digits);
  const suffix = zone === 'utc' ? ' UTC' : '';
  return `${format(zone, 'date').format(date)}, ${format(zone, 'time').format(date)}.${micros}${suffix}`;
}

/** "16:20:31", without the date. */
export function formatClock(us: number, zone: Zone): string {
  return format(zone, 'time').format(new Date(us / 1000));
}

/** "20 Nov 16:20" for axes. */
export function formatShort(us: number, zone: Zone): string {
  const date = new Date(us / 1000);
  return `${format(zone, 'date').format(date).slice(0, 6)} ${format(zone, 'time').format(date).slice(0, 5)}`;
}

/** "just now", "12 s ago", "5 min ago", "3 h ago", "2 days ago"; "in the future" for a clock ahead of ours. */
export function formatAgo(us: number, nowUs: number): string {
  const seconds = Math.round((nowUs - us) / 1e6);
  if (seconds < -2) return 'in the future';
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** The value of a datetime-local input for an instant: "2026-11-20T16:20:31". */
export function toInputTime(us: number, zone: Zone): string {
  const ms = Math.floor(us / 1000);
  const shift = zone === 'utc' ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - shift).toISOString().slice(0, 19);
}

/** The instant of a datetime-local value, or null when it is empty or malformed. */
export function fromInputTime(text: string, zone: Zone): number | null {
  const ms = Date.parse(zone === 'utc' ? `${text}Z` : text);
  return text === '' || Number.isNaN(ms) ? null : ms * 1000;
}

const kSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Round times of the zone's clock in [from, to], at most `most` of them. */
export function timeTicks(from: number, to: number, most: number, zone: Zone): number[] {
  const step = (kSteps.find((seconds) => ((to - from) / 1e6) / seconds <= most) ?? 2_592_000) * 1e6;
  const shift = zone === 'utc' ? 0 : new Date(from / 1000).getTimezoneOffset() * 6e7;
  const list: number[] = [];
  for (let us = Math.ceil((from - shift) / step) * step + shift; us <= to; us += step) list.push(us);
  return list;
}
