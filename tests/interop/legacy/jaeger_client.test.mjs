// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's own client for Node (jaeger-client), over UDP to the agent's port of the binary protocol
// and over HTTP to the collector: every field comes back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import jaeger from "jaeger-client";
import HTTPSender from "jaeger-client/dist/src/reporters/http_sender.js";
import UDPSender from "jaeger-client/dist/src/reporters/udp_sender.js";

import { Server } from "../../harness.mjs";
import { inOrder, sortedTags, storedPicture, tag } from "./picture.mjs";

const { opentracing } = jaeger;

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

const kSenders = {
  "UDP to 6832": () => new UDPSender.default({ host: "127.0.0.1", port: server.ports.jaeger_binary }),
  "UDP to 6831, which is the compact protocol's": () => new UDPSender.default({ host: "127.0.0.1", port: server.ports.jaeger_compact }),
  "HTTP to 14268": () => new HTTPSender.default({ endpoint: server.url("jaeger_http", "/api/traces") }),
};

const kTags = {
  "text": "plain",
  "text.empty": "",
  "text.unicode": "Grüße, 世界 \u{1F980} \u0001\"\\\n",
  "text.long": "x".repeat(5_000),
  "number": 0.1,
  "number.whole": 42,
  "number.zero": 0,
  "number.negative": -2.5e-300,
  "bool.true": true,
  "bool.false": false,
  "binary": Buffer.from([0, 1, 0xfe, 0xff]),
  "binary.empty": Buffer.alloc(0),
  "object": { a: [1, "two"] },
};
const kStart = 1_760_000_000_123.625; // milliseconds; eighths are exact in microseconds

/** Runs `work(tracer, flush)`; resolves to the spans it reported, once they are on their way. */
async function report(sender, options, work) {
  const remote = new jaeger.RemoteReporter(sender, { logger: { info() {}, error: (text) => assert.fail(text) } });
  const memory = new jaeger.InMemoryReporter();
  const reporter = new jaeger.CompositeReporter([remote, memory]);
  const tracer = new jaeger.Tracer("interop-jaeger-client", reporter, new jaeger.ConstSampler(true), { tags: { "version": "1.2.3", "pid": 4242, "canary": true }, ...options });
  await work(tracer, () => new Promise((resolve) => remote.flush(resolve)));
  const spans = [...memory.spans];
  await new Promise((resolve) => tracer.close(resolve));
  return { spans, tracer };
}

/** One trace with all that the client can say. */
function makeTrace(tracer) {
  const root = tracer.startSpan("GET /checkout/{id}", { startTime: kStart, tags: { ...kTags, "span.kind": "server" } });
  root.log({ event: "cache miss", key: "cart:42", retries: 2, hit: false, raw: Buffer.from("ü") }, kStart + 1.125);
  root.log({ message: "no event" }, kStart + 1.25);
  const child = tracer.startSpan("charge card", { childOf: root, startTime: kStart + 0.5, tags: { "span.kind": "client", "error": true } });
  child.finish(kStart + 0.75);
  const follower = tracer.startSpan("audit", { startTime: kStart + 2, references: [opentracing.followsFrom(root.context())] });
  follower.finish(kStart + 3);
  const elsewhere = jaeger.SpanContext.fromString("0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1");
  const joined = tracer.startSpan("join", { startTime: kStart + 2, references: [opentracing.childOf(root.context()), opentracing.childOf(child.context()), opentracing.followsFrom(elsewhere), opentracing.childOf(elsewhere)] });
  joined.finish(kStart + 2); // takes no time at all
  root.finish(kStart + 1000.375);
}

const hex = (bytes) => bytes.toString("hex");
const traceIdOf = (context) => hex(context.traceId);

