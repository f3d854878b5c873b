// SPDX-License-Identifier: Apache-2.0
//
// What a hostile or broken HTTP client gets: the protocol's own error each time, counted, with
// memory bounded and other clients still served.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { Server, eventually } from "../harness.mjs";
import { bytesField, request, span } from "../otlp.mjs";
import { gzipBomb, zstdBomb } from "../bombs.mjs";

let server;
before(async () => {
  server = await Server.start({ "net.header_time": "1s", "net.body_time": "1s", "net.connections": "2000" });
});
after(async () => assert.equal(await server.stop(), 0));

const kProtobuf = { "content-type": "application/x-protobuf" };
const kJson = { "content-type": "application/json" };

async function post(body, headers = kProtobuf, path = "/v1/traces", method = "POST") {
  const response = await fetch(server.url("otlp_http", path), { method, body, headers });
  return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function assertStillServing() {
  const answer = await post(request([span()]));
  assert.equal(answer.status, 200);
  assert.equal(answer.bytes.length, 0);
}

function rejectedIn(answer) {
  assert.equal(answer.status, 200, answer.bytes.toString());
  return JSON.parse(answer.bytes).partialSuccess;
}

test("an empty protobuf body is a valid, empty request", async () => {
  const answer = await post(Buffer.alloc(0));
  assert.equal(answer.status, 200);
  assert.equal(answer.bytes.length, 0);
});

test("an empty JSON body is not JSON", async () => {
  const answer = await post("", kJson);
  assert.equal(answer.status, 400);
  assert.equal(answer.type, "application/json");
  assert.equal(JSON.parse(answer.bytes).code, 3);
});

test("a body cut at every 97th byte is refused or is a valid shorter request, never a crash", async () => {
  const whole = request(Array.from({ length: 20 }, (_, i) => span({ name: `span ${i}`, attributes: { a: "b", n: 5n, d: 1.5 } })));
  for (let cut = 97; cut < whole.length; cut += 97) {
    const answer = await post(whole.subarray(0, cut));
    assert.equal(answer.status, 400, `cut at ${cut}`);
    assert.match(answer.bytes.toString("latin1"), /byte \d+/);
  }
  const json = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "x".repeat(900) }] }] }] });
  for (let cut = 97; cut < json.length; cut += 97) {
    assert.equal((await post(json.slice(0, cut), kJson)).status, 400, `cut at ${cut}`);
  }
  await assertStillServing();
});

test("a body over the limit is 413", async () => {
  const answer = await post(Buffer.alloc(64 << 20)).catch((error) => error);
  // A client that is still writing may see the connection closed instead of the answer.
  if (!(answer instanceof Error)) assert.equal(answer.status, 413);
  await assertStillServing();
});

