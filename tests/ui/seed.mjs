// SPDX-License-Identifier: Apache-2.0
//
// Sends the fixture traces to a real server as OTLP JSON, so that pages.mjs can run against it.
//
//   node seed.mjs <OTLP HTTP url, like http://127.0.0.1:4318>

import { fixtureTraces } from './fixtures.mjs';

const kMostSpansARequest = 2000;
const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const reserved = new Set(['span.kind', 'error', 'otel.status_code', 'otel.status_description']);

function value(tag) {
  if (tag.type === 'int64') return { intValue: String(tag.value) };
  if (tag.type === 'bool') return { boolValue: tag.value };
  return { stringValue: String(tag.value) };
}
const attribute = (tag) => ({ key: tag.key, value: value(tag) });

function otlpSpan(span) {
  const tag = (key) => span.tags.find((one) => one.key === key)?.value;
  const failed = tag('error') === true;
  return {
    traceId: span.traceID.padStart(32, '0'), spanId: span.spanID, parentSpanId: span.references[0]?.spanID ?? '',
    name: span.operationName, kind: kinds[tag('span.kind')] ?? 0,
    startTimeUnixNano: `${span.startTime}000`, endTimeUnixNano: `${span.startTime + span.duration}000`,
    attributes: span.tags.filter((one) => !reserved.has(one.key)).map(attribute),
    events: span.logs.map((log) => ({
      timeUnixNano: `${log.timestamp}000`, name: String(log.fields[0].value), attributes: log.fields.slice(1).map(attribute),
    })),
    status: failed ? { code: 2, message: tag('otel.status_description') } : {},
  };
}

function requests(trace) {
  const list = [];
  for (let from = 0; from < trace.spans.length; from += kMostSpansARequest) {
    const byProcess = new Map();
    for (const span of trace.spans.slice(from, from + kMostSpansARequest)) {
      if (!byProcess.has(span.processID)) byProcess.set(span.processID, []);
      byProcess.get(span.processID).push(span);
    }
    list.push({ resourceSpans: [...byProcess].map(([id, spans]) => {
      const process = trace.processes[id];
      const service = { key: 'service.name', value: { stringValue: process.serviceName } };
      return { resource: { attributes: [service, ...process.tags.map(attribute)] }, scopeSpans: [{ scope: { name: 'fixtures' }, spans: spans.map(otlpSpan) }] };
    }) });
  }
  return list;
}

const url = process.argv[2];
if (!url) throw new Error('usage: seed.mjs <OTLP HTTP url>');
let count = 0;
for (const make of fixtureTraces(Date.now() * 1000).values()) {
  const trace = make();
  for (const body of requests(trace)) {
    const response = await fetch(new URL('/v1/traces', url), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const { partialSuccess } = await response.json();
    if (partialSuccess?.rejectedSpans > 0) throw new Error(JSON.stringify(partialSuccess));
  }
  count += trace.spans.length;
}
console.log(`${count} spans sent`);