/** What the server should know of a client's span. */
function pictureOfClient(span, tracer) {
  const context = span.context();
  const references = span._references.map((reference) => ({
    refType: reference.type() === opentracing.REFERENCE_CHILD_OF ? "CHILD_OF" : "FOLLOWS_FROM",
    traceID: traceIdOf(reference.referencedContext()),
    spanID: hex(reference.referencedContext().spanId),
  }));
  const parent = context.parentId && { refType: "CHILD_OF", traceID: traceIdOf(context), spanID: hex(context.parentId) };
  if (parent && !references.some(({ traceID, spanID }) => traceID === parent.traceID && spanID === parent.spanID)) references.unshift(parent);
  const tags = (list) => list.map(({ key, value }) => tag(key, value));
  return {
    traceID: traceIdOf(context),
    spanID: hex(context.spanId),
    flags: context.flags,
    operationName: span.operationName,
    references,
    startTime: span._startTime * 1000,
    duration: span._duration * 1000,
    tags: sortedTags(tags(span._tags)),
    logs: span._logs.map(({ timestamp, fields }) => ({ timestamp: timestamp * 1000, fields: tags(fields) })),
    service: span.serviceName,
    processTags: sortedTags(tags(tracer._process.tags)),
  };
}

for (const [way, sender] of Object.entries(kSenders)) {
  for (const traceId128bit of [false, true]) {
    test(`${way}, trace ids of ${traceId128bit ? 128 : 64} bits: every field comes back`, async () => {
      const { spans, tracer } = await report(sender(), { traceId128bit }, makeTrace);
      assert.equal(spans.length, 4);
      const traceId = traceIdOf(spans[0].context());
      assert.equal(traceId.length, traceId128bit ? 32 : 16);
      const found = await storedPicture(server, traceId, spans.length);
      assert.deepEqual(found, inOrder(spans.map((span) => pictureOfClient(span, tracer))));
    });
  }

  test(`${way}: the debug flag is kept, and what asked for it`, async () => {
    const { spans } = await report(sender(), {}, (tracer) => {
      const asked = tracer.extract(opentracing.FORMAT_HTTP_HEADERS, { "jaeger-debug-id": "ticket-7" });
      tracer.startSpan("debugged", { childOf: asked }).finish();
      tracer.startSpan("forced", { tags: { "sampling.priority": 1 } }).finish();
    });
    const [[debugged], [forced]] = await Promise.all(spans.map((span) => storedPicture(server, traceIdOf(span.context()), 1)));
    assert.equal(debugged.flags, 3);
    assert.deepEqual(debugged.tags.filter(({ key }) => key === "jaeger-debug-id"), [tag("jaeger-debug-id", "ticket-7")]);
    assert.equal(forced.flags, 3);
  });

  test(`${way}: a server span that shares its client's id is stored beside it`, async () => {
    const { spans } = await report(sender(), { shareRpcSpan: true }, (tracer) => {
      const client = tracer.startSpan("call", { tags: { "span.kind": "client" } });
      tracer.startSpan("serve", { childOf: client, tags: { "span.kind": "server" } }).finish();
      client.finish();
    });
    assert.deepEqual(spans[0].context().spanId, spans[1].context().spanId);
    const found = await storedPicture(server, traceIdOf(spans[0].context()), 2);
    assert.deepEqual(found.map(({ operationName }) => operationName), ["call", "serve"]);
  });

  test(`${way}: a thousand spans arrive`, async () => {
    let traceId;
    await report(sender(), {}, async (tracer, flush) => {
      const root = tracer.startSpan("burst");
      traceId = traceIdOf(root.context());
      root.finish();
      for (let i = 1; i < 1_000; ++i) {
        tracer.startSpan(`step ${i % 10}`, { childOf: root, tags: { i } }).finish();
        if (i % 50 === 0) await flush(); // the client loses spans that are finished while it sends
      }
    });
    assert.equal((await storedPicture(server, traceId, 1_000)).length, 1_000);
  });
}

test("a collector that refuses is reported by the client", async () => {
  const sender = new HTTPSender.default({ endpoint: server.url("jaeger_http", "/api/other") });
  const errors = [];
  const reporter = new jaeger.RemoteReporter(sender, { logger: { info() {}, error: (text) => errors.push(text) } });
  const tracer = new jaeger.Tracer("interop-jaeger-client", reporter, new jaeger.ConstSampler(true));
  tracer.startSpan("lost").finish();
  await new Promise((resolve) => tracer.close(resolve));
  assert.match(errors[0], /404/);
});
