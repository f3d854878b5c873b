// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's exporters for Jaeger and Zipkin, which live on in services that were never moved
// to OTLP: what they can say of a span comes back, in their words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { JaegerExporter } from "@opentelemetry/exporter-jaeger";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

import { Server } from "../../harness.mjs";
import { inOrder, sortedTags, storedPicture, tag } from "./picture.mjs";

const kService = "interop-otel-legacy";
const kOther = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

/** Sends one trace through `exporter`; resolves to its spans as the SDK has them. */
async function exportTrace(exporter) {
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": kService, "service.version": "1.2.3", "process.pid": 4242 }),
    spanLimits: { attributeCountLimit: 12, eventCountLimit: 2, linkCountLimit: 1 },
    spanProcessors: [new SimpleSpanProcessor(memory), new BatchSpanProcessor(exporter)],
  });
  makeTrace(provider.getTracer("cairn-interop", "0.9.1"));
  await provider.forceFlush();
  const spans = memory.getFinishedSpans();
  await provider.shutdown();
  assert.equal(spans.length, 7);
  return spans;
}

function makeTrace(tracer) {
  const root = tracer.startSpan("GET /Checkout/{id}", {
    kind: SpanKind.SERVER,
    attributes: { "text": "Grüße, 世界 \u{1F980} \"\\\n", "text.empty": "", "int": 42, "double": 0.1, "bool": false, "list": ["a", "b"] },
    links: [{ context: kOther, attributes: { "link.kind": "batch" } }],
    startTime: [1_760_000_000, 123_456_000],
  });
  root.addEvent("cache miss", { key: "cart:42", retries: 2 }, [1_760_000_000, 124_000_000]);
  root.addEvent("nothing to add", undefined, [1_760_000_000, 125_000_000]);
  root.setStatus({ code: SpanStatusCode.OK });
  const inside = trace.setSpan(context.active(), root);
  for (const kind of [SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER]) {
    tracer.startSpan(`child ${SpanKind[kind]}`, { kind, startTime: [1_760_000_000, 200_000_000] }, inside).end([1_760_000_000, 200_007_000]);
  }
  const failing = tracer.startSpan("charge card", { kind: SpanKind.CLIENT, startTime: [1_760_000_000, 300_000_000] }, inside);
  failing.setStatus({ code: SpanStatusCode.ERROR, message: "card refused" });
  failing.end([1_760_000_000, 301_000_000]);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key.${i}`, i]));
  const crowded = tracer.startSpan("crowded", { attributes: many, links: [{ context: kOther }, { context: kOther }], startTime: [1_760_000_000, 400_000_000] }, inside);
  for (let i = 0; i < 5; ++i) crowded.addEvent(`event ${i}`, {}, [1_760_000_000, 410_000_000 + i * 1_000_000]);
  crowded.end([1_760_000_000, 420_000_000]);
  root.end([1_760_000_001, 1_000]);
}

const micros = ([seconds, nanos]) => seconds * 1_000_000 + Math.floor(nanos / 1000);
const reference = (refType, { traceId, spanId }) => ({ refType, traceID: traceId, spanID: spanId });

/** What both exporters say alike. */
function basePicture(span) {
  const spanContext = span.spanContext();
  return {
    traceID: spanContext.traceId,
    spanID: spanContext.spanId,
    flags: 1,
    operationName: span.name,
    references: span.parentSpanContext ? [reference("CHILD_OF", span.parentSpanContext)] : [],
    startTime: micros(span.startTime),
    duration: micros(span.duration),
    service: kService,
    processTags: [],
  };
}

const droppedTags = (span, make) => ["Attributes", "Events", "Links"]
  .filter((what) => span[`dropped${what}Count`] > 0)
  .map((what) => tag(`otel.dropped_${what.toLowerCase()}_count`, make(span[`dropped${what}Count`])));
const kindTags = ({ kind }) => (kind === SpanKind.INTERNAL ? [] : [tag("span.kind", SpanKind[kind].toLowerCase())]);

function pictureOfJaeger(span) {
  const plain = (value) => (Array.isArray(value) ? String(value) : value);
  const { code, message } = span.status;
  const tags = [
    ...Object.entries({ ...span.attributes, ...span.resource.attributes }).map(([key, value]) => tag(key, plain(value))),
    tag("otel.library.name", "cairn-interop"), tag("otel.library.version", "0.9.1"),
    ...kindTags(span), ...droppedTags(span, (count) => count),
    ...(code ? [tag("otel.status_code", SpanStatusCode[code])] : []),
    ...(message ? [tag("otel.status_description", message)] : []),
    ...(code === SpanStatusCode.ERROR ? [tag("error", true)] : []),
  ];
  const base = basePicture(span);
  return {
    ...base,
    references: [...base.references, ...span.links.map((link) => reference("FOLLOWS_FROM", link.context))],
    tags: sortedTags(tags),
    logs: span.events.map((event) => ({
      timestamp: micros(event.time),
      fields: [tag("event", event.name), ...Object.entries(event.attributes ?? {}).map(([key, value]) => tag(key, plain(value)))],
    })),
  };
}

function pictureOfZipkin(span) {
  const { code, message } = span.status;
  const tags = [
    ...Object.entries({ ...span.attributes, ...span.resource.attributes }).map(([key, value]) => tag(key, String(value))),
    ...kindTags(span), ...droppedTags(span, String),
    ...(code ? [tag("otel.status_code", SpanStatusCode[code])] : []),
    ...(message ? [tag("error", message)] : []),
    // The query API says it in the words that pages look for.
    ...(code === SpanStatusCode.ERROR ? [tag("error", true)] : []),
  ];
  return {
    ...basePicture(span),
    operationName: span.name.toLowerCase(),
    flags: 0, // Zipkin has no word for "sampled": what is sent is
    tags: sortedTags(tags),
    logs: span.events.map((event) => ({ timestamp: micros(event.time), fields: [tag("event", event.name)] })),
  };
}

const kExporters = {
  "Jaeger over UDP": [() => new JaegerExporter({ host: "127.0.0.1", port: server.ports.jaeger_binary }), pictureOfJaeger],
  "Jaeger over HTTP": [() => new JaegerExporter({ endpoint: server.url("jaeger_http", "/api/traces") }), pictureOfJaeger],
  "Zipkin": [() => new ZipkinExporter({ url: server.url("zipkin_http", "/api/v2/spans") }), pictureOfZipkin],
  "Zipkin, a path of its own": [() => new ZipkinExporter({ url: server.url("zipkin_http", "/collect") }), pictureOfZipkin],
};

for (const [name, [exporter, picture]] of Object.entries(kExporters)) {
  test(`${name}: every field comes back`, async () => {
    const spans = await exportTrace(exporter());
    assert.ok(spans.some((span) => span.droppedAttributesCount > 0 && span.droppedEventsCount > 0 && span.droppedLinksCount > 0));
    const found = await storedPicture(server, spans[0].spanContext().traceId, spans.length);
    assert.deepEqual(found, inOrder(spans.map(picture)));
  });
}
