// SPDX-License-Identifier: Apache-2.0
//
// In the place of jaegertracing/all-in-one and openzipkin/zipkin: the ports, the environment and the
// flags of their blocks, unchanged.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Server, run } from "../harness.mjs";

const compose = readFileSync(new URL("../../packaging/docker/compose.yaml", import.meta.url), "utf8");
const section = (name) => compose.match(new RegExp(`^    ${name}:\\n((?:      .*\\n)+)`, "m"))[1];
const items = (name) => [...section(name).matchAll(/- "?([^"#\n]+?)"?\s*(?:#.*)?$/gm)].map(([, item]) => item);

const micros = () => Math.floor(Date.now() * 1000);

/** Sends one Zipkin span and resolves to its trace as the query API tells it. */
async function throughZipkin(server, traceId, basePath = "") {
  const span = { traceId, id: "90394f6bcffb5d13", name: "get /", kind: "SERVER", timestamp: micros(), duration: 2000,
                 localEndpoint: { serviceName: "shop" } };
  const sent = await fetch(server.url("zipkin_http", "/api/v2/spans"), { method: "POST", body: JSON.stringify([span]) });
  assert.equal(sent.status, 202);
  const found = await fetch(server.url("query", `${basePath}/api/traces/${traceId}`));
  assert.equal(found.status, 200);
  return (await found.json()).data[0];
}

test("every port of the compose file is served by default", async () => {
  const { code, stdout } = await run(["config", "print"]);
  assert.equal(code, 0);
  const served = new Set([...stdout.matchAll(/^\s+port: (\d+)/gm)].map(([, port]) => port));
  const published = items("ports").map((item) => item.split(":")[1].replace("/udp", ""));
  assert.ok(published.length >= 12);
  for (const port of published) assert.ok(served.has(port), `port ${port}`);
});

test("the environment of the compose file means what it meant, without a warning", async () => {
  const environment = Object.fromEntries(items("environment").map((item) => item.split(/=(.*)/s).slice(0, 2)));
  assert.deepEqual(Object.keys(environment).sort(), ["COLLECTOR_OTLP_ENABLED", "COLLECTOR_ZIPKIN_HOST_PORT", "LOG_LEVEL"]);
  const { code, stderr } = await run(["config", "check"], { env: environment });
  assert.equal(code, 0);
  assert.equal(stderr, "");
});

test("a store that is not spoken to is an alarm, and spans are kept all the same", async () => {
  const server = await Server.start({}, { SPAN_STORAGE_TYPE: "elasticsearch", ES_SERVER_URLS: "http://elasticsearch:9200", LOG_LEVEL: "debug" });
  try {
    assert.match(server.output.stderr, /\*{70}\nWARNING: SPAN_STORAGE_TYPE=elasticsearch asks for a store .*\n\*{70}\n/);
    assert.match(server.output.stderr, /warning: ES_SERVER_URLS has no effect/);
    const trace = await throughZipkin(server, "00000000000000a100000000000000a1");
    assert.equal(trace.spans[0].operationName, "get /");
    assert.equal(trace.processes.p1.serviceName, "shop");
  } finally {
    assert.equal(await server.stop(), 0);
  }
});

test("flags of Jaeger's binaries are understood", async () => {
  const server = await Server.start({ "query.base-path": "/jaeger", "memory.max-traces": "50000", "log-level": "warn" });
  try {
    assert.match(server.output.stderr, /warning: MEMORY_MAX_TRACES has no effect/);
    await throughZipkin(server, "a2", "/jaeger");
  } finally {
    assert.equal(await server.stop(), 0);
  }
});

test("without a command, flags are those of serve", async () => {
  const { code, stderr } = await run(["--no.such.flag", "1"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /--no\.such\.flag/);
});

test("Zipkin's variables are understood", async () => {
  const server = await Server.start({}, { STORAGE_TYPE: "mem", MEM_MAX_SPANS: "1000", COLLECTOR_SAMPLE_RATE: "1.0" });
  try {
    assert.doesNotMatch(server.output.stderr, /warning/i);
    await throughZipkin(server, "a3");
  } finally {
    assert.equal(await server.stop(), 0);
  }
});
