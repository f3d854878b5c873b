// SPDX-License-Identifier: Apache-2.0
//
// Every batch of a long run, decoded by protoc with the published field numbers: nothing unknown,
// no key twice, and what the service recorded. CAIRN_SHAPES=1000000 for a longer run.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { Run, attributesOf, plain } from "./batch_rules.mjs";
import { decode, fromJson } from "./protoc.mjs";
import { shapes } from "./shapes.mjs";
import { run } from "./shop.mjs";
import { GrpcSink, HttpSink } from "./sink.mjs";

const count = Number(process.env.CAIRN_SHAPES ?? 40_000);
const folder = mkdtempSync(join(tmpdir(), "cairn-sdk-batches-"));
after(() => rmSync(folder, { recursive: true }));

const environment = { OTEL_RESOURCE_ATTRIBUTES: "team=red,team=blue,service.name=environment,one%FE=1,one%FF=2" };
const resource = '{team: green, "one\\xFF": "3", service.name: shop}';
const protobuf = "application/x-protobuf";

/** The service's spans, sent to `sink`: every request goes through protoc and `rules`. */
async function everyBatch(t, sink, telemetry, rules, toProtobuf = (body) => body) {
  await sink.open();
  const block = { Endpoint: `127.0.0.1:${sink.port}`, Resource: resource, ...telemetry };
  const result = await run(folder, block, ["shapes", String(count)], environment);
  await sink.close();
  assert.equal(result.flush, "ok", result.log);
  assert.equal(result.dropped, 0);
  const left = sink.bodies.entries();
  const worker = async () => {
    for (const [, body] of left) rules.add(await decode(await toProtobuf(body)));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  rules.finish();
  assert.ok(rules.spans.size >= count);
  assert.equal(rules.spans.size, result.sent, "each span");
  if (rules.repeats > 0) assert.match(result.log, /tried again/, `${rules.repeats} spans came twice`);
  t.diagnostic(`${rules.spans.size} spans in ${sink.bodies.length} batches`);
}

/** Checks each span by its shape, and that there are spans of each. */
function byShape() {
  const seen = new Set();
  const rules = new Run({}, (span, attributes) => {
    const shape = attributes.get("shape");
    seen.add(shape);
    shapes[shape](span, attributes);
    assert.ok(span.end_time_unix_nano >= span.start_time_unix_nano, shape);
  });
  const finish = rules.finish.bind(rules);
  rules.finish = () => {
    finish();
    assert.deepEqual([...seen].sort(), Object.keys(shapes).sort());
  };
  return rules;
}

test("OTLP/HTTP: every batch is valid and says what was recorded", async (t) => {
  const sink = new HttpSink(protobuf);
  await everyBatch(t, sink, { Batcher: "otlphttp" }, byShape());
  const { resource_spans: [first] } = await decode(sink.bodies[0]);
  const teams = first.resource.attributes.filter(({ key }) => key === "team");
  assert.deepEqual(teams.map(({ value }) => plain(value)), ["green"]);
  const scope = first.scope_spans.find((s) => s.scope.name === "duplicates");
  assert.equal(scope.schema_url, "https://example.test/1");
  assert.deepEqual([...attributesOf(scope.scope, "a scope")], [["b", 1n], ["a", 2n]]);
});

test("OTLP/gRPC: every batch is valid and says what was recorded", async (t) => {
  await everyBatch(t, new GrpcSink(), { Batcher: "otlpgrpc", Batch: "{Size: 32KiB, Delay: 10ms}" }, byShape());
});

test("OTLP/JSON: every batch is valid and says what was recorded", async (t) => {
  await everyBatch(t, new HttpSink("application/json"), { Batcher: "otlphttp", Protocol: "json" }, byShape(), fromJson);
});

test("tight limits, gzip: every batch is valid and keeps to them", async (t) => {
  const limits = { attributes: 12, events: 4, links: 3, attributesPerEvent: 2, attributesPerLink: 1 };
  const rules = new Run(limits, (span, attributes) => {
    for (const value of attributes.values()) {
      if (typeof value === "string" || Buffer.isBuffer(value)) assert.ok(Buffer.byteLength(value) <= 3 * 100);
    }
  });
  await everyBatch(t, new HttpSink(protobuf), {
    Batcher: "otlphttp", Compression: "gzip", Batch: "{Size: 16KiB, Delay: 5ms}",
    Limits: "{Attributes: 12, Events: 4, Links: 3, AttributesPerEvent: 2, AttributesPerLink: 1, ValueSize: 100, SpanSize: 8KiB}",
  }, rules);
});
