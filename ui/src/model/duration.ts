// SPDX-License-Identifier: Apache-2.0
//
// Durations as people and Jaeger's API write them. Unit inside: microseconds.

const kUnits: Record<string, number> = {
  ns: 1e-3, us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9, d: 8.64e10,
};

/** Microseconds of "1.2s", "100ms", "1h30m"; null when the text is not a duration. A bare number is refused. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (!/^(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h|d))+$/.test(trimmed)) return null;
  let total = 0;
  for (const [, number, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h|d)/g)) {
    total += Number(number) * kUnits[unit];
  }
  return total;
}

/** Three significant digits with a unit: "0 µs", "18.4 ms", "1.25 s", "3 m 12 s", "2 h 5 m". */
export function formatDuration(us: number): string {
  if (us < 999.5) return `${significant(us)} µs`;
  if (us < 999_500) return `${significant(us / 1e3)} ms`;
  if (us < 59_950_000) return `${significant(us / 1e6)} s`;
  const seconds = Math.round(us / 1e6);
  if (seconds < 3600) return pair(seconds, 60, 'm', 's');
  const minutes = Math.round(us / 6e7);
  if (minutes < 1440) return pair(minutes, 60, 'h', 'm');
  return pair(Math.round(us / 3.6e9), 24, 'd', 'h');
}

/** "53 %", with one decimal below ten and "< 0.1 %" for a trace of something. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 9.95 && percent > 0 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

function significant(value: number): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

function pair(total: number, base: number, large: string, small: string): string {
  const rest = total % base;
  return `${Math.floor(total / base)} ${large}${rest ? ` ${rest} ${small}` : ''}`;
}

/** Round steps (1, 2, 5 × 10^n) that cut [from, to] into at most `most` pieces; returns the tick positions. */
export function ticks(from: number, to: number, most: number): number[] {
  if (!(to > from) || most < 1) return [];
  const raw = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw * 0.999)!;
  const list: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9) || 0; i * step <= to + step * 1e-9; i++) list.push(i * step);
  return list;
}
