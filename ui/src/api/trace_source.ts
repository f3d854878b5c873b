// SPDX-License-Identifier: Apache-2.0

import type { SpanDetail, Trace } from '../model/trace';
import { ApiError, apiUrl } from './client';
import type { WorkerReply, WorkerRequest } from './trace_protocol';

type Ask = WorkerRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/** Where a person can read or save the trace's JSON. */
export function traceJsonUrl(traceId: string): string {
  return apiUrl(`api/traces/${traceId}?prettyPrint=true`);
}

/** One trace on the server. Owns a worker: close() it. */
export class TraceSource {
  private readonly worker = new Worker(new URL('./trace_worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, { resolve: (r: WorkerReply) => void; reject: (e: Error) => void }>();
  private lastId = 0;

  constructor(private readonly traceId: string) {
    this.worker.onmessage = (event: MessageEvent<WorkerReply>) => this.receive(event.data);
    this.worker.onerror = () => this.failAll();
  }

  /** Fetches the trace. Errors: ApiError, 404 when the server has no such trace. */
  async load(): Promise<Trace> {
    const reply = await this.ask({ kind: 'load', url: apiUrl(`api/traces/${this.traceId}`) });
    return (reply as Extract<WorkerReply, { kind: 'trace' }>).trace;
  }

  /** Attributes, events and the rest of one span of the loaded trace. */
  async detail(span: number): Promise<SpanDetail> {
    const reply = await this.ask({ kind: 'detail', span });
    return (reply as Extract<WorkerReply, { kind: 'detail' }>).detail;
  }

  /** Spans whose service, name, attributes, events or id contain the text, ascending. */
  async find(text: string): Promise<Int32Array> {
    const reply = await this.ask({ kind: 'find', text });
    return (reply as Extract<WorkerReply, { kind: 'found' }>).spans;
  }

  /** Ends the worker; questions still open are never answered. */
  close(): void {
    this.waiting.clear();
    this.worker.terminate();
  }

  private ask(question: Ask): Promise<WorkerReply> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...question, id });
    });
  }

  private receive(reply: WorkerReply): void {
    const waiter = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === 'failed') waiter?.reject(new ApiError(reply.status, reply.message));
    else waiter?.resolve(reply);
  }

  private failAll(): void {
    for (const { reject } of this.waiting.values()) reject(new ApiError(0, 'The page could not start its worker.'));
    this.waiting.clear();
  }
}
