// SPDX-License-Identifier: Apache-2.0
//
// A receiver that is away, slow or rude: the service does not notice, and nothing is lost unsaid.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { eventually } from "../harness.mjs";
import { run, start } from "./shop.mjs";

const folder = mkdtempSync(join(tmpdir(), "cairn-sdk-life-"));
after(() => rmSync(folder, { recursive: true }));

/** tcpmux: nobody listens there, and no test running beside this one is given it. */
const deadEndpoint = "127.0.0.1:1";

/** An HTTP server that answers with handle(request, response, body). */
async function listen(handle) {
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => handle(request, response, Buffer.concat(parts)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: server.address().port, close: () => (server.closeAllConnections(), server.close()) };
}

test("SIGTERM with a dead endpoint: over in less than three seconds", async () => {
  const shop = start(folder, { Endpoint: deadEndpoint }, ["forever"], { FLUSH_MS: "100" });
  await eventually("shop to be ready", () => shop.output.stdout.includes("ready"));
  const begin = Date.now();
  shop.child.kill("SIGTERM");
  const result = await shop.result();
  assert.ok(Date.now() - begin < 3000 + 3000, "with a machine's hiccups");
  assert.ok(result.stop_seconds < 3.5, `stop took ${result.stop_seconds} s`);
  assert.equal(result.code, 0);
  assert.equal(result.flush, "failed");
  assert.notEqual(result.stop, "ok");
  assert.equal(result.started, result.sent + result.dropped + result.buffered + result.open);
});

test("a receiver that never answers: stop() is back in time", async () => {
  const held = new Set();
  const socket = createSocket((connection) => {
    held.add(connection.on("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(socket, "listening");
  const result = await run(folder, { Batcher: "otlphttp", Endpoint: `127.0.0.1:${socket.address().port}` }, [], { FLUSH_MS: "200" });
  for (const connection of held) connection.destroy();
  socket.close();
  assert.ok(result.stop_seconds < 3.5, `stop took ${result.stop_seconds} s`);
  assert.notEqual(result.flush, "ok");
  assert.equal(result.started, result.dropped + result.sent);
});

test("503 with Retry-After is honoured, then everything arrives", async () => {
  const times = [];
  const receiver = await listen((request, response) => {
    times.push(Date.now());
    if (times.length === 1) {
      response.writeHead(503, { "retry-after": "2" }).end();
    } else {
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    }
  });
  const result = await run(folder, { Batcher: "otlphttp", Endpoint: `127.0.0.1:${receiver.port}`, Batch: "{Delay: 10ms}" }, ["spans", "5"], { FLUSH_MS: "15000" });
  receiver.close();
  assert.equal(result.sent, 5, result.log);
  assert.ok(times[1] - times[0] >= 1900, `tried again after ${times[1] - times[0]} ms`);
});

test("400 is not tried again; the spans are dropped, counted and logged", async () => {
  let requests = 0;
  const receiver = await listen((request, response) => {
    ++requests;
    response.writeHead(400, { "content-type": "text/plain" }).end("no such tenant");
  });
  const result = await run(folder, { Batcher: "otlphttp", Endpoint: `127.0.0.1:${receiver.port}` }, ["spans", "5"]);
  receiver.close();
  assert.equal(requests, 1);
  assert.equal(result.dropped, 5);
  assert.equal(result.flush, "failed");
  assert.match(result.log, /dropped 5 spans/);
});
