// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's own client for Node (zipkin, zipkin-transport-http) in both versions of its JSON: every
// field comes back.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import zipkin from "zipkin";
import zipkinHttp from "zipkin-transport-http";

import { Server } from "../../harness.mjs";
import { inOrder, sortedTags, storedAttributes, storedPicture, tag } from "./picture.mjs";

const { Annotation, BatchRecorder, ExplicitContext, InetAddress, TraceId, Tracer, jsonEncoder, option } = zipkin;
const { HttpLogger } = zipkinHttp;

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

const kEncodings = {
  "version 2": ["/api/v2/spans", jsonEncoder.JSON_V2],
  "version 1": ["/api/v1/spans", jsonEncoder.JSON_V1],
};

/** Runs `work(tracer)`; resolves to what the client sent, as its objects. */
async function send([path, encoder], options, work) {
  const logger = new HttpLogger({ endpoint: server.url("zipkin_http", path), jsonEncoder: encoder, httpInterval: 3_600_000 });
  const spans = [];
  const recorder = new BatchRecorder({ logger: { logSpan: (span) => (spans.push(span), logger.logSpan(span)) } });
  const tracer = new Tracer({ ctxImpl: new ExplicitContext(), recorder, localServiceName: "interop-zipkin", ...options });
  work(tracer);
  const answered = once(logger, "success"); // rejects on "error"
  logger.processQueue(logger.fetchImplementation);
  const [answer] = await answered;
  assert.equal(answer.status, 202);
  return spans;
}

const kStart = 1_760_000_000_123_457; // microseconds

/** One span: `begin`, `end` and what is recorded between them, `[microseconds, annotation]`. */
function record(tracer, id, name, entries) {
  tracer.letId(id, () => {
    tracer.recordAnnotation(new Annotation.ServiceName("interop-zipkin"), kStart);
    tracer.recordAnnotation(new Annotation.LocalAddr({ host: new InetAddress("192.0.2.1"), port: 8080 }), kStart);
    tracer.recordAnnotation(new Annotation.Rpc(name), kStart);
    for (const [offset, annotation] of entries) tracer.recordAnnotation(annotation, kStart + offset);
  });
}

const kTags = { "http.path": "/checkout/42", "text.unicode": "Grüße, 世界 \u{1F980} \u0001\"\\\n", "text.empty": "", "text.long": "x".repeat(5_000), "number": 42 };
const peer = (serviceName) => ({ serviceName, host: new InetAddress("198.51.100.7"), port: 9090 });
const tagEntries = Object.entries(kTags).map(([key, value]) => [1, new Annotation.BinaryAnnotation(key, value)]);

/** One trace with a span of every kind. */
function makeTrace(tracer) {
  const root = tracer.createRootId();
  record(tracer, root, "GET /Checkout", [
    [0, new Annotation.ServerRecv()], ...tagEntries, [1, new Annotation.ClientAddr(peer("caller"))],
    [20, new Annotation.Message("cache miss")], [25, new Annotation.Message("Grüße")], [1_000_321, new Annotation.ServerSend()],
  ]);
  record(tracer, tracer.createChildId(root), "charge", [
    [30, new Annotation.ClientSend()], [31, new Annotation.ServerAddr(peer("cards"))],
    [32, new Annotation.BinaryAnnotation("error", "card refused")], [40, new Annotation.ClientRecv()],
  ]);
  record(tracer, tracer.createChildId(root), "publish", [
    [50, new Annotation.ProducerStart()], [51, new Annotation.MessageAddr(peer("broker"))], [60, new Annotation.ProducerStop()],
  ]);
  record(tracer, tracer.createChildId(root), "consume", [
    [70, new Annotation.ConsumerStart()], [71, new Annotation.MessageAddr(peer("broker"))], [80, new Annotation.ConsumerStop()],
  ]);
  record(tracer, tracer.createChildId(root), "reckon", [[90, new Annotation.LocalOperationStart("reckon")], ...tagEntries, [91, new Annotation.LocalOperationStop()]]);
}

const absent = (value) => value === undefined || value === "";
const addressTags = (endpoint, service, address, port) => [
  ...(service && !absent(endpoint?.serviceName) ? [tag(service, endpoint.serviceName)] : []),
  ...(endpoint?.ipv4 ? [tag(address, endpoint.ipv4)] : []),
  ...(endpoint?.port ? [tag(port, BigInt(endpoint.port))] : []),
];

/** What the server should know of a client's span. */
function pictureOfClient(span) {
  const tags = [
    ...Object.entries(span.tags).map(([key, value]) => tag(key, value)),
    ...(span.kind ? [tag("span.kind", span.kind.toLowerCase())] : []),
    ...addressTags(span.localEndpoint, undefined, "network.local.address", "network.local.port"),
    ...addressTags(span.remoteEndpoint, "peer.service", "network.peer.address", "network.peer.port"),
    // To Jaeger's page an error is the tag with this value.
    ...(span.tags.error ? [tag("otel.status_code", "ERROR"), tag("error", true)] : []),
  ];
  return {
    traceID: span.traceId,
    spanID: span.id,
    flags: span.debug ? 1 : 0,
    operationName: span.name,
    references: span.parentId ? [{ refType: "CHILD_OF", traceID: span.traceId, spanID: span.parentId }] : [],
    startTime: span.timestamp,
    duration: span.duration,
    tags: sortedTags(tags),
    logs: span.annotations.map(({ timestamp, value }) => ({ timestamp, fields: [tag("event", value)] })),
    service: span.localEndpoint.serviceName,
    processTags: [],
  };
}

