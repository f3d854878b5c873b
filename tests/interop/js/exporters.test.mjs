// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's JavaScript SDK and its three OTLP exporters, with and without gzip: everything a
// span can carry comes back as the SDK exported it, to the nanosecond.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

import { Server } from "../../harness.mjs";
import { pictureOfOtlp, pictureOfSdk } from "./otlp_view.mjs";
import { kLimits, kResource, kService, makeTrace } from "./spans.mjs";

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

const kExporters = {
  "gRPC": (compression) => new GrpcExporter({ url: server.url("otlp_grpc", ""), compression }),
  "HTTP with protobuf": (compression) => new ProtobufExporter({ url: server.url("otlp_http", "/v1/traces"), compression }),
  "HTTP with JSON": (compression) => new JsonExporter({ url: server.url("otlp_http", "/v1/traces"), compression }),
};
const kVariants = Object.entries(kExporters).flatMap(([name, make]) =>
  [CompressionAlgorithm.NONE, CompressionAlgorithm.GZIP].map((compression) => ({ title: `${name}, ${compression}`, make: () => make(compression) })));

/** Runs `work(tracer)` with a provider that exports through `exporter`; resolves to what it exported. */
async function exportSpans(exporter, work) {
  const outcomes = [];
  const watched = watch(exporter, outcomes);
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes(kResource),
    spanLimits: kLimits,
    spanProcessors: [new SimpleSpanProcessor(memory), new BatchSpanProcessor(watched)],
  });
  work(provider.getTracer("cairn-interop", "0.9.1", { schemaUrl: "https://opentelemetry.io/schemas/1.27.0" }));
  await provider.forceFlush();
  const spans = memory.getFinishedSpans();
  await provider.shutdown();
  assert.ok(outcomes.length > 0);
  for (const outcome of outcomes) assert.equal(outcome.code, 0, outcome.error?.message);
  return spans;
}

/** The exporter, noting the outcome of each export. */
function watch(exporter, outcomes) {
  return {
    export: (spans, done) => exporter.export(spans, (outcome) => {
      outcomes.push(outcome);
      done(outcome);
    }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

async function fetchJson(path) {
  const answer = await fetch(server.url("query", path));
  assert.equal(answer.status, 200, path);
  return answer.json();
}

for (const { title, make } of kVariants) {
  test(`${title}: every field comes back`, async () => {
    let traceId;
    const spans = await exportSpans(make(), (tracer) => (traceId = makeTrace(tracer)));
    assert.equal(spans.length, 7);
    const sent = pictureOfSdk(spans);
    assert.ok(sent.some(({ span }) => span.droppedAttributesCount > 0 && span.droppedEventsCount > 0 && span.droppedLinksCount > 0));
    const found = pictureOfOtlp(await fetchJson(`/api/cairn/v1/traces/${traceId}`));
    assert.deepEqual(found, sent);
  });

  test(`${title}: Jaeger's view agrees`, async () => {
    let traceId;
    const spans = await exportSpans(make(), (tracer) => (traceId = makeTrace(tracer)));
    const [found] = (await fetchJson(`/api/traces/${traceId}`)).data;
    assert.equal(found.traceID, traceId);
    assert.equal(found.spans.length, spans.length);
    for (const span of spans) checkJaegerSpan(found, span);
  });

  test(`${title}: batches of the usual size arrive whole`, async () => {
    const kSpans = 1_000;
    const traceIds = new Set();
    await exportSpans(make(), (tracer) => {
      for (let i = 0; i < kSpans; ++i) {
        const span = tracer.startSpan(`burst ${i % 10}`, { attributes: { i } });
        traceIds.add(span.spanContext().traceId);
        span.end();
      }
    });
    assert.equal(traceIds.size, kSpans);
    for (const traceId of traceIds) await fetchJson(`/api/traces/${traceId}`);
  });
}

/** One span of Jaeger's answer against the SDK's: ids, microseconds, tags, logs, references, process. */
function checkJaegerSpan(trace, span) {
  const context = span.spanContext();
  const found = trace.spans.find(({ spanID }) => spanID === context.spanId);
  assert.ok(found, `${span.name} is there`);
  assert.equal(found.operationName, span.name);
  const micros = ([seconds, rest]) => seconds * 1_000_000 + Math.floor(rest / 1000);
  assert.equal(found.startTime, micros(span.startTime));
  const tag = (key) => found.tags.find((candidate) => candidate.key === key);
  for (const [key, value] of Object.entries(span.attributes)) {
    assert.ok(tag(key), `${span.name} has ${key}`);
    if (typeof value === "string") assert.deepEqual(tag(key), { key, type: "string", value });
    if (typeof value === "boolean") assert.deepEqual(tag(key), { key, type: "bool", value });
    if (typeof value === "number") assert.equal(Number(tag(key).value), value);
  }
  if (span.status.code === 2) assert.equal(tag("error")?.value, true);
  assert.equal(found.logs.length, span.events.length);
  for (const [i, event] of span.events.entries()) assert.equal(found.logs[i].timestamp, micros(event.time));
  const process = trace.processes[found.processID];
  assert.equal(process.serviceName, kService);
  assert.ok(process.tags.some(({ key, value }) => key === "service.version" && value === "1.2.3"));
  const parent = span.parentSpanContext;
  if (parent) {
    assert.ok(found.references.some((reference) => reference.refType === "CHILD_OF" && reference.spanID === parent.spanId));
  }
  for (const link of span.links) {
    assert.ok(found.references.some((reference) => reference.spanID === link.context.spanId), `${span.name} has its link`);
  }
}
