// SPDX-License-Identifier: Apache-2.0
//
// The README's promise: what it tells a newcomer to type works as it stands.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Server } from "../harness.mjs";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

/** The README's first shell block that mentions `word`, with its ports made ours. */
function command(word) {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]);
  const found = blocks.find((block) => block.includes(word));
  assert.ok(found, `the README has a shell block with ${word}`);
  return found.replaceAll("localhost:4318", `127.0.0.1:${server.ports.otlp_http}`).replaceAll("localhost:16686", `127.0.0.1:${server.ports.query}`);
}

function shell(script) {
  const done = spawnSync("bash", ["-euo", "pipefail", "-c", script], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

test("the curl of a first trace answers 200", () => {
  const output = shell(command("/v1/traces").replace("curl ", "curl -sS -w '%{http_code}' "));
  assert.match(output, /200$/);
});

test("the trace is in Jaeger's API", async () => {
  const id = /"traceId":\s*"([0-9a-f]{32})"/.exec(readme)[1];
  const answer = await (await fetch(server.url("query", `/api/traces/${id}`))).json();
  assert.equal(answer.data[0].spans.length, 2);
  const services = await (await fetch(server.url("query", "/api/services"))).json();
  assert.ok(services.data.length > 0);
});

test("the page and its assets are served with a strict policy", async () => {
  for (const path of ["/", "/search?service=x", "/trace/0af7651916cd43dd8448eb211c80319c"]) {
    const page = await fetch(server.url("query", path));
    assert.equal(page.status, 200, path);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    const policy = page.headers.get("content-security-policy");
    assert.match(policy, /default-src 'self'/);
    assert.ok(!policy.includes("unsafe"), policy);
    const html = await page.text();
    assert.ok(!/<script(?![^>]*src=)/.test(html), "no inline script");
    const asset = /(?:src|href)="(?:\.\/)?(static\/[^"]+\.js)"/.exec(html)[1];
    const script = await fetch(server.url("query", `/${asset}`), { headers: { "accept-encoding": "br" } });
    assert.equal(script.status, 200);
    assert.equal(script.headers.get("content-encoding"), "br");
    assert.match(script.headers.get("cache-control"), /immutable/);
  }
});

test("an unknown API path is no page", async () => {
  const answer = await fetch(server.url("query", "/api/no/such/thing"));
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /^404 page not found/);
});

test("health and metrics answer on their ports", async () => {
  assert.equal((await (await fetch(server.url("health", "/status"))).json()).status, "StatusOK");
  assert.equal((await (await fetch(server.url("admin"))).json()).status, "Server available");
  assert.match(await (await fetch(server.url("metrics", "/metrics"))).text(), /^cairn_ingest_spans_accepted_total\{format="otlp_json",transport="http"\} 2$/m);
});
