// SPDX-License-Identifier: Apache-2.0
//
// What hostile or broken clients of Jaeger's and Zipkin's protocols get: a refusal that is counted,
// with memory bounded and other clients still served. Datagrams get no answer, only the count.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { readFileSync } from "node:fs";
import net from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { gzipBomb } from "../bombs.mjs";
import { eventually, Server } from "../harness.mjs";
import { bytesField, textField } from "../otlp.mjs";
import { binary, compact, framings, int, jaegerBatch, jaegerSpan, protocolOf, varint, zipkinSpan } from "../thrift.mjs";

let server;
before(async () => {
  server = await Server.start({ "net.header_time": "1s", "net.body_time": "1s", "log.level": "error" });
});
after(async () => assert.equal(await server.stop(), 0));

const kMebibyte = 1 << 20;
const kIdText = "463ac35c9f6413ad48485a3953bb6124";
const kIdBytes = Buffer.from(kIdText, "hex");
const kThrift = { "content-type": "application/x-thrift" };
const kJson = { "content-type": "application/json" };
const kProtobuf = { "content-type": "application/x-protobuf" };

const zipkinV2 = (more = {}) => ({ traceId: kIdText, id: "48485a3953bb6124", name: "get", kind: "CLIENT", timestamp: 1_760_000_000_000_000, duration: 5, localEndpoint: { serviceName: "hostile" }, tags: { a: "b" }, ...more });
const zipkinV1 = { traceId: kIdText, id: "48485a3953bb6124", name: "get", annotations: [{ timestamp: 1_760_000_000_000_000, value: "cs", endpoint: { serviceName: "hostile" } }], binaryAnnotations: [] };
const zipkinProto = bytesField(1, Buffer.concat([bytesField(1, kIdBytes), bytesField(3, kIdBytes.subarray(8)), textField(5, "get")]));

/** Where bodies go: listener, path, headers, a good body. */
const kDoors = {
  "Jaeger's Thrift": ["jaeger_http", "/api/traces", kThrift, binary.struct(jaegerBatch([jaegerSpan(), jaegerSpan()]))],
  "Zipkin's JSON, version 2": ["zipkin_http", "/api/v2/spans", kJson, Buffer.from(JSON.stringify([zipkinV2()]))],
  "Zipkin's JSON, version 1": ["zipkin_http", "/api/v1/spans", kJson, Buffer.from(JSON.stringify([zipkinV1]))],
  "Zipkin's protobuf": ["zipkin_http", "/api/v2/spans", kProtobuf, zipkinProto],
  "Zipkin's Thrift": ["zipkin_http", "/api/v1/spans", kThrift, binary.list([zipkinSpan(), zipkinSpan()])],
};

async function post([listener, path, headers], body, more = {}, method = "POST") {
  const response = await fetch(server.url(listener, path), { method, body, headers: { ...headers, ...more } });
  return { status: response.status, text: await response.text() };
}

async function assertStillServing(door) {
  assert.equal((await post(door, door[3])).status, 202);
}

/** Sanitizers keep what was freed. */
const isSanitized = () => /lib[a-z]*san\.so/.test(readFileSync(`/proc/${server.pid}/maps`, "utf8"));

/** Runs `work`; the server's memory afterwards is at most so much more than before. */
async function costsNoMore(bytes, work) {
  const before = server.residentBytes();
  const result = await work();
  const grown = isSanitized() ? 0 : server.residentBytes() - before;
  assert.ok(grown < bytes, `resident memory grew by ${(grown / kMebibyte).toFixed(1)} MiB`);
  return result;
}

