// SPDX-License-Identifier: Apache-2.0
//
// An application of three Node processes that nobody instrumented by hand: frontend → cart →
// pricing. One request to it must become one trace, with the right parents across processes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { cleanEnvironment, eventually, Server } from "../../harness.mjs";

const kFolder = fileURLToPath(new URL(".", import.meta.url));

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

/** Starts one service; resolves to {url, kill()}. */
async function startService(name, protocol, next = {}) {
  const port = protocol === "grpc" ? server.ports.otlp_grpc : server.ports.otlp_http;
  const env = cleanEnvironment({
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    // Without this the cloud detectors ask the addresses of cloud providers' metadata servers.
    OTEL_NODE_RESOURCE_DETECTORS: "env,process",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    ...next,
  });
  const child = spawn(process.execPath, ["--require", "@opentelemetry/auto-instrumentations-node/register", "shop_service.cjs"], { cwd: kFolder, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  // The SDK's handler keeps the process alive on SIGTERM.
  const kill = () => {
    child.kill("SIGKILL");
    return ended;
  };
  for await (const line of createInterface(child.stdout)) {
    const port = /^port (\d+)$/.exec(line)?.[1];
    if (port) return { url: `http://127.0.0.1:${port}`, kill };
  }
  throw new Error(`${name} ended before it listened`);
}

async function findTrace(service, spanCount) {
  const answer = await (await fetch(server.url("query", `/api/traces?service=${service}&limit=10`))).json();
  return answer.data?.find((trace) => trace.spans.length === spanCount);
}

for (const protocol of ["grpc", "http/protobuf"]) {
  test(`over ${protocol}, one request through three processes is one trace`, async () => {
    const suffix = protocol.replace(/\W.*/, "");
    const services = [];
    try {
      const start = async (...what) => services[services.push(await startService(...what)) - 1];
      const pricing = await start(`pricing-${suffix}`, protocol);
      const cart = await start(`cart-${suffix}`, protocol, { NEXT_URL: pricing.url, NEXT_BY: "fetch" });
      const frontend = await start(`frontend-${suffix}`, protocol, { NEXT_URL: cart.url, NEXT_BY: "http" });
      const answer = await fetch(`${frontend.url}/checkout?id=7`);
      assert.equal(await answer.text(), "9.99");

      // server, client, server, client, server
      const found = await eventually("the trace has its five spans", () => findTrace(`frontend-${suffix}`, 5), 60);
      checkChain(found, [`frontend-${suffix}`, `frontend-${suffix}`, `cart-${suffix}`, `cart-${suffix}`, `pricing-${suffix}`]);
    } finally {
      await Promise.all(services.map((service) => service.kill()));
    }
  });
}

/** The trace is one chain of spans, server and client in turn, of these services. */
function checkChain(found, services) {
  const childOf = (parent) => found.spans.filter((span) =>
    parent ? span.references.some(({ spanID }) => spanID === parent.spanID) : span.references.length === 0);
  let parent;
  for (const [depth, service] of services.entries()) {
    const children = childOf(parent);
    assert.equal(children.length, 1, `one span at depth ${depth}`);
    const [span] = children;
    assert.equal(found.processes[span.processID].serviceName, service);
    assert.equal(span.tags.find(({ key }) => key === "span.kind")?.value, depth % 2 === 0 ? "server" : "client");
    if (parent) assert.ok(span.startTime >= parent.startTime - 1_000 && span.startTime <= parent.startTime + parent.duration + 1_000);
    parent = span;
  }
}
