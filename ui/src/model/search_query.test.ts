// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatSearch, lookbacks, parseSearch, searchProblem, sortOrders, timeRange, type SearchQuery } from './search_query';
import { seeded } from './testing';

const parse = (text: string) => parseSearch(new URLSearchParams(text));

describe('parseSearch', () => {
  it('reads every parameter of Jaeger’s search page', () => {
    expect(parse('service=api&operation=GET%20%2F&tags=%7B%22error%22%3A%22true%22%7D&minDuration=100ms&maxDuration=2s' +
      '&lookback=custom&start=1000&end=2000&limit=50')).toEqual({
      service: 'api', operation: 'GET /', tags: { error: 'true' }, minDuration: '100ms', maxDuration: '2s', lookback: 'custom',
      start: 1000, end: 2000, limit: 50, sort: 'newest',
    });
  });

  it('reads legacy tags, and "all" as every operation', () => {
    const query = parse('service=x&operation=all&tag=http.url:http://a/b&tag=error:true&tag=broken');
    expect(query.operation).toBe('');
    expect(query.tags).toEqual({ 'http.url': 'http://a/b', error: 'true' });
  });

  it('works from a service and a lookback alone', () => {
    const query = parse('service=driver&lookback=1h&tags=%7B%22driver%22%3A%22T1%22%7D');
    expect(query).toMatchObject({ service: 'driver', lookback: '1h', start: null, end: null, limit: 20, tags: { driver: 'T1' } });
    expect(timeRange(query, 10e9)).toEqual({ startUs: 6.4e9, endUs: 10e9 });
  });

  it('lets a range in the address win over the lookback', () => {
    expect(timeRange(parse('lookback=1h&start=5&end=9'), 10e9)).toEqual({ startUs: 5, endUs: 9 });
  });

  it('ignores what makes no sense', () => {
    expect(parse('limit=-3&lookback=soon&start=9&end=5&tags=nonsense&sort=magic')).toEqual(parse(''));
    expect(parse('limit=99999').limit).toBe(1500);
  });
});

describe('formatSearch', () => {
  it('is read back as the same query', () => {
    const random = seeded(5);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
    for (let round = 0; round < 500; round++) {
      const custom = random() < 0.3;
      const query: SearchQuery = {
        service: pick(['', 'api', 'a b&c', 'ünïcode']), operation: pick(['', 'GET /', '100%', 'a+b']),
        tags: pick<SearchQuery['tags']>([{}, { error: 'true' }, { 'a b': '"x"', c: '' }]),
        minDuration: pick(['', '100ms']), maxDuration: pick(['', '1.5s']), lookback: custom ? 'custom' : pick(lookbacks),
        start: custom ? 1_795_191_631_000_000 : null, end: custom ? 1_795_191_699_000_000 : null,
        limit: 1 + Math.floor(random() * 1500), sort: pick(sortOrders),
      };
      expect(parseSearch(new URLSearchParams(formatSearch(query).toString()))).toEqual(query);
    }
  });
});

describe('searchProblem', () => {
  it.each([['', null], ['minDuration=1', 'shortest'], ['maxDuration=x', 'longest'], ['minDuration=2s&maxDuration=1s', 'below']])(
    'of "%s"', (text, expected) => {
      const problem = searchProblem(parse(text as string));
      if (expected === null) expect(problem).toBeNull();
      else expect(problem).toContain(expected);
    });
});
