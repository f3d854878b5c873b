// SPDX-License-Identifier: Apache-2.0
//
// Owns one trace off the main thread: fetches and parses it, builds the columns, keeps the attributes.
// A 50 000-span trace is 40 MB of JSON; parsing it on the page would freeze the page for a second.

import { buildTrace } from '../model/build';
import type { Trace } from '../model/trace';
import { ApiError, fetchJson } from './client';
import { spanMentions, toSpanDetail, toSpanInput, type JaegerTrace } from './jaeger_json';
import type { WorkerReply, WorkerRequest } from './trace_protocol';

interface Loaded {
  json: JaegerTrace;
  order: Int32Array;
  startUs: number;
  /** Lower-case text of each row's service, name and target. */
  labels: string[];
}

let loaded: Loaded | null = null;

async function load(id: number, url: string): Promise<WorkerReply> {
  const answer = await fetchJson<{ data: JaegerTrace[] | null }>(url);
  const json = answer.data?.[0];
  if (!json) throw new ApiError(404, 'trace not found');
  const { trace, order } = buildTrace(json.traceID, json.spans.map((span) => toSpanInput(span, json)));
  loaded = { json, order, startUs: trace.startUs, labels: labelsOf(trace) };
  return { id, kind: 'trace', trace };
}

function labelsOf(trace: Trace): string[] {
  return Array.from({ length: trace.count }, (_, span) =>
    [trace.services[trace.service[span]], trace.names[trace.name[span]], trace.targets[trace.target[span]]]
      .join('\n').toLowerCase());
}

function find({ json, order, labels }: Loaded, text: string): Int32Array {
  const wanted = text.trim().toLowerCase();
  const found: number[] = [];
  for (let row = 0; row < order.length && wanted !== ''; row++) {
    const span = json.spans[order[row]];
    if (labels[row].includes(wanted) || span.spanID === wanted || spanMentions(span, json, wanted)) {
      found.push(row);
    }
  }
  return Int32Array.from(found);
}

// Handing the columns over instead of copying them; the worker has no more use for them.
function buffersOf(trace: Trace): ArrayBuffer[] {
  return [...Object.values(trace), ...Object.values(trace.path)]
    .filter((value) => ArrayBuffer.isView(value)).map((view) => (view as Uint8Array<ArrayBuffer>).buffer);
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  if (request.kind === 'load') return load(id, request.url);
  if (!loaded) throw new ApiError(0, 'no trace is loaded');
  if (request.kind === 'find') return { id, kind: 'found', spans: find(loaded, request.text) };
  const span = loaded.json.spans[loaded.order[request.span]];
  return { id, kind: 'detail', detail: toSpanDetail(span, loaded.json, loaded.startUs) };
}

self.onmessage = async (event: MessageEvent<WorkerRequest>) => {
  let reply: WorkerReply;
  try {
    reply = await answer(event.data);
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    reply = { id: event.data.id, kind: 'failed', status, message: (error as Error).message };
  }
  self.postMessage(reply, reply.kind === 'trace' ? { transfer: buffersOf(reply.trace) } : {});
};
