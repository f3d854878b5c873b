// SPDX-License-Identifier: Apache-2.0
//
// What a hostile or broken gRPC client gets: a status each time, memory bounded, others served.
import assert from "node:assert/strict";
import http2 from "node:http2";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { gzipBomb, zstdBomb } from "../bombs.mjs";
import { call, callOnce, connect, frame } from "../grpc.mjs";
import { Server, eventually } from "../harness.mjs";
import { request, span } from "../otlp.mjs";

const kOk = 0, kInvalidArgument = 3, kDeadlineExceeded = 4, kResourceExhausted = 8, kUnimplemented = 12, kInternal = 13;

let server;
before(async () => {
  server = await Server.start({ "net.header_time": "2s", "net.body_time": "2s" });
});
after(async () => assert.equal(await server.stop(), 0));

const port = () => server.ports.otlp_grpc;

async function assertStillServing() {
  assert.equal((await callOnce(port(), frame(request([span()])))).grpcStatus, kOk);
}

test("an empty request is a success", async () => {
  const answer = await callOnce(port(), frame(Buffer.alloc(0)));
  assert.equal(answer.grpcStatus, kOk);
  assert.deepEqual(answer.body, frame(Buffer.alloc(0)));
});

test("a call without a message is refused", async () => {
  const answer = await callOnce(port(), Buffer.alloc(0));
  assert.ok([kInvalidArgument, kInternal, kUnimplemented].includes(answer.grpcStatus), JSON.stringify(answer));
});

test("a message cut at every 97th byte is INVALID_ARGUMENT with the place", async () => {
  const whole = request(Array.from({ length: 20 }, (_, i) => span({ name: `span ${i}`, attributes: { a: "b" } })));
  const session = await connect(port());
  for (let cut = 97; cut < whole.length; cut += 97) {
    const answer = await call(session, frame(whole.subarray(0, cut)));
    assert.equal(answer.grpcStatus, kInvalidArgument, `cut at ${cut}`);
    assert.match(answer.message, /byte \d+/);
  }
  session.close();
  await assertStillServing();
});

test("a frame that ends before its length is refused", async () => {
  const answer = await callOnce(port(), frame(Buffer.from("abc"), { length: 100 }));
  assert.ok([kInvalidArgument, kInternal].includes(answer.grpcStatus), JSON.stringify(answer));
});

test("a frame that claims 4 GB costs no memory", async () => {
  const before = server.residentBytes();
  const answer = await callOnce(port(), frame(Buffer.from("abc"), { length: 0xffffffff }));
  assert.equal(answer.grpcStatus, kResourceExhausted);
  assert.ok(server.residentBytes() - before < 32 << 20);
});

test("a 64 MB message is RESOURCE_EXHAUSTED", async () => {
  const answer = await callOnce(port(), frame(Buffer.alloc(64 << 20)));
  assert.ok(answer.grpcStatus === kResourceExhausted || answer.reset, JSON.stringify(answer));
  await assertStillServing();
});

for (const [encoding, bomb] of [["gzip", gzipBomb(1 << 30)], ["zstd", zstdBomb(1 << 30)]]) {
  test(`a ${encoding} bomb of 1 GiB is RESOURCE_EXHAUSTED and costs no memory`, async () => {
    const before = server.residentBytes();
    const answer = await callOnce(port(), frame(bomb, { compressed: true }), { headers: { "grpc-encoding": encoding } });
    assert.equal(answer.grpcStatus, kResourceExhausted);
    assert.ok(server.residentBytes() - before < 64 << 20, "resident memory grew");
    await assertStillServing();
  });
}

test("an unknown message encoding is UNIMPLEMENTED and names those that are accepted", async () => {
  const answer = await callOnce(port(), frame(Buffer.from("x"), { compressed: true }), { headers: { "grpc-encoding": "zip" } });
  assert.equal(answer.grpcStatus, kUnimplemented);
  assert.match(String(answer.headers["grpc-accept-encoding"]), /gzip/);
});

test("an unknown method is UNIMPLEMENTED", async () => {
  assert.equal((await callOnce(port(), frame(Buffer.alloc(0)), { path: "/no.such.Service/Call" })).grpcStatus, kUnimplemented);
});

test("gzip is accepted", async () => {
  const message = gzipSync(request([span()]));
  assert.equal((await callOnce(port(), frame(message, { compressed: true }), { headers: { "grpc-encoding": "gzip" } })).grpcStatus, kOk);
});

test("a deadline of a nanosecond is DEADLINE_EXCEEDED or met", async () => {
  const answer = await callOnce(port(), frame(request([span()])), { headers: { "grpc-timeout": "1n" } });
  assert.ok([kOk, kDeadlineExceeded].includes(answer.grpcStatus) || answer.reset, JSON.stringify(answer));
  await assertStillServing();
});

test("a rapid reset closes the connection that does it", async () => {
  const session = await connect(port());
  const goaway = new Promise((resolve) => {
    session.on("goaway", resolve);
    session.on("close", resolve);
  });
  let open = true;
  goaway.then(() => (open = false));
  for (let i = 0; open && i < 10_000; ++i) {
    if (session.destroyed || session.closed) break;
    const stream = session.request({ ":method": "POST", ":path": "/x", "content-type": "application/grpc" });
    stream.on("error", () => {});
    stream.close(http2.constants.NGHTTP2_CANCEL);
    if (i % 50 === 0) await new Promise(setImmediate);
  }
  await goaway;
  session.destroy();
  await assertStillServing();
  await eventually("it was counted", async () => (await (await fetch(server.url("metrics", "/metrics"))).text()).match(/cairn_net_refused_total\{[^}]*reason="resets"\} [1-9]/));
});

test("a flood of pings closes the connection that sends it", async () => {
  const session = await connect(port());
  const closed = new Promise((resolve) => session.on("close", resolve));
  for (let i = 0; i < 1000 && !session.destroyed; ++i) {
    session.ping(() => {});
    if (i % 5 === 0) await new Promise(setImmediate);
  }
  await closed;
  await assertStillServing();
});

test("headers over the limit are refused", async () => {
  const session = await connect(port());
  const answer = await call(session, frame(Buffer.alloc(0)), { headers: { "x-big": "y".repeat(60_000), "x-big2": "y".repeat(60_000) } });
  assert.ok(answer.reset || answer.httpStatus === 431 || answer.grpcStatus === kResourceExhausted, JSON.stringify(answer).slice(0, 300));
  session.destroy();
  await assertStillServing();
});
