// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { hashName, serviceColour } from './colour';
import { formatDuration, formatShare, parseDuration, ticks } from './duration';
import { formatLogfmt, parseLogfmt } from './logfmt';
import { sortSummaries, type TraceSummary } from './summary';
import { formatAgo, formatInstant, fromInputTime, toInputTime } from './time';
import { normaliseTraceId } from './trace_id';

describe('durations', () => {
  it.each([
    ['100ms', 100_000], ['1.2s', 1_200_000], ['500us', 500], ['5µs', 5], ['1h30m', 5.4e9], ['250ns', 0.25], ['2d', 1.728e11],
  ])('parses %s', (text, us) => expect(parseDuration(text)).toBeCloseTo(us, 6));

  it.each(['', '5', 'ms', '1,2s', '-1s', '1s x'])('refuses "%s"', (text) => expect(parseDuration(text)).toBeNull());

  it.each([
    [0, '0 µs'], [0.5, '0.5 µs'], [999, '999 µs'], [999.7, '1 ms'], [1000, '1 ms'], [18_432, '18.4 ms'], [150_000, '150 ms'], [999_600, '1 s'],
    [1_250_000, '1.25 s'], [59_960_000, '1 m'], [192e6, '3 m 12 s'], [3.6e9, '1 h'], [7.5e9, '2 h 5 m'], [9e10, '1 d 1 h'],
  ])('formats %d µs as %s', (us, text) => expect(formatDuration(us)).toBe(text));

  it('reads back what it writes within a unit of the last digit', () => {
    for (const us of [1, 42, 999, 1234, 56_789, 1_500_000, 3.3e7]) {
      expect(Math.abs(parseDuration(formatDuration(us).replace(/ /g, ''))! - us) / us).toBeLessThan(0.006);
    }
  });

  it.each([[0.533, '53 %'], [0.0532, '5.3 %'], [0.0004, '< 0.1 %'], [0, '0 %'], [1, '100 %']])('formats the share %d as %s', (share, text) =>
    expect(formatShare(share)).toBe(text));

  it('puts ticks on round values', () => {
    expect(ticks(0, 150, 4)).toEqual([0, 50, 100, 150]);
    expect(ticks(37, 95, 6)).toEqual([40, 50, 60, 70, 80, 90]);
    expect(ticks(5, 5, 4)).toEqual([]);
  });
});

describe('logfmt', () => {
  it('reads pairs, quotes and bare keys', () => {
    expect(parseLogfmt(' http.status_code=200  error msg="not \\"found\\"" "a key"=x url=a=b empty= '))
      .toEqual({ tags: { 'http.status_code': '200', error: 'true', msg: 'not "found"', 'a key': 'x', url: 'a=b', empty: '' } });
  });

  it('says where it is wrong', () => {
    expect(parseLogfmt('a=1 b="open')).toEqual({ error: 'the quote opened at column 7 is not closed' });
    expect(parseLogfmt('=5')).toEqual({ error: 'a key is missing before "=" at column 1' });
  });

  it('reads back what it writes', () => {
    const tags = { a: '1', 'b c': 'x y', d: '', 'e=f': 'q"\\\n', g: 'a=b' };
    expect(parseLogfmt(formatLogfmt(tags))).toEqual({ tags });
  });
});

describe('normaliseTraceId', () => {
  it.each([
    ['4BF92F3577B34DA6A3CE929D0E0E4736', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['abc', '0000000000000abc'],
    ['0000000000000000d4cda95b652f4a15', 'd4cda95b652f4a15'],
    ['d4cda95b652f4a150', '0000000000000000d4cda95b652f4a150'.slice(1)],
    [' 4bf92f35-77b3-4da6-a3ce-929d0e0e4736\n', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
  ])('reads %s', (text, id) => expect(normaliseTraceId(text)).toBe(id));

  it.each(['', '0', '0000', 'xyz', '1'.repeat(33)])('refuses "%s"', (text) => expect(normaliseTraceId(text)).toBeNull());
});

describe('times', () => {
  const us = 1_795_191_631_123_456; // 2026-11-20T16:20:31.123456Z

  it('shows an instant in UTC', () => {
    expect(formatInstant(us, 'utc', 6)).toBe('20 Nov 2026, 16:20:31.123456 UTC');
  });

  it('goes through an input field and back, in both zones', () => {
    const whole = us - 123_456;
    expect(toInputTime(us, 'utc')).toBe('2026-11-20T16:20:31');
    for (const zone of ['utc', 'local'] as const) expect(fromInputTime(toInputTime(whole, zone), zone)).toBe(whole);
    expect(fromInputTime('', 'utc')).toBeNull();
  });

  it.each([[1e6, 'just now'], [12e6, '12 s ago'], [300e6, '5 min ago'], [7200e6, '2 h ago'], [90_000e6, 'yesterday'], [-60e6, 'in the future']])(
    'tells %d µs ago', (ago, text) => expect(formatAgo(us - ago, us)).toBe(text));
});

describe('colours', () => {
  it('depend on the name alone and stay clear of red and orange', () => {
    expect(serviceColour('orders', false)).toBe(serviceColour('orders', false));
    for (let i = 0; i < 500; i++) {
      const hue = Number(/ ([\d.]+)\)$/.exec(serviceColour(`service-${i}`, true))![1]);
      expect(hue).toBeGreaterThan(130);
      expect(hue).toBeLessThan(347);
    }
  });

  it('spread names that differ in one digit', () => {
    const hashes = new Set(Array.from({ length: 1000 }, (_, i) => hashName(`service-${i}`)));
    expect(hashes.size).toBe(1000);
  });
});

describe('sortSummaries', () => {
  const one = (traceId: string, startUs: number, durationUs: number, spanCount: number): TraceSummary =>
    ({ traceId, startUs, durationUs, spanCount, rootService: '', rootName: '', errorCount: 0, services: [], incomplete: false });
  const list = [one('a', 1, 30, 5), one('b', 3, 10, 9), one('c', 2, 30, 1), one('d', 3, 20, 5)];

  it.each([['newest', 'bdca'], ['longest', 'cadb'], ['shortest', 'bdca'], ['spans', 'bdac']] as const)('by %s', (order, expected) =>
    expect(sortSummaries(list, order).map((s) => s.traceId).join('')).toBe(expected));
});
