// SPDX-License-Identifier: Apache-2.0
//
// What is searched for, and its address. The parameters are those of Jaeger's search page, so links that other
// tools write keep working; `sort` is our own.

import { parseDuration } from './duration';
import type { Tags } from './logfmt';

export const sortOrders = ['newest', 'longest', 'shortest', 'spans'] as const;
export type SortOrder = (typeof sortOrders)[number];

/** The lookbacks offered by the form; any duration is accepted from an address. */
export const lookbacks = ['5m', '15m', '1h', '3h', '6h', '12h', '1d', '2d', '7d', '30d'] as const;

export interface SearchQuery {
  /** "" means every service. */
  service: string;
  /** "" means every operation. */
  operation: string;
  tags: Tags;
  /** As typed ("1.2s"), or "". */
  minDuration: string;
  maxDuration: string;
  /** "1h", or "custom" when start and end count. */
  lookback: string;
  /** Unix microseconds; given together, and then they win over the lookback. */
  start: number | null;
  end: number | null;
  limit: number;
  sort: SortOrder;
}

export const kDefaultLookback = '1h';
export const kDefaultLimit = 20;
export const kMaxLimit = 1500;

/** The query of an address. Never fails: what makes no sense falls back to the default. */
export function parseSearch(params: URLSearchParams): SearchQuery {
  const start = microseconds(params.get('start'));
  const end = microseconds(params.get('end'));
  const ranged = start !== null && end !== null && end > start;
  const lookback = params.get('lookback') ?? '';
  const operation = params.get('operation') ?? '';
  const sort = params.get('sort') as SortOrder;
  const limit = Math.floor(Number(params.get('limit') ?? kDefaultLimit));
  return {
    service: params.get('service') ?? '',
    operation: operation === 'all' ? '' : operation,
    tags: readTags(params),
    minDuration: params.get('minDuration') ?? '',
    maxDuration: params.get('maxDuration') ?? '',
    lookback: parseDuration(lookback) !== null ? lookback : ranged ? 'custom' : kDefaultLookback,
    start: ranged ? start : null,
    end: ranged ? end : null,
    limit: limit >= 1 ? Math.min(limit, kMaxLimit) : kDefaultLimit,
    sort: sortOrders.includes(sort) ? sort : 'newest',
  };
}

/** The address of a query; the inverse of parseSearch. Defaults are left out, except what links should show. */
export function formatSearch(query: SearchQuery): URLSearchParams {
  const params = new URLSearchParams();
  const put = (name: string, value: string) => value !== '' && params.set(name, value);
  put('service', query.service);
  put('operation', query.operation);
  if (Object.keys(query.tags).length > 0) params.set('tags', JSON.stringify(query.tags));
  put('minDuration', query.minDuration);
  put('maxDuration', query.maxDuration);
  params.set('lookback', query.lookback);
  if (query.start !== null && query.end !== null) {
    params.set('start', String(query.start));
    params.set('end', String(query.end));
  }
  params.set('limit', String(query.limit));
  if (query.sort !== 'newest') params.set('sort', query.sort);
  return params;
}

/** The range to ask for, unix microseconds. A lookback ends now. */
export function timeRange(query: SearchQuery, nowUs: number): { startUs: number; endUs: number } {
  if (query.start !== null && query.end !== null) return { startUs: query.start, endUs: query.end };
  const lookbackUs = parseDuration(query.lookback) ?? parseDuration(kDefaultLookback)!;
  return { startUs: nowUs - lookbackUs, endUs: nowUs };
}

/** The order that the server searches in; the other sorts only rearrange what was loaded. */
export function serverOrder(sort: SortOrder): 'newest' | 'longest' {
  return sort === 'longest' ? 'longest' : 'newest';
}

/** What is wrong with a query as typed, or null. */
export function searchProblem(query: SearchQuery): string | null {
  const min = query.minDuration === '' ? 0 : parseDuration(query.minDuration);
  const max = query.maxDuration === '' ? Infinity : parseDuration(query.maxDuration);
  if (min === null) return 'The shortest duration needs a unit, like 100ms or 1.2s.';
  if (max === null) return 'The longest duration needs a unit, like 100ms or 1.2s.';
  if (max < min) return 'The longest duration is below the shortest.';
  return null;
}

function microseconds(text: string | null): number | null {
  const value = text === null || text === '' ? NaN : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function readTags(params: URLSearchParams): Tags {
  const tags: Tags = {};
  for (const pair of params.getAll('tag')) {
    const colon = pair.indexOf(':');
    if (colon > 0) tags[pair.slice(0, colon)] = pair.slice(colon + 1);
  }
  for (const text of params.getAll('tags')) {
    for (const [key, value] of Object.entries(parseObject(text))) {
      tags[key] = typeof value === 'string' ? value : JSON.stringify(value);
    }
  }
  return tags;
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
