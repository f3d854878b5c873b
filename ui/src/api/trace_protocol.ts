// SPDX-License-Identifier: Apache-2.0
//
// What the page and the trace worker say to each other. A request is answered by its `id`.

import type { SpanDetail, Trace } from '../model/trace';

export type WorkerRequest =
  | { id: number; kind: 'load'; url: string }
  | { id: number; kind: 'detail'; span: number }
  | { id: number; kind: 'find'; text: string };

export type WorkerReply =
  | { id: number; kind: 'trace'; trace: Trace }
  | { id: number; kind: 'detail'; detail: SpanDetail }
  | { id: number; kind: 'found'; spans: Int32Array }
  | { id: number; kind: 'failed'; status: number; message: string };
