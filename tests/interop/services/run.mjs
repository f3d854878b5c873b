// SPDX-License-Identifier: Apache-2.0
//
// A go-zero service and a C++ service on the same request: every hop between them is one trace.
// Optional: what is missing is named and skipped; what runs must be right.
//   CAIRN_BINARY=build/release/cairn CAIRN_SERVICES=build/release/tests/interop/services/interop_services \
//     node tests/interop/services/run.mjs [folder for programs] [folder for Kafka's jars]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { eventually, Server } from "../../harness.mjs";
import { Broker, fetchJars, missing as missingForKafka } from "../kafka/broker.mjs";
import { fails, httpServer, spansOf } from "./expected.mjs";
import { accepts, kNobody, startServices } from "./peers.mjs";
import { chain, compare, spansIn } from "./traces.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
const kAgent = "interop";
const kState = "shop=42,other=a:b";
const kBaggage = { user: "Jörg", tier: "gold", note: 'say "50% off" %41 \\ 1+1' };
const kBaggageHeader = Object.entries(kBaggage).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join();
const kHeaders = { "user-agent": kAgent, "tracestate": kState, "baggage": kBaggageHeader };

/** [what it shows, who is asked, the way from there]. */
const kWays = [
  ["go-zero rest, httpc → cpp-httplib", "go", "http-cpp.end"],
  ["cpp-httplib → go-zero rest", "cpp", "http-go.end"],
  ["libcurl → go-zero rest", "cpp", "curl-go.end"],
  ["zrpc → grpc++", "go", "grpc-cpp.end"],
  ["grpc++ → zrpc", "cpp", "grpc-go.end"],
  ["zrpc → grpc++, a stream each way", "go", "stream-cpp.end"],
  ["grpc++ → zrpc, a stream each way", "cpp", "stream-go.end"],
  ["httpc → cpp-httplib, 503", "go", "http-cpp.fail"],
  ["cpp-httplib → go-zero rest, 503", "cpp", "http-go.fail"],
  ["libcurl → go-zero rest, 503", "cpp", "curl-go.fail"],
  ["zrpc → grpc++, FAILED_PRECONDITION", "go", "grpc-cpp.fail"],
  ["grpc++ → zrpc, FAILED_PRECONDITION", "cpp", "grpc-go.fail"],
  ["zrpc → grpc++, a stream that fails", "go", "stream-cpp.fail"],
  ["grpc++ → zrpc, a stream that fails", "cpp", "stream-go.fail"],
  ["zrpc → grpc++, longer than the deadline", "go", "grpc-cpp.slow"],
  ["grpc++ → zrpc, longer than the deadline", "cpp", "grpc-go.slow"],
  ["httpc → nobody", "go", "http-nobody.end"],
  ["cpp-httplib → nobody", "cpp", "http-nobody.end"],
  ["libcurl → nobody", "cpp", "curl-nobody.end"],
  ["zrpc → nobody", "go", "grpc-nobody.end"],
  ["grpc++ → nobody", "cpp", "grpc-nobody.end"],
  ["there and back, six calls", "go", "http-cpp.grpc-go.stream-cpp.curl-go.grpc-cpp.stream-go.end"],
];
const kKafkaWays = [
  ["kq's pusher → librdkafka", "go", "kafka-cpp.end"],
  ["librdkafka → kq's consumer", "cpp", "kafka-go.end"],
  ["librdkafka → kq's consumer → cpp-httplib", "cpp", "kafka-go.http-cpp.end"],
  ["one trace through all of it", "go", "http-cpp.grpc-go.kafka-cpp.kafka-go.stream-cpp.curl-go.kafka-cpp.grpc-go.end"],
];

/** A caller that is no service: its ids, and its headers. */
function caller(isSampled = true) {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  return { traceId, spanId, headers: { ...kHeaders, traceparent: `00-${traceId}-${spanId}-0${Number(isSampled)}` } };
}

async function stored(server, traceId) {
  const answer = await fetch(server.url("query", `/api/cairn/v1/traces/${traceId}`));
  return answer.status === 200 ? spansIn(await answer.json()) : [];
}

/** Waits for as many spans as there shall be, and returns all that there are. */
function arrivals(server, traceId, count) {
  let found = [];
  return eventually("", async () => (found = await stored(server, traceId)).length >= count && found, 60)
    .catch(() => found);  // what is there tells more than that it is not enough
}

const statusOf = (way) => (fails(way) ? 503 : 200);

/** One way: asks, compares what is stored. Resolves to the number of spans. */
async function walk(server, services, first, way) {
  const { traceId, spanId, headers } = caller();
  const answer = await fetch(`http://${services[first].http}/hop/${way}`, { headers });
  assert.equal(answer.status, statusOf(way), await answer.text());
  const expected = spansOf({ ...services, nobody: { http: kNobody, grpc: kNobody } }, first, way, { agent: kAgent, baggage: kBaggage });
  const spans = chain(await arrivals(server, traceId, expected.length), spanId);
  compare(spans, expected, kState);
  assert.equal(answer.headers.get("traceparent"), `00-${traceId}-${spans[0].spanId}-01`, "the answer's traceparent");
  return spans;
}

