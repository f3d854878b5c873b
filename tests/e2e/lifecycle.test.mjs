// SPDX-License-Identifier: Apache-2.0
//
// Starting, stopping and refusing to start, with messages that say what to do.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { Server, run } from "../harness.mjs";
import { request, span } from "../otlp.mjs";

const folder = mkdtempSync(join(tmpdir(), "cairn-lifecycle-"));
after(() => rmSync(folder, { recursive: true }));

function configFile(text) {
  const file = join(folder, `${Math.random()}.yaml`);
  writeFileSync(file, text);
  return file;
}

test("version says what it is", async () => {
  const { code, stdout } = await run(["version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^cairn \d+\.\d+\.\d+\n$/);
});

test("a taken port is named with the setting that moves it", async () => {
  const holder = net.createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address();
  const { code, stderr } = await run(["serve", "--free-ports", "--data", join(folder, "taken"), "--receivers.otlp.grpc.port", String(port)]);
  holder.close();
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`${port}`));
  assert.match(stderr, /receivers\.otlp\.grpc\.port/);
});

test("two servers cannot share a port by accident", async () => {
  const first = await Server.start();
  const { code } = await run(["serve", "--free-ports", "--data", join(folder, "second"), "--receivers.otlp.grpc.port", String(first.ports.otlp_grpc)]);
  assert.equal(code, 1);
  assert.equal(await first.stop(), 0);
});

test("config check names every problem with its line and exits 2", async () => {
  const file = configFile("listen: 127.0.0.1\nlogg: {}\nquery:\n  workers: none\n");
  const { code, stderr } = await run(["config", "check", "--config", file]);
  assert.equal(code, 2);
  assert.match(stderr, /:2: unknown key 'logg'/);
  assert.match(stderr, /:4: query\.workers: 'none' is not a whole number/);
  assert.equal((await run(["serve", "--config", file])).code, 2);
  assert.equal((await run(["serve", "--config", join(folder, "absent.yaml")])).code, 2);
  assert.match((await run(["config", "check", "--config", folder])).stderr, /is a directory/);
});

test("config print shows what would be used, and reads back", async () => {
  const first = await run(["config", "print", "--query.http.port", "1234"], { env: { CAIRN_LOG_LEVEL: "debug" } });
  assert.equal(first.code, 0);
  assert.match(first.stdout, /port: 1234 /);
  assert.match(first.stdout, /level: debug /);
  const again = await run(["config", "print", "--config", configFile(first.stdout)]);
  assert.equal(again.stdout, first.stdout);
});

test("a request under way at SIGTERM is finished, and the exit code is 0", async () => {
  const server = await Server.start();
  const body = request([span()]);
  const socket = net.connect(server.ports.otlp_http, "127.0.0.1");
  socket.write(`POST /v1/traces HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${body.length}\r\n\r\n`);
  const [interim] = await once(socket, "data");
  assert.match(interim.toString(), /^HTTP\/1.1 100/);
  const stopping = server.stop();
  await Promise.race([new Promise((resolve) => server.child.stderr.on("data", (text) => String(text).includes("stopping") && resolve())), stopping]);
  socket.write(body);
  let answer = "";
  socket.on("data", (bytes) => (answer += bytes));
  await once(socket, "close");
  assert.match(answer, /^HTTP\/1.1 200/);
  assert.equal(await stopping, 0);
});

test("an idle keep-alive connection does not hold up the stop", async () => {
  const server = await Server.start();
  const socket = net.connect(server.ports.query, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET /api/services HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "data");
  const started = process.hrtime.bigint();
  assert.equal(await server.stop(), 0);
  assert.ok(process.hrtime.bigint() - started < 4_000_000_000n);
});

test("logs are JSON for machines when asked", async () => {
  const server = await Server.start({ "log.format": "json" });
  await server.stop();
  for (const line of server.output.stderr.trim().split("\n")) JSON.parse(line);
  assert.match(server.output.stderr, /"msg":"ready"/);
});
