// SPDX-License-Identifier: Apache-2.0
//
// One trace, by every exporter, into the real server: it arrives whole.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Server, eventually, run as cairn } from "../harness.mjs";
import { run } from "./shop.mjs";

const folder = mkdtempSync(join(tmpdir(), "cairn-sdk-"));
let server;
before(async () => {
  server = await Server.start();
});
after(async () => {
  assert.equal(await server.stop(), 0);
  rmSync(folder, { recursive: true });
});

async function stored(id) {
  return eventually(`trace ${id}`, async () => {
    const answer = await fetch(server.url("query", `/api/traces/${id}`));
    const trace = answer.status === 200 ? (await answer.json()).data[0] : undefined;
    return trace?.spans.length === 2 && trace;
  });
}

const tags = (list) => Object.fromEntries(list.map(({ key, value }) => [key, value]));

/** What every protocol carries. Zipkin knows text only, so values are compared as text. */
async function checkTrace(id, { links = true, types = true } = {}) {
  const trace = await stored(id);
  const order = trace.spans.find((s) => s.operationName.toLowerCase() === "post /orders");
  const pay = trace.spans.find((s) => s.operationName === "pay");
  assert.equal(trace.processes[order.processID].serviceName, "shop");
  const orderTags = tags(order.tags), payTags = tags(pay.tags);
  assert.equal(orderTags["http.method"], "POST");
  assert.equal(String(orderTags["http.status_code"]), "503");
  assert.equal(String(orderTags.retry), "true");
  assert.equal(orderTags["span.kind"], "server");
  assert.equal(payTags["span.kind"], "client");
  assert.equal(String(payTags.amount), "13.5");
  assert.equal(payTags.card, "café");
  assert.equal(String(payTags.error), "true");
  assert.equal(pay.tags.filter(({ key }) => key === "amount").length, 1);
  if (types) assert.equal(orderTags["http.status_code"], 503);
  const parent = pay.references.find((r) => r.refType === "CHILD_OF");
  assert.equal(parent.spanID, order.spanID);
  if (links) assert.ok(pay.references.some((r) => r.refType === "FOLLOWS_FROM" && r.spanID === "b7ad6b7169203331"));
  const events = pay.logs.map((log) => JSON.stringify(log.fields));
  assert.equal(events.length, 2);
  assert.ok(events.some((e) => e.includes("declined") && e.includes("funds")), events.join());
  assert.ok(events.some((e) => e.includes("card declined") && e.includes("std::runtime_error")), events.join());
  assert.ok(pay.duration <= order.duration);
  return { order, pay };
}

const exporters = {
  otlpgrpc: { Endpoint: () => `127.0.0.1:${server.ports.otlp_grpc}` },
  otlphttp: { Endpoint: () => `127.0.0.1:${server.ports.otlp_http}` },
  "otlphttp, JSON": { Batcher: "otlphttp", Endpoint: () => `127.0.0.1:${server.ports.otlp_http}`, Protocol: "json" },
  "otlphttp, gzip": { Batcher: "otlphttp", Endpoint: () => `127.0.0.1:${server.ports.otlp_http}`, Compression: "gzip" },
  "otlpgrpc, gzip": { Batcher: "otlpgrpc", Endpoint: () => `127.0.0.1:${server.ports.otlp_grpc}`, Compression: "gzip" },
  zipkin: { Endpoint: () => server.url("zipkin_http", "/api/v2/spans") },
  jaeger: { Endpoint: () => server.url("jaeger_http", "/api/traces") },
  "jaeger, agent": { Batcher: "jaeger", Endpoint: () => `udp://127.0.0.1:${server.ports.jaeger_compact}` },
};

for (const [name, { Endpoint, ...keys }] of Object.entries(exporters)) {
  test(`${name}: one trace arrives whole`, async () => {
    const result = await run(folder, { Batcher: name, ...keys, Endpoint: Endpoint() });
    assert.equal(result.code, 0, result.log);
    assert.equal(result.flush, "ok", result.log);
    assert.equal(result.sent, 2);
    assert.equal(result.dropped, 0);
    await checkTrace(result.trace, { links: name !== "zipkin", types: name !== "zipkin" });
  });
}

test("file: lines that cairn imports", async () => {
  const path = join(folder, "spans.jsonl");
  const result = await run(folder, { Batcher: "file", Endpoint: path });
  assert.equal(result.flush, "ok", result.log);
  const lines = readFileSync(path, "utf8").trim().split("\n");
  for (const line of lines) assert.ok(JSON.parse(line).resourceSpans.length);
  const imported = await cairn(["import", "--to", server.url("otlp_http", ""), "--json", path]);
  assert.equal(imported.code, 0, imported.stderr);
  await checkTrace(result.trace);
});

test("an empty endpoint makes ids and sends nothing", async () => {
  const result = await run(folder, { Batcher: "otlpgrpc" });
  assert.equal(result.code, 0, result.log);
  assert.match(result.trace, /^(?!0+$)[0-9a-f]{32}$/);
  assert.equal(result.sent, 0);
});

test("disabled: nothing is made, nothing fails", async () => {
  const result = await run(folder, { Disabled: true, Endpoint: "127.0.0.1:1" });
  assert.equal(result.code, 0, result.log);
  assert.equal(result.started, 0);
});

test("a sampler of 0 sends nothing", async () => {
  const result = await run(folder, { Endpoint: `127.0.0.1:${server.ports.otlp_grpc}`, Sampler: 0 }, ["spans", "100"]);
  assert.equal(result.code, 0, result.log);
  assert.equal(result.started, 0);
});

test("60 000 spans as fast as they can be made all arrive", async () => {
  const result = await run(folder, { Batcher: "otlphttp", Endpoint: `127.0.0.1:${server.ports.otlp_http}` }, ["spans", "60000"]);
  assert.equal(result.sent + result.dropped, 60000);
  assert.equal(result.dropped, 0, result.log);
});

test("a forked child sends its own spans, into the parent's trace", async () => {
  const result = await run(folder, { Endpoint: `127.0.0.1:${server.ports.otlp_grpc}` }, ["fork"]);
  assert.equal(result.code, 0, result.log);
  const trace = await stored(result.trace);
  const names = trace.spans.map((s) => s.operationName).sort();
  assert.deepEqual(names, ["of the child", "of the parent"]);
});