/** go-zero's client logs the span that the answer names: the server's. */
function checkLog(services, spans) {
  const server = spans.find(({ view }) => view.service === services.cpp.name && view.name === "/hop/:way");
  const lines = services.go.peer.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const [line] = lines.filter(({ trace, content }) => trace === server.traceId && content.startsWith("[HTTP]") && content.includes(services.cpp.http));
  assert.ok(line, "httpc's line in the log");
  assert.equal(line.span, server.spanId);
}

/** The same requests to both services: the server's span is the same but for its name. */
async function sameRequests(server, services) {
  const post = { method: "POST", body: "one order", headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.9" } };
  const seen = { length: 9, method: "POST", forwarded: "203.0.113.7" };
  const requests = [
    [{ target: "/hop/end?from=browser&n=1", route: "/hop/:way", status: 200, ...seen }, post],
    [{ target: "/nowhere?n=1", route: "/nowhere", status: 404 }, {}],
    [{ target: "/hop/fail", route: "/hop/:way", status: 503, ...seen }, post],
  ];
  for (const who of [services.go, services.cpp]) {
    for (const [request, options] of requests) {
      const { traceId, spanId, headers } = caller();
      const answer = await fetch(`http://${who.http}${request.target}`, { ...options, headers: { ...headers, ...options.headers } });
      await answer.arrayBuffer();
      assert.equal(answer.status, request.status);
      const count = request.status === 200 ? 2 : 1;
      const [found] = chain(await arrivals(server, traceId, count), spanId);
      compare([found], [httpServer(who, { agent: kAgent, ...request })], kState);
    }
  }
}

/** The caller is not sampled: nobody on the way records, whoever starts it. Resolves to the trace ids. */
async function unsampled(services, ways) {
  const ids = [];
  for (const [, first, way] of ways) {
    const { traceId, headers } = caller(false);
    const answer = await fetch(`http://${services[first].http}/hop/${way}`, { headers });
    assert.equal(answer.status, statusOf(way), await answer.text());
    ids.push(traceId);
  }
  return ids;
}

let isGood = true;
async function report(name, check) {
  try {
    const said = await check();
    console.log(`ok: ${name}${said ? `: ${said}` : ""}`);
  } catch (error) {
    isGood = false;
    console.log(`FAILED: ${name}: ${error.message}`);
  }
}

async function checkAll(server, services, ways) {
  for (const [name, first, way] of ways) {
    await report(name, async () => `${(await walk(server, services, first, way)).length} spans, every field`);
  }
  await report("httpc logs the span that cpp-httplib's answer names", async () => {
    checkLog(services, await walk(server, services, "go", "http-cpp.end"));
  });
  await report("the same requests to rest and to cpp-httplib: the same spans", () => sameRequests(server, services));
  await report("a caller that is not sampled: no spans anywhere", async () => {
    const ids = await unsampled(services, ways);
    // What is sent later arrives later: by then the others would have.
    for (const [, first, way] of ways) await walk(server, services, first, way);
    for (const id of ids) assert.deepEqual(await stored(server, id), []);
  });
}

const lastLines = ({ stderr }) => stderr.trim().split("\n").slice(-3).join(" | ");

/** Fetches what is missing and builds; resolves to the program, or to why there is none. */
function buildGo(folder) {
  const options = { cwd: join(kHere, "gozero"), encoding: "utf8", timeout: 900_000 };
  if (spawnSync("go", ["version"]).status !== 0) return { why: "there is no go" };
  const fetched = spawnSync("go", ["list", "-deps", "."], options);
  if (fetched.status !== 0) return { why: `go list failed: ${lastLines(fetched)}` };
  const program = join(folder, "gozero");
  const built = spawnSync("go", ["build", "-o", program, "."], options);
  assert.equal(built.status, 0, `go build: ${lastLines(built)}`);
  return { program };
}

/** A broker, or why there is none. */
async function startBroker(jars) {
  const why = missingForKafka();
  if (why) return { why };
  let classPath;
  try {
    classPath = fetchJars(jars);
  } catch (error) {
    return { why: error.message };
  }
  return { broker: await Broker.start(classPath) };
}

async function main() {
  const tools = resolve(process.argv[2] ?? "build/interop-services");
  const cpp = process.env.CAIRN_SERVICES;
  if (!cpp || !existsSync(cpp)) return console.log(`skipped: go-zero and C++: CAIRN_SERVICES does not name a program: ${cpp}`);
  mkdirSync(tools, { recursive: true });
  const { program: go, why } = buildGo(tools);
  if (why) return console.log(`skipped: go-zero and C++: ${why}`);
  const { broker, why: noKafka } = await startBroker(resolve(process.argv[3] ?? "build/interop-kafka/jars"));
  if (noKafka) console.log(`skipped: go-queue and librdkafka: ${noKafka}`);
  const folder = await mkdtemp(join(tmpdir(), "cairn-services-"));
  let server, services;
  try {
    server = await Server.start();
    if (broker) await eventually("Kafka listens", () => accepts(broker.address), 120);
    services = await startServices({ go, cpp: resolve(cpp) }, folder, `127.0.0.1:${server.ports.otlp_grpc}`, broker?.address);
    await checkAll(server, services, broker ? [...kWays, ...kKafkaWays] : kWays);
    await report("both end well when told to", async () => assert.deepEqual(await services.stop(), [0, 0]));
  } finally {
    await services?.stop("SIGKILL");
    await server?.stop();
    await broker?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main().catch((error) => {
  isGood = false;
  console.log(`FAILED: go-zero and C++: ${error.stack}`);
});
process.exitCode = isGood ? 0 : 1;
