// SPDX-License-Identifier: Apache-2.0

import { apiUrl, fetchJson } from './client';

/** Names of every service that sent spans, sorted. */
export async function fetchServices(signal?: AbortSignal): Promise<string[]> {
  const answer = await fetchJson<{ data: string[] | null }>(apiUrl('api/services'), signal);
  return (answer.data ?? []).sort();
}

/** Span names of one service, sorted, each once. */
export async function fetchOperations(service: string, signal?: AbortSignal): Promise<string[]> {
  const url = apiUrl(`api/operations?service=${encodeURIComponent(service)}`);
  const answer = await fetchJson<{ data: { name: string }[] | null }>(url, signal);
  return [...new Set((answer.data ?? []).map((operation) => operation.name))].sort();
}
