// SPDX-License-Identifier: Apache-2.0
//
// The receiver is away while the service works on, then back: memory is capped, the newest spans
// arrive, the counters add up. CAIRN_OUTAGE_SECONDS=60 for the long run.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { eventually } from "../harness.mjs";
import { decode } from "./protoc.mjs";
import { start } from "./shop.mjs";
import { GrpcSink, HttpSink } from "./sink.mjs";

const seconds = Number(process.env.CAIRN_OUTAGE_SECONDS ?? 2);
const bufferSize = (seconds < 20 ? 512 : 4096) << 10;  // full in a fraction of the outage
const spanSize = 128;                                  // more than one takes
const folder = mkdtempSync(join(tmpdir(), "cairn-sdk-outage-"));
after(() => rmSync(folder, { recursive: true }));

async function otlpNumbers(body) {
  const spans = (await decode(body)).resource_spans.flatMap((r) => r.scope_spans).flatMap((s) => s.spans);
  return spans.map(({ attributes }) => Number(attributes.find(({ key }) => key === "number").value.int_value));
}
const zipkinNumbers = (body) => JSON.parse(body).map(({ tags }) => Number(tags.number));

/** The numbers of the spans in these requests, in order; one that was tried again counts once. */
async function numbersOf(bodies, read) {
  const numbers = new Set();
  for (const body of bodies) for (const number of await read(body)) numbers.add(number);
  return [...numbers].sort((a, b) => a - b);
}

function residentKiB(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

const receivers = {
  otlphttp: { sink: new HttpSink("application/x-protobuf"), read: otlpNumbers },
  otlpgrpc: { sink: new GrpcSink(), read: otlpNumbers },
  zipkin: { sink: new HttpSink("application/json"), read: zipkinNumbers },
};

for (const [Batcher, { sink, read }] of Object.entries(receivers)) {
  test(`${Batcher}: away for ${seconds} s under load, then back`, async (t) => {
    await sink.open();
    const shop = start(folder, { Batcher, Endpoint: `127.0.0.1:${sink.port}`, Batch: `{BufferSize: ${bufferSize}, Delay: 20ms}` }, ["forever"]);
    await eventually("spans to arrive", () => sink.bodies.length >= 10);
    const resident = { before: residentKiB(shop.child.pid), peak: 0 };
    await sink.close();
    const taken = sink.bodies.length, down = Date.now();
    await eventually("the end of the outage", () => {
      resident.peak = Math.max(resident.peak, residentKiB(shop.child.pid));
      return Date.now() - down >= seconds * 1000 && shop.output.stderr.includes("tried again");
    }, seconds + 60);
    await sink.open();
    await eventually("batches to arrive", () => sink.bodies.length >= taken + 10, 60);
    resident.after = residentKiB(shop.child.pid);
    shop.child.kill("SIGTERM");
    const result = await shop.result();
    await sink.close();

    assert.equal(result.flush, "ok", result.log);
    assert.equal(result.started, result.sent + result.dropped + result.buffered + result.open);
    assert.equal(result.buffered + result.open, 0);
    assert.ok(result.dropped > 0, "the outage was too short for the buffer");
    assert.ok(result.bytes <= bufferSize, `held ${result.bytes} bytes`);
    assert.ok(resident.peak - resident.before < (bufferSize >> 10) + 4096, JSON.stringify(resident));
    const newest = await numbersOf(sink.bodies.slice(taken), read);
    assert.equal(newest.at(-1), result.started - 1, "the newest span");
    // The oldest are lost: all of the newer half of what the buffer held at the end is there.
    const lastGap = newest.findLastIndex((number, i) => i > 0 && newest[i - 1] !== number - 1);
    t.diagnostic(JSON.stringify({ ...result, log: undefined, resident, afterwards: newest.length, gapless: newest.length - lastGap }));
    assert.ok(newest.length - lastGap > bufferSize / 2 / spanSize, `${newest.length - lastGap} without a gap`);
    const all = await numbersOf(sink.bodies, read);
    // The answer to the last batch before the outage may have been lost: then it arrived, unknown to the service.
    const unknown = new Set(await read(sink.bodies[taken - 1])).size;
    assert.ok(all.length >= result.sent && all.length <= result.sent + unknown, `${all.length} arrived, ${result.sent} known`);
  });
}