for (const [version, encoding] of Object.entries(kEncodings)) {
  for (const traceId128Bit of [false, true]) {
    test(`${version}, trace ids of ${traceId128Bit ? 128 : 64} bits: every field comes back`, async () => {
      const spans = await send(encoding, { traceId128Bit }, makeTrace);
      assert.equal(spans.length, 5);
      assert.equal(spans[0].traceId.length, traceId128Bit ? 32 : 16);
      const found = await storedPicture(server, spans[0].traceId, spans.length);
      assert.deepEqual(found, inOrder(spans.map(pictureOfClient)));
    });
  }

  test(`${version}: the debug flag is kept`, async () => {
    const [span] = await send(encoding, {}, (tracer) => {
      record(tracer, tracer.createRootId(option.None, true), "debugged", [[0, new Annotation.ClientSend()], [5, new Annotation.ClientRecv()]]);
    });
    assert.ok(span.debug);
    assert.deepEqual(await storedPicture(server, span.traceId, 1), [pictureOfClient(span)]);
    const [{ attributes }] = await storedAttributes(server, span.traceId);
    assert.equal(attributes["cairn.wire.zipkin.debug"], true);
  });

  test(`${version}: both halves of a shared span are stored, the server's marked`, async () => {
    const ids = { traceId: "00000000000000ab", spanId: version === "version 1" ? "00000000000000c1" : "00000000000000c2", parentId: new option.Some("00000000000000ab"), sampled: new option.Some(true) };
    const traceId = version === "version 1" ? "463ac35c9f6413ad48485a3953bb6121" : "463ac35c9f6413ad48485a3953bb6122";
    const client = await send(encoding, {}, (tracer) => {
      record(tracer, new TraceId({ ...ids, traceId }), "call", [[0, new Annotation.ClientSend()], [100, new Annotation.ClientRecv()]]);
    });
    const servers = await send(encoding, { localServiceName: "other" }, (tracer) => {
      record(tracer, tracer.join(new TraceId({ ...ids, traceId })), "call", [[20, new Annotation.ServerRecv()], [70, new Annotation.ServerSend()]]);
    });
    assert.ok(servers[0].shared && !client[0].shared);
    assert.deepEqual(await storedPicture(server, traceId, 2), inOrder([...client, ...servers].map(pictureOfClient)));
    const stored = await storedAttributes(server, traceId);
    assert.deepEqual(stored.map(({ attributes }) => attributes["cairn.wire.zipkin.shared"] ?? false).sort(), [false, true]);
  });

  test(`${version}: a span that was never finished keeps what is known of it`, async () => {
    const [span] = await send(encoding, {}, (tracer) => {
      record(tracer, tracer.createRootId(), "lost", [[0, new Annotation.ClientSend()]]);
      tracer.recorder.flush();
    });
    assert.equal(span.duration, undefined);
    assert.deepEqual(await storedPicture(server, span.traceId, 1), [{ ...pictureOfClient(span), duration: 0 }]);
  });
}

test("a thousand spans in one message arrive", async () => {
  const spans = await send(kEncodings["version 2"], {}, (tracer) => {
    const root = tracer.createRootId();
    for (let i = 0; i < 1_000; ++i) record(tracer, tracer.createChildId(root), `step ${i % 10}`, [[i, new Annotation.ClientSend()], [i + 1, new Annotation.ClientRecv()]]);
  });
  assert.equal((await storedPicture(server, spans[0].traceId, 1_000)).length, 1_000);
});

for (const [what, path, encoder, headers] of [
  ["version 1 on version 2's path", "/api/v2/spans", jsonEncoder.JSON_V1],
  ["version 2 on version 1's path", "/api/v1/spans", jsonEncoder.JSON_V2],
  ["JSON that says it is protobuf", "/api/v2/spans", jsonEncoder.JSON_V2, { "Content-Type": "application/x-protobuf" }],
]) {
  test(`${what} is refused, and the client told`, async () => {
    const logger = new HttpLogger({ endpoint: server.url("zipkin_http", path), jsonEncoder: encoder, headers, httpInterval: 3_600_000 });
    const tracer = new Tracer({ ctxImpl: new ExplicitContext(), recorder: new BatchRecorder({ logger }), localServiceName: "interop-zipkin" });
    record(tracer, tracer.createRootId(), "wrong", [[0, new Annotation.ClientSend()], [1, new Annotation.BinaryAnnotation("a", "b")], [5, new Annotation.ClientRecv()]]);
    const refused = new Promise((resolve) => logger.on("error", resolve));
    logger.processQueue(logger.fetchImplementation);
    assert.match((await refused).message, /status:400/);
  });
}