for (const [name, door] of Object.entries(kDoors)) {
  const [listener, path, headers, good] = door;

  test(`${name}: a body cut anywhere is refused or is a shorter one, never a crash`, async () => {
    for (let cut = 1; cut < good.length; cut += 3) {
      assert.equal((await post(door, good.subarray(0, cut))).status, 400, `cut at ${cut}`);
    }
    await assertStillServing(door);
  });

  test(`${name}: noise is refused`, async () => {
    for (let seed = 1; seed <= 50; ++seed) {
      const answer = await post(door, noise(seed, 200 * seed));
      assert.equal(answer.status, 400, `seed ${seed}`);
    }
    await assertStillServing(door);
  });

  test(`${name}: a body over the limit is 413`, async () => {
    const answer = await post(door, Buffer.alloc(64 * kMebibyte)).catch((error) => error);
    // A client that is still writing may see the connection closed instead of the answer.
    if (!(answer instanceof Error)) assert.equal(answer.status, 413);
    await assertStillServing(door);
  });

  test(`${name}: a gzip bomb of 1 GiB is 413 and costs no memory`, async () => {
    const answer = await costsNoMore(64 * kMebibyte, () => post(door, gzipBomb(1 << 30), { "content-encoding": "gzip" }));
    assert.equal(answer.status, 413);
    await assertStillServing(door);
  });

  test(`${name}: gzip is taken, what only says it is gzip is refused`, async () => {
    assert.equal((await post(door, gzipSync(good), { "content-encoding": "gzip" })).status, 202);
    assert.equal((await post(door, good, { "content-encoding": "gzip" })).status, 400);
    assert.equal((await post(door, gzipSync(good).subarray(0, 20), { "content-encoding": "gzip" })).status, 400);
    assert.equal((await post(door, good, { "content-encoding": "zip" })).status, 400);
  });

  test(`${name}: a lying Content-Length costs no memory`, async () => {
    const sockets = await costsNoMore(32 * kMebibyte, async () => {
      const opened = Array.from({ length: 50 }, () => {
        const socket = net.connect(server.ports[listener], "127.0.0.1");
        socket.on("error", () => {});
        socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${headers["content-type"]}\r\ncontent-length: 20000000\r\n\r\nabc`);
        return socket;
      });
      await assertStillServing(door);
      return opened;
    });
    sockets.forEach((socket) => socket.destroy());
  });
}

/** Bytes that look like nothing, the same for the same seed; the first one fits no format. */
function noise(seed, size) {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; ++i) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  bytes[0] = 0xff;
  return bytes;
}

/** Structs of Thrift that promise more than they hold; `tail` is what follows the promise. */
const kHugeCounts = [0x7fffffff, 0xffffffff, 0x80000000, 0x01000000];
const hugeBatches = kHugeCounts.flatMap((count) => [
  Buffer.concat([Buffer.from([15, 0, 2, 12]), int(32, count)]),                 // a list of spans
  Buffer.concat([Buffer.from([12, 0, 1, 11, 0, 1]), int(32, count), Buffer.from("x")]), // a service's name
  Buffer.concat([Buffer.from([13, 0, 9, 11, 11]), int(32, count)]),             // a map nobody knows
  Buffer.concat([Buffer.from([15, 0, 9, 2]), int(32, count), Buffer.alloc(100)]), // a list nobody knows
]);
/** The same for compact. */
const hugeCompactArguments = [0x7fffffffn, 0xffffffffn, (1n << 63n) - 1n, (1n << 64n) - 1n].flatMap((count) => [
  Buffer.concat([Buffer.from([0x1c, 0x29, 0xfc]), varint(count)]),
  Buffer.concat([Buffer.from([0x1c, 0x1c, 0x18]), varint(count), Buffer.from("x")]),
  Buffer.concat([Buffer.from([0x1c, 0x9b]), varint(count), Buffer.from([0x88])]),
  Buffer.concat([Buffer.from([0x19, 0xfc]), varint(count)]),
]);

test("counts that the body cannot hold are refused before they cost memory", async () => {
  const jaeger = kDoors["Jaeger's Thrift"];
  const zipkin = kDoors["Zipkin's Thrift"];
  await costsNoMore(16 * kMebibyte, async () => {
    for (const body of hugeBatches) assert.equal((await post(jaeger, body)).status, 400, body.toString("hex"));
    for (const count of kHugeCounts) {
      const answer = await post(zipkin, Buffer.concat([Buffer.from([12]), int(32, count)]));
      assert.equal(answer.status, 400, `${count}`);
    }
    const length = Buffer.concat([Buffer.from([0x0a]), varint(0xffffffffffn)]);
    assert.equal((await post(kDoors["Zipkin's protobuf"], length)).status, 400);
  });
});

test("values nested 10 000 deep are refused, not recursed into", async () => {
  const structs = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([12, 0, 9])));
  assert.equal((await post(kDoors["Jaeger's Thrift"], structs)).status, 400);
  assert.equal((await post(kDoors["Zipkin's Thrift"], Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), structs]))).status, 400);
  for (const version of [1, 2]) {
    const door = kDoors[`Zipkin's JSON, version ${version}`];
    assert.equal((await post(door, "[".repeat(1_000_000))).status, 400);
    assert.equal((await post(door, `[{"x":${'{"x":'.repeat(100_000)}`)).status, 400);
  }
});

test("spans with bad ids are refused one by one in Jaeger's Thrift", async () => {
  const good = jaegerSpan();
  const body = binary.struct(jaegerBatch([jaegerSpan({ low: 0n, id: 1n }), jaegerSpan({ id: 0n }), good]));
  assert.equal((await post(kDoors["Jaeger's Thrift"], body)).status, 202);
  assert.equal((await fetch(server.url("query", `/api/traces/${good[0][2].toString(16)}`))).status, 200);
  const rejected = (reason) => server.metric(`cairn_ingest_spans_rejected_total{format="jaeger_thrift",transport="http",reason="${reason}"}`);
  assert.equal(await rejected("invalid_trace_id"), 1);
  assert.equal(await rejected("invalid_span_id"), 1);
});

test("one bad span refuses the whole of Zipkin's lists, with the reason", async () => {
  const door = kDoors["Zipkin's JSON, version 2"];
  const cases = [
    [{ traceId: "" }, /traceId/], [{ traceId: "0".repeat(32) }, /all zeros/], [{ traceId: "a".repeat(33) }, /length > 32/],
    [{ traceId: kIdText.toUpperCase() }, /lower-hex/], [{ id: undefined }, /id/], [{ id: null }, /NULL/], [{ id: "0" }, /zeros/],
    [{ kind: "BOSS" }, /No kind BOSS/], [{ tags: { a: 1 } }, /No value at/], [{ timestamp: "soon" }, /./], [{ duration: 1e300 }, /./],
    [{ localEndpoint: { port: 65_536 } }, /port 65536/], [{ annotations: [{ value: "x" }] }, /Incomplete annotation/], [{ debug: "yes" }, /./],
  ];
  for (const [wrong, reason] of cases) {
    const answer = await post(door, JSON.stringify([zipkinV2(), zipkinV2(wrong)]));
    assert.equal(answer.status, 400, JSON.stringify(wrong));
    assert.match(answer.text, reason);
  }
  for (const wrong of ["{}", "null", "1", "[1]", "[null]", "[{}]", "[[]]", '"[]"', "[{},]", "[] []"]) {
    assert.equal((await post(door, wrong)).status, 400, wrong);
  }
});

test("one version's list is refused on the other's path", async () => {
  const [v2, v1] = [2, 1].map((version) => kDoors[`Zipkin's JSON, version ${version}`]);
  assert.match((await post(v2, v1[3])).text, /JSON_V2 encoded list, but received: JSON_V1/);
  assert.match((await post(v1, v2[3])).text, /JSON_V1 encoded list, but received: JSON_V2/);
});

test("invalid UTF-8 in JSON is refused", async () => {
  const body = Buffer.from(JSON.stringify([zipkinV2({ name: "a?b" })]));
  body[body.indexOf("?")] = 0xff;
  assert.equal((await post(kDoors["Zipkin's JSON, version 2"], body)).status, 400);
});

test("a wrong content type is 400 in Jaeger's words, and read as JSON by Zipkin's door", async () => {
  const [listener, path, , good] = kDoors["Jaeger's Thrift"];
  const answer = (type) => post([listener, path, type === undefined ? {} : { "content-type": type }], good);
  for (const type of ["text/plain", "application/json", "application/vnd.apache.thrift.compact"]) {
    const { status, text } = await answer(type);
    assert.equal(status, 400);
    assert.equal(text.trim(), `Unsupported content type: ${type}`);
  }
  assert.match((await answer("nonsense")).text, /^Cannot parse content type/);
  assert.match((await answer(undefined)).text, /^(Cannot parse|Unsupported) content type/);
  assert.equal((await answer("application/vnd.apache.thrift.binary; charset=x")).status, 202);
  const zipkin = (type, body) => post(["zipkin_http", "/api/v2/spans", { "content-type": type }], body);
  assert.equal((await zipkin("image/png", JSON.stringify([zipkinV2()]))).status, 202);
  assert.equal((await zipkin("image/png", zipkinProto)).status, 400);
  assert.equal((await zipkin("application/x-protobuf", JSON.stringify([zipkinV2()]))).status, 400);
});

test("a wrong method is 405, an unknown path of Jaeger's door 404", async () => {
  const door = kDoors["Jaeger's Thrift"];
  assert.equal((await post(door, undefined, {}, "GET")).status, 405);
  assert.equal((await post(["jaeger_http", "/api/other", kThrift], door[3])).status, 404);
  assert.equal((await post(kDoors["Zipkin's JSON, version 2"], "[]", {}, "PUT")).status, 405);
});

test("no body is an empty list to Zipkin's door, and no batch to Jaeger's", async () => {
  for (const [name, door] of Object.entries(kDoors)) {
    assert.equal((await post(door, Buffer.alloc(0))).status, name.startsWith("Zipkin") ? 202 : 400, name);
  }
});

const kPorts = ["jaeger_compact", "jaeger_binary", "jaeger_zipkin_compact"];

/** Sends datagrams, so many at once; resolves to how many the system took. */
async function sendAll(port, datagrams, atOnce = 1) {
  const socket = dgram.createSocket("udp4");
  let sent = 0;
  const send = (bytes) => new Promise((resolve) => socket.send(bytes, server.ports[port], "127.0.0.1", (error) => {
    sent += error ? 0 : 1;
    resolve();
  }));
  for (let i = 0; i < datagrams.length; i += atOnce) await Promise.all(datagrams.slice(i, i + atOnce).map(send));
  await new Promise((resolve) => socket.close(resolve));
  return sent;
}

const emitBatch = (framing, list) => {
  const protocol = protocolOf(framing);
  return framings[framing]("emitBatch", protocol.struct([[1, "struct", jaegerBatch(list)]]));
};

/** Sends a good span to the port until it is found; resolves to how often that took. */
async function assertStillListening(port) {
  const span = jaegerSpan({ low: BigInt(Date.now()) * 1_000_000n + process.hrtime.bigint() % 1_000_000n });
  let sent = 0;
  await eventually(`a span sent to ${port}`, async () => {
    sent += await sendAll(port, [emitBatch("compact", [span])]); // the kernel may drop it too
    return (await fetch(server.url("query", `/api/traces/${span[0][2].toString(16)}`))).status === 200;
  });
  // What was sent last is read before what is asked for next.
  await eventually("the port is empty", () => !hasUnread(server.ports[port]));
  return sent;
}

/** Whether the kernel holds datagrams for the port. */
function hasUnread(port) {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  const line = readFileSync("/proc/net/udp", "utf8").split("\n").find((l) => l.includes(wanted));
  return !/:0{8}$/.test(line.trim().split(/\s+/)[4]); // tx_queue:rx_queue
}

/** {read, lost, refused, accepted} of all datagrams so far, each of which carries one span or is refused. */
async function datagramCounts() {
  const door = 'format="jaeger_thrift",transport="udp"';
  // A span can be found a moment before it is counted.
  return eventually("every datagram that was read is counted", async () => {
    const sum = async (what) => (await Promise.all(kPorts.map((port) => server.metric(`cairn_udp_datagrams${what}_total{listener="${port}"}`)))).reduce((a, b) => a + b);
    const counts = {
      read: await sum(""),
      lost: await sum("_lost"),
      refused: await server.metric(`cairn_ingest_requests_failed_total{${door},code="INVALID_ARGUMENT"}`),
      accepted: await server.metric(`cairn_ingest_spans_accepted_total{${door}}`),
    };
    return counts.refused + counts.accepted === counts.read && counts;
  });
}

/** Sends bad datagrams, and good ones until one arrives: each is read or lost, refused or stored. */
async function assertAllCounted(port, datagrams, { atOnce = 1, standsStill = false } = {}) {
  const before = await datagramCounts();
  if (standsStill) process.kill(server.pid, "SIGSTOP");
  const bad = await sendAll(port, datagrams, atOnce);
  if (standsStill) process.kill(server.pid, "SIGCONT");
  assert.equal(bad, datagrams.length);
  const good = await assertStillListening(port); // and with it, the kernel tells what it had to drop
  const after = await eventually(`${bad} bad and ${good} good datagrams are counted`, async () => {
    const now = await datagramCounts();
    return now.read + now.lost === before.read + before.lost + bad + good && now;
  });
  const more = Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
  assert.ok(more.refused <= bad && more.accepted >= 1 && more.accepted <= good, JSON.stringify(more));
  return more;
}

for (const port of kPorts) {
  test(`${port}: garbage is refused and counted`, async () => {
    const garbage = [Buffer.alloc(0), Buffer.from([0]), Buffer.from([0x82]), Buffer.from([0x80]), Buffer.alloc(65_507), Buffer.alloc(65_507, 0xff), Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      ...Array.from({ length: 100 }, (_, i) => noise(i + 1, 10 * i + 1))];
    await assertAllCounted(port, garbage);
  });

  test(`${port}: messages cut anywhere are refused and counted`, async () => {
    for (const framing of Object.keys(framings)) {
      const whole = emitBatch(framing, [jaegerSpan(), jaegerSpan()]);
      // The last byte ends the arguments, behind the batch.
      await assertAllCounted(port, Array.from({ length: whole.length - 1 }, (_, cut) => whole.subarray(0, cut)));
    }
  });

  test(`${port}: other names, counts past the end and deep nesting are refused and counted`, async () => {
    const args = binary.struct([[1, "struct", jaegerBatch([])]]);
    const deep = (head, each) => Buffer.concat([head, ...Array.from({ length: 5_000 }, () => each)]);
    const datagrams = [
      framings["binary, strict"]("emitbatch", args), framings["binary, strict"]("", args), framings["binary, old"]("submitBatches", args),
      framings.compact("emitOther", compact.struct([])),
      ...hugeBatches.map((body) => framings["binary, strict"]("emitBatch", Buffer.concat([Buffer.from([12, 0, 1]), body]))),
      ...hugeCompactArguments.flatMap((body) => ["emitBatch", "emitZipkinBatch"].map((name) => framings.compact(name, body))),
      framings["binary, strict"]("emitBatch", deep(Buffer.from([12, 0, 1]), Buffer.from([12, 0, 9]))),
      framings.compact("emitBatch", deep(Buffer.from([0x1c]), Buffer.from([0x1c]))),
    ];
    await costsNoMore(16 * kMebibyte, () => assertAllCounted(port, datagrams));
  });
}

test("the largest datagram there is carries spans", async () => {
  for (const port of kPorts) {
    const span = jaegerSpan({ low: BigInt(Date.now()) * 1_000_000n + BigInt(server.ports[port]) });
    const name = "x".repeat(65_507 - emitBatch("compact", [span]).length + 4 - 2);
    span[4][2] = name;
    const datagram = emitBatch("compact", [span]);
    assert.equal(datagram.length, 65_507);
    await sendAll(port, [datagram]);
    const trace = await eventually(`the span sent to ${port}`, async () => {
      const answer = await fetch(server.url("query", `/api/traces/${span[0][2].toString(16)}`));
      return answer.status === 200 && (await answer.json()).data[0];
    });
    assert.equal(trace.spans[0].operationName, name);
  }
});

test("a flood of 50 000 garbage datagrams costs no memory, is counted, and the next span arrives", async () => {
  const pool = Array.from({ length: 100 }, (_, i) => noise(i + 1, 1_400));
  const [port] = kPorts;
  await assertAllCounted(port, pool); // whatever the first round allocates
  await costsNoMore(8 * kMebibyte, () => assertAllCounted(port, Array.from({ length: 50_000 }, (_, i) => pool[i % pool.length]), { atOnce: 1_000 }));
});

test("what the kernel drops while the server stands still is counted as lost", async () => {
  const [port] = kPorts;
  const flood = Array.from({ length: 20_000 }, () => noise(1, 1_400)); // more than the kernel keeps
  const { lost } = await costsNoMore(16 * kMebibyte, () => assertAllCounted(port, flood, { atOnce: 1_000, standsStill: true }));
  assert.ok(lost > 0);
});

test("every refused body was counted, by format", async () => {
  for (const format of ["jaeger_thrift", "zipkin_json", "zipkin_json_v1", "zipkin_protobuf", "zipkin_thrift"]) {
    const series = `cairn_ingest_requests_failed_total{format="${format}",transport="http",code="INVALID_ARGUMENT"}`;
    assert.ok((await server.metric(series)) > 50, series);
  }
});
