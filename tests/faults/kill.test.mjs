// SPDX-License-Identifier: Apache-2.0
//
// kill -9 of the real binary under load, at random moments: what was acknowledged is there, once;
// what was not can be sent again; the files check; it opens again.
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, run } from "../harness.mjs";
import { newSpanId, newTraceId, request, span } from "../otlp.mjs";

const kKills = Number(process.env.CAIRN_KILLS ?? 10);
const kSenders = 4;
const kSpansOfATrace = 3;
const kTracesOfARequest = 8;

/** A request and what is in it: {body, traces: Map of trace id (hex) to span ids (hex)}. */
function newRequest() {
  const traces = new Map();
  const spans = [];
  for (let t = 0; t < kTracesOfARequest; ++t) {
    const traceId = newTraceId();
    const ids = Array.from({ length: kSpansOfATrace }, newSpanId);
    traces.set(traceId.toString("hex"), ids.map((id) => id.toString("hex")));
    for (const spanId of ids) spans.push(span({ traceId, spanId, attributes: { "some.key": `value ${t}` } }));
  }
  return { body: request(spans), traces };
}

/** Whether the server took it; false when the connection or the server went away. */
async function send(server, made) {
  try {
    const answer = await fetch(server.url("otlp_http", "/v1/traces"), {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: made.body,
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** Sends until the server is gone; sorts the requests by what became of them. */
async function sendUntilGone(server, sent) {
  while (server.child.exitCode === null && server.child.signalCode === null) {
    const made = newRequest();
    ((await send(server, made)) ? sent.acknowledged : sent.open).push(made);
  }
}

async function assertStoredOnce(server, made) {
  for (const [traceId, spanIds] of made.traces) {
    const answer = await fetch(server.url("query", `/api/traces/${traceId}`));
    assert.equal(answer.status, 200, `trace ${traceId} is lost`);
    const found = (await answer.json()).data[0].spans.map((s) => s.spanID).sort();
    assert.deepEqual(found, [...spanIds].sort(), `trace ${traceId}`);
  }
}

/** A few milliseconds to a few hundred: the moment is the test's, not a condition. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 3 + Math.random() * Math.random() * 400));

async function oneLife(flags) {
  const server = await Server.start(flags);
  const sent = { acknowledged: [], open: [] };
  const senders = Array.from({ length: kSenders }, () => sendUntilGone(server, sent));
  await aMoment();
  await server.stop("SIGKILL");
  await Promise.all(senders);
  return sent;
}

async function assertChecks(data) {
  const { code, stdout, stderr } = await run(["check", data]);
  assert.equal(code, 0, stdout + stderr);
}

test(`nothing acknowledged is lost or doubled by ${kKills} kills`, { timeout: 1_700_000 }, async () => {
  const data = await mkdtemp(join(tmpdir(), "cairn-kill-"));
  // Small heads, so that the kills hit flushes and compactions too.
  const flags = { data, "storage.engine": "columnar", "storage.head_spans": 2000, "storage.segment_spans": 20000 };
  try {
    const all = [];
    for (let kill = 0; kill < kKills; ++kill) {
      const sent = await oneLife(flags);
      await assertChecks(data);
      const server = await Server.start(flags);
      for (const made of sent.acknowledged) await assertStoredOnce(server, made);
      for (const made of sent.open) assert.ok(await send(server, made));
      for (const made of sent.open) await assertStoredOnce(server, made);
      await server.stop(kill % 2 ? "SIGTERM" : "SIGKILL");
      all.push(...sent.acknowledged, ...sent.open);
    }
    const server = await Server.start(flags);
    for (const made of all) await assertStoredOnce(server, made);
    const stored = await server.metric("cairn_storage_spans");
    assert.equal(stored, all.length * kTracesOfARequest * kSpansOfATrace);
    assert.equal(await server.stop(), 0);
    await assertChecks(data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
