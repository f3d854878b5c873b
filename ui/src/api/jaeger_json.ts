// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's trace JSON, and its translation into the model. The wire's words end here.

import type { Attribute, SpanDetail, SpanInput } from '../model/trace';

export interface JaegerTag {
  key: string;
  type: string;
  value: unknown;
}

export interface JaegerSpan {
  spanID: string;
  operationName: string;
  references?: { refType: string; traceID: string; spanID: string }[] | null;
  startTime: number;
  duration: number;
  tags?: JaegerTag[] | null;
  logs?: { timestamp: number; fields?: JaegerTag[] | null }[] | null;
  processID: string;
  warnings?: string[] | null;
}

export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, { serviceName: string; tags?: JaegerTag[] | null }>;
}

const kKinds: Record<string, number> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

/** The tree builder's view of a span. Only what the columns need is read. */
export function toSpanInput(span: JaegerSpan, trace: JaegerTrace): SpanInput {
  const parent = parentReference(span, trace.traceID);
  const tags = span.tags ?? [];
  const kind = kKinds[String(tagValue(tags, 'span.kind'))] ?? 0;
  return {
    spanId: span.spanID,
    parentSpanId: parent?.spanID ?? '',
    follows: parent?.refType === 'FOLLOWS_FROM',
    name: span.operationName,
    service: trace.processes[span.processID]?.serviceName ?? 'unknown',
    target: kind === kKinds.client || kind === kKinds.producer ? targetOf(tags) : '',
    kind,
    error: isError(tags),
    warning: (span.warnings?.length ?? 0) > 0,
    startUs: span.startTime,
    durationUs: span.duration,
  };
}

/** Everything that the side panel shows of a span. */
export function toSpanDetail(span: JaegerSpan, trace: JaegerTrace, traceStartUs: number): SpanDetail {
  const parent = parentReference(span, trace.traceID);
  const tags = span.tags ?? [];
  const scope = [tagValue(tags, 'otel.scope.name'), tagValue(tags, 'otel.scope.version')];
  return {
    spanId: span.spanID,
    parentSpanId: parent?.spanID ?? '',
    attributes: tags.filter((tag) => !tag.key.startsWith('otel.') && !repeatsError(tag, tags)).map(toAttribute),
    resource: (trace.processes[span.processID]?.tags ?? []).map(toAttribute),
    scope: scope.filter((part) => part !== undefined && part !== '').join(' '),
    statusMessage: String(tagValue(tags, 'otel.status_description') ?? ''),
    events: (span.logs ?? []).map((log) => {
      const fields = log.fields ?? [];
      const name = fields.find((field) => field.key === 'event');
      return {
        atUs: log.timestamp - traceStartUs,
        name: name ? String(name.value) : 'event',
        attributes: fields.filter((field) => field !== name).map(toAttribute),
      };
    }),
    links: (span.references ?? [])
      .filter((reference) => reference !== parent)
      .map((reference) => ({ traceId: reference.traceID, spanId: reference.spanID })),
    warnings: span.warnings ?? [],
  };
}

/** True when the text occurs in anything the span says: attributes, resource, events. `wanted` is lower case. */
export function spanMentions(span: JaegerSpan, trace: JaegerTrace, wanted: string): boolean {
  return (
    anyTag(span.tags, wanted) ||
    anyTag(trace.processes[span.processID]?.tags, wanted) ||
    (span.logs ?? []).some((log) => anyTag(log.fields, wanted))
  );
}

function anyTag(tags: JaegerTag[] | null | undefined, wanted: string): boolean {
  for (const tag of tags ?? []) {
    const key = tag.key.toLowerCase();
    const value = text(tag.value).toLowerCase();
    if (key.includes(wanted) || value.includes(wanted)) return true;
    if (wanted.includes('=') && `${key}=${value}`.includes(wanted)) return true;
  }
  return false;
}

// The parent is the first CHILD_OF of the same trace, else the first reference of the same trace.
function parentReference(span: JaegerSpan, traceId: string) {
  const own = (span.references ?? []).filter((reference) => reference.traceID === traceId);
  return own.find((reference) => reference.refType === 'CHILD_OF') ?? own[0];
}

function tagValue(tags: JaegerTag[], key: string): unknown {
  for (const tag of tags) if (tag.key === key) return tag.value;
  return undefined;
}

// Of several tags `error` (Zipkin's says what went wrong, Jaeger's that something did) one that is true decides, then
// one that is false.
function isError(tags: JaegerTag[]): boolean {
  const said = tags.filter((tag) => tag.key === 'error').map((tag) => String(tag.value));
  if (said.includes('true')) return true;
  if (said.includes('false')) return false;
  return tagValue(tags, 'otel.status_code') === 'ERROR';
}

// A bare `error=true` beside a tag `error` that says more.
function repeatsError(tag: JaegerTag, tags: JaegerTag[]): boolean {
  return tag.key === 'error' && tag.value === true && tags.some((other) => other !== tag && other.key === 'error');
}

const kTargetKeys = ['db.system.name', 'db.system', 'messaging.system', 'peer.service', 'rpc.service'];

function targetOf(tags: JaegerTag[]): string {
  for (const key of kTargetKeys) {
    const value = tagValue(tags, key);
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

function toAttribute(tag: JaegerTag): Attribute {
  return { key: tag.key, value: text(tag.value), type: tag.type };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}