test("a lying Content-Length costs no memory", async () => {
  const before = server.residentBytes();
  const sockets = Array.from({ length: 50 }, () => {
    const socket = net.connect(server.ports.otlp_http, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 20000000\r\n\r\nabc");
    return socket;
  });
  await assertStillServing();
  assert.ok(server.residentBytes() - before < 64 << 20, "resident memory grew");
  sockets.forEach((socket) => socket.destroy());
});

for (const [encoding, bomb] of [["gzip", gzipBomb(1 << 30)], ["zstd", zstdBomb(1 << 30)]]) {
  test(`a ${encoding} bomb of 1 GiB is 413 and costs no memory`, async () => {
    const before = server.residentBytes();
    const answer = await post(bomb, { ...kProtobuf, "content-encoding": encoding });
    assert.equal(answer.status, 413);
    assert.ok(server.residentBytes() - before < 64 << 20, "resident memory grew");
    await assertStillServing();
  });
}

test("a body that is not what Content-Encoding says is 400", async () => {
  for (const encoding of ["gzip", "zstd", "deflate", "snappy", "lz4"]) {
    const answer = await post(Buffer.from("no compressed data at all"), { ...kProtobuf, "content-encoding": encoding });
    assert.equal(answer.status, 400, encoding);
  }
  assert.equal((await post("x", { ...kProtobuf, "content-encoding": "zip" })).status, 400);
});

test("a wrong content type is 415, a wrong method 405, an unknown path 404", async () => {
  const media = await post("x", { "content-type": "text/plain" });
  assert.equal(media.status, 415);
  assert.equal(media.bytes.toString(), "415 unsupported media type, supported: [application/json, application/x-protobuf]");
  const method = await post(undefined, {}, "/v1/traces", "GET");
  assert.equal(method.status, 405);
  assert.equal(method.bytes.toString().trim(), "405 method not allowed, supported: [POST]");
  assert.equal((await post("x", kProtobuf, "/v1/metrics")).status, 404);
});

test("spans with bad ids are rejected one by one, with the reason", async () => {
  const bad = [
    span({ traceId: Buffer.alloc(16) }), span({ traceId: Buffer.alloc(15, 1) }), span({ traceId: Buffer.alloc(0) }),
    span({ spanId: Buffer.alloc(8) }), span({ spanId: Buffer.alloc(9, 1) }), span({ parentId: Buffer.alloc(3, 1) }),
  ];
  const answer = await post(request([span(), ...bad, span()]));
  assert.equal(answer.status, 200);
  const text = answer.bytes.toString("latin1");
  assert.match(text, /6 spans rejected: invalid_trace_id 3, invalid_span_id 2, invalid_parent_span_id 1/);
  const json = (spans) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const partial = rejectedIn(await post(json([{ traceId: "00", spanId: "b7ad6b7169203331" }, { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "good" }]), kJson));
  assert.equal(partial.rejectedSpans, "1");
});

test("a span of 10 000 attributes is rejected, its neighbour is kept", async () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key.${i}`, "v"]));
  const answer = await post(request([span({ attributes: many }), span()]));
  assert.match(answer.bytes.toString("latin1"), /too_many_attributes 1/);
});

test("values nested 100 deep are answered, not recursed into", async () => {
  let value = "bottom";
  for (let i = 0; i < 100; ++i) value = [value];
  const answer = await post(request([span({ attributes: { deep: value } })]));
  assert.equal(answer.status, 200);
  let json = { stringValue: "bottom" };
  for (let i = 0; i < 100; ++i) json = { arrayValue: { values: [json] } };
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "0af7651916cd43dd8448eb211c80319d", spanId: "b7ad6b7169203331", attributes: [{ key: "deep", value: json }] }] }] }] };
  assert.ok([200, 400].includes((await post(JSON.stringify(body), kJson)).status));
  const brackets = "[".repeat(1_000_000);
  assert.equal((await post(brackets, kJson)).status, 400);
  await assertStillServing();
});

test("invalid UTF-8 is kept by protobuf and shown as U+FFFD", async () => {
  const traceId = Buffer.from("11112222333344445555666677778888", "hex");
  const name = bytesField(5, Buffer.from([0x61, 0xff, 0x62]));
  assert.equal((await post(request([span({ traceId, extra: name })]))).status, 200);
  const trace = await (await fetch(server.url("query", "/api/traces/11112222333344445555666677778888"))).json();
  assert.equal(trace.data[0].spans[0].operationName, "a\u{fffd}b");
  assert.equal((await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), kJson)).status, 400);
});

test("times before 1970 do not exist, times past 2262 are kept", async () => {
  const traceId = Buffer.from("99990000000000000000000000000001", "hex");
  const answer = await post(request([span({ traceId, start: (1n << 64n) - 2n, end: (1n << 64n) - 1n })]));
  assert.equal(answer.status, 200);
  assert.equal((await fetch(server.url("query", "/api/traces/99990000000000000000000000000001"))).status, 200);
});

/** Sends raw bytes; resolves to all that came back until the server closed. */
function raw(port, chunks) {
  return new Promise((resolve) => {
    let received = "";
    const socket = net.connect(port, "127.0.0.1", () => chunks.forEach((chunk) => socket.write(chunk)));
    socket.on("data", (bytes) => (received += bytes.toString("latin1")));
    socket.on("error", () => resolve(received));
    socket.on("close", () => resolve(received));
  });
}

test("headers that drip in are cut off at the deadline", async () => {
  const socket = net.connect(server.ports.otlp_http, "127.0.0.1");
  let received = "";
  socket.on("error", () => {});
  socket.on("data", (bytes) => (received += bytes));
  socket.write("POST /v1/traces HTTP/1.1\r\nhost: x\r\n");
  const drip = setInterval(() => socket.write("x-a: b\r\n"), 50);
  await new Promise((resolve) => socket.on("close", resolve));
  clearInterval(drip);
  assert.match(received, /^(HTTP\/1.1 408|$)/);
});

test("a body that stalls is cut off at the deadline", async () => {
  const received = await raw(server.ports.otlp_http, ["POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 100\r\n\r\nabc"]);
  assert.match(received, /^(HTTP\/1.1 408|$)/);
});

test("headers over the limit are 431, garbage is 400", async () => {
  assert.match(await raw(server.ports.otlp_http, [`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(200_000)}\r\n\r\n`]), /^HTTP\/1.1 431/);
  assert.match(await raw(server.ports.otlp_http, ["\x16\x03\x01\x02\x00 not http\r\n\r\n"]), /^(HTTP\/1.1 400|$)/);
});

test("500 stalled connections leave other clients served", async () => {
  const sockets = [];
  for (let i = 0; i < 500; ++i) {
    const socket = net.connect(server.ports.otlp_http, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(i % 2 ? "POST /v1/traces HTTP/1.1\r\nhost" : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    sockets.push(socket);
  }
  await Promise.all(sockets.map((socket) => new Promise((resolve) => (socket.connecting ? socket.once("connect", resolve) : resolve()))));
  for (let i = 0; i < 20; ++i) await assertStillServing();
  sockets.forEach((socket) => socket.destroy());
  await eventually("the stalled connections are gone", async () => (await server.metric('cairn_net_connections{listener="otlp_http"}')) < 50);
});

test("every refusal was counted", async () => {
  const text = await (await fetch(server.url("metrics", "/metrics"))).text();
  assert.match(text, /cairn_net_refused_total\{[^}]*\} [1-9]/);
  assert.match(text, /cairn_ingest_spans_rejected_total\{format="otlp_protobuf",transport="http",reason="invalid_trace_id"\} 3/);
  assert.match(text, /cairn_ingest_requests_failed_total\{[^}]*code="INVALID_ARGUMENT"\} [1-9]/);
});

test("gzip of a good request is accepted", async () => {
  assert.equal((await post(gzipSync(request([span()])), { ...kProtobuf, "content-encoding": "gzip" })).status, 200);
});
