// SPDX-License-Identifier: Apache-2.0
//
// Cairn's own requests are traces in its own store, when it is asked to; and making them makes no more.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Server, eventually } from "../harness.mjs";

const traceId = "0af7651916cd43dd8448eb211c80319c";

function otlp() {
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: [{ key: "service.name", value: { stringValue: "client" } }] },
      scopeSpans: [{ spans: [{ traceId: "11".repeat(16), spanId: "22".repeat(8), name: "x", startTimeUnixNano: "1700000000000000000", endTimeUnixNano: "1700000000000000001" }] }],
    }],
  });
}

const post = (server, headers = {}) =>
  fetch(server.url("otlp_http", "/v1/traces"), { method: "POST", headers: { "content-type": "application/json", ...headers }, body: otlp() });

async function tracesOf(server, operation) {
  const query = new URLSearchParams({ service: "cairn", operation, limit: "100", lookback: "1h" });
  const answer = await fetch(server.url("query", `/api/traces?${query}`));
  return answer.status === 200 ? (await answer.json()).data : [];
}

test("off by default: no service called cairn", async () => {
  const server = await Server.start();
  await post(server);
  const services = (await (await fetch(server.url("query", "/api/services"))).json()).data;
  assert.deepEqual(services, ["client"]);
  assert.equal(await server.stop(), 0);
});

test("on: each request is a span in the sender's trace, and its spans make no spans", async () => {
  const server = await Server.start({ "self_tracing.enabled": true });
  for (let i = 0; i < 3; ++i) assert.equal((await post(server)).status, 200);
  await post(server, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  const posts = await eventually("four traces", async () => {
    const found = await tracesOf(server, "POST /v1/traces");
    return found.length >= 4 && found;
  });
  const continued = posts.find((trace) => trace.traceID === traceId);
  assert.equal(continued.spans[0].references[0].spanID, "b7ad6b7169203331");
  const tags = Object.fromEntries(continued.spans[0].tags.map(({ key, value }) => [key, value]));
  assert.equal(tags["http.response.status_code"], 200);
  assert.equal(tags["http.route"], "/v1/traces");
  assert.equal(tags["span.kind"], "server");
  // Searching makes spans of searches, and nothing makes more of "POST /v1/traces".
  await eventually("a search to be seen", async () => (await tracesOf(server, "GET /api/traces")).length > 0);
  assert.equal((await tracesOf(server, "POST /v1/traces")).length, 4);
  assert.equal(await server.stop(), 0);
});

test("a probability of 0 follows senders only", async () => {
  const server = await Server.start({ "self_tracing.enabled": true, "self_tracing.probability": 0 });
  await post(server);
  await post(server, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await eventually("the continued trace", async () => {
    const answer = await fetch(server.url("query", `/api/traces/${traceId}`));
    return answer.status === 200;
  });
  assert.equal((await tracesOf(server, "POST /v1/traces")).length, 1);
  assert.equal(await server.stop(), 0);
});
