// SPDX-License-Identifier: Apache-2.0
//
// Files of traces into the running server: `cairn import`, and the same as uploads over HTTP.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { Server, binary, cleanEnvironment, eventually, run } from "../harness.mjs";

const golden = (name) => new URL(`../golden/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "cairn-import-"));
after(() => rmSync(folder, { recursive: true }));

let server;
before(async () => {
  server = await Server.start();
});
after(async () => assert.equal(await server.stop(), 0));

const to = (which = server) => ["--to", which.url("otlp_http", "")];
const summary = ({ stdout }) => JSON.parse(stdout);

async function importFiles(files, which = server, options = {}) {
  return run(["import", ...to(which), "--json", ...files], options);
}

async function trace(id, which = server) {
  const answer = await fetch(which.url("query", `/api/traces/${id}`));
  return answer.status === 200 ? (await answer.json()).data[0] : undefined;
}

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** One line of OTLP JSON with `count` spans of one trace. */
function otlpLine(traceId, { count = 1, service = "importer", pad = "" } = {}) {
  const spans = Array.from({ length: count }, (_, i) => ({
    traceId,
    spanId: (i + 1).toString(16).padStart(16, "0"),
    name: `span ${i}`,
    kind: 2,
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000001000000",
    attributes: pad ? [{ key: "pad", value: { stringValue: pad } }] : [],
  }));
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] }, scopeSpans: [{ spans }] }],
  });
}
/** A zstd frame of one stored block. Source: RFC 8878, "Frames". */
function zstdStored(text) {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  head.writeUIntLE((bytes.length << 3) | 1, 9, 3);
  return Buffer.concat([head, bytes]);
}
const traceId = (group, n) => group.padStart(8, "0") + n.toString(16).padStart(24, "0");

test("each format's golden files are imported and found", async () => {
  const cases = [
    ["otlp/full.json", /"traceId":\s*"([0-9a-f]+)"/],
    ["jaeger_json/ui_trace.json", /"traceID":\s*"([0-9a-f]+)"/],
    ["jaeger_json/ui_old_forms.json", /"traceID":\s*"([0-9a-f]+)"/],
    ["zipkin/rpc.v2.json", /"traceId":\s*"([0-9a-f]+)"/],
    ["zipkin/rpc.v1.json", /"traceId":\s*"([0-9a-f]+)"/],
  ];
  for (const [name, pattern] of cases) {
    const done = await importFiles([golden(name)]);
    assert.equal(done.code, 0, name + done.stdout + done.stderr);
    assert.ok(summary(done).accepted > 0, name);
    const [, id] = pattern.exec(readFileSync(golden(name), "utf8"));
    const found = await trace(id);
    assert.ok(found.spans.length > 0, name);
  }
});

test("what an upload says is what an import says", async () => {
  const text = readFileSync(golden("jaeger_json/ui_rejected.json"));
  const answer = await fetch(server.url("otlp_http", "/api/upload"), { method: "POST", body: text });
  assert.equal(answer.status, 200);
  const uploaded = await answer.json();
  assert.equal(uploaded.accepted, 1);
  assert.equal(uploaded.rejected.invalid_trace_id, 2);
  const done = await importFiles([golden("jaeger_json/ui_rejected.json")]);
  assert.equal(done.code, 1);
  assert.deepEqual(summary(done).rejected, uploaded.rejected);
});

test("several files, a list, standard input, gzip and zstd in one go or one by one", async () => {
  const lines = file("lines.jsonl", `${otlpLine(traceId("a", 1))}\n${otlpLine(traceId("a", 2))}\n`);
  const list = file("list.json", `[\n${otlpLine(traceId("a", 3))},\n${otlpLine(traceId("a", 4))}\n]\n`);
  const zipped = file("zipped.gz", gzipSync(otlpLine(traceId("a", 5))));
  const stored = file("stored.zst", zstdStored(otlpLine(traceId("a", 6))));
  const done = await importFiles([lines, list, zipped, stored]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.equal(summary(done).accepted, 6);
  assert.equal(summary(done).files, 4);

  const child = spawn(binary(), ["import", ...to(), "--json", "-"], { env: cleanEnvironment() });
  child.stdin.end(gzipSync(otlpLine(traceId("a", 7))));
  assert.deepEqual(await once(child, "close"), [0, null]);
  for (let n = 1; n <= 7; ++n) assert.equal((await trace(traceId("a", n))).spans.length, 1, `${n}`);
});

test("broken lines are counted and named, the good ones kept", async () => {
  const path = file("broken.jsonl", [otlpLine(traceId("b", 1)), "nonsense", "", '{"resourceSpans":[{"scopeSp', otlpLine("0".repeat(32)), otlpLine(traceId("b", 2)), ""].join("\n"));
  const done = await run(["import", ...to(), path]);
  assert.equal(done.code, 1);
  assert.match(done.stdout, /^accepted 2 spans of 1 file/);
  assert.match(done.stdout, /^rejected 1 span: invalid_trace_id$/m);
  assert.match(done.stdout, /^broken 2 pieces$/m);
  assert.ok(done.stdout.includes(`${path}:2: neither`), done.stdout);
  assert.ok(done.stdout.includes(`${path}:4: OTLP JSON: `), done.stdout);
  assert.equal(done.stderr, "", "no progress where there is no terminal");
  for (const n of [1, 2]) assert.ok(await trace(traceId("b", n)));
});

test("a file that cannot be read does not keep back the others", async () => {
  const good = file("good.json", otlpLine(traceId("c", 1)));
  const cut = file("cut.gz", gzipSync(otlpLine(traceId("c", 2))).subarray(0, 60));
  const done = await importFiles([join(folder, "absent.json"), cut, good]);
  assert.equal(done.code, 1);
  assert.equal(summary(done).accepted, 1);
  assert.deepEqual(summary(done).failed_files.map((failed) => failed.message), ["open: No such file or directory", "the compressed file breaks off"]);
});

test("an address that is not ours, or nobody's, ends it with 2", async () => {
  const good = file("good.json", otlpLine(traceId("c", 1)));
  const wrongPort = await run(["import", "--to", server.url("query", ""), good]);
  assert.equal(wrongPort.code, 2);
  assert.match(wrongPort.stdout, /is it Cairn's port for OTLP over HTTP\?/);
  const nobody = await run(["import", "--to", "127.0.0.1:1", "--retry-for", "0s", good]);
  assert.equal(nobody.code, 2);
  assert.match(nobody.stdout, /^stopped: .*127\.0\.0\.1:1/m);
});

test("a server that restarts in the middle costs no span and doubles none", async () => {
  const data = mkdtempSync(join(tmpdir(), "cairn-import-data-"));
  let restarted = await Server.start({ data });
  const child = spawn(binary(), ["import", ...to(restarted), "--json", "-"], { env: cleanEnvironment() });
  let stdout = "";
  child.stdout.on("data", (bytes) => (stdout += bytes));
  const ended = once(child, "close");
  // More than one upload's worth before the restart, and more after it.
  const pad = "x".repeat(50_000);
  const write = async (from, until) => {
    for (let n = from; n < until; ++n) {
      if (!child.stdin.write(`${otlpLine(traceId("d", n), { pad })}\n`)) await once(child.stdin, "drain");
    }
  };
  await write(1, 101);
  const port = restarted.ports.otlp_http;
  await eventually("some arrived", () => trace(traceId("d", 1), restarted));
  restarted.child.kill("SIGKILL");
  await restarted.ended;
  const writing = write(101, 201).then(() => child.stdin.end());
  const second = await Server.start({ data, "receivers.otlp.http.port": port });
  await writing;
  const [code] = await ended;
  assert.equal(code, 0, stdout);
  assert.equal(JSON.parse(stdout).accepted, 200);
  for (let n = 1; n <= 200; ++n) assert.equal((await trace(traceId("d", n), second)).spans.length, 1, `${n}`);
  // The same again changes nothing.
  await importFiles([file("again.json", otlpLine(traceId("d", 7), { pad }))], second);
  assert.equal((await trace(traceId("d", 7), second)).spans.length, 1);
  await restarted.stop();
  assert.equal(await second.stop(), 0);
  rmSync(data, { recursive: true });
});

test("100 MB of lines pass through little memory", async () => {
  const path = join(folder, "large.jsonl");
  const out = openSync(path, "w");
  let bytes = 0;
  let spans = 0;
  for (let n = 0; bytes < 100e6; ) {
    let text = "";
    for (let i = 0; i < 100; ++i) text += `${otlpLine(traceId("e", ++n), { count: 20, service: `service ${n % 7}` })}\n`;
    spans += 2000;
    bytes += writeSync(out, text);
  }
  closeSync(out);
  // GNU time's %M would do, but /proc is always there: the peak is read while the process runs.
  const child = spawn(binary(), ["import", ...to(), "--json", path], { env: cleanEnvironment() });
  let stdout = "";
  child.stdout.on("data", (text) => (stdout += text));
  const ended = once(child, "close");
  let peak = 0;
  const look = () => {
    try {
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
      if (found) peak = Math.max(peak, Number(found[1]) * 1024);
    } catch {}  // it has ended
    return child.exitCode !== null;
  };
  await eventually("the import's end", look, 200);
  const [code] = await ended;
  assert.equal(code, 0, stdout);
  assert.equal(JSON.parse(stdout).accepted, spans);
  assert.ok(peak > 0 && peak < 48e6, `peak ${peak}`);
  assert.equal((await trace(traceId("e", 1))).spans.length, 20);
});
