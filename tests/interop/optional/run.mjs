// SPDX-License-Identifier: Apache-2.0
//
// Clients whose languages and packages not every machine has, unchanged, against the real binary. Optional:
// what is missing is named and skipped; what runs must be right.
//   CAIRN_BINARY=build/release/cairn node tests/interop/optional/run.mjs [folder for packages]
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { cleanEnvironment, eventually, Server } from "../../harness.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));

/** Why a suite cannot run here. */
class Missing extends Error {}

const isInstalled = (command) => !spawnSync(command, ["--version"], { stdio: "ignore" }).error;

/** Fetches or builds; what fails is missing. */
function prepare(command, args, options) {
  if (!isInstalled(command)) throw new Missing(`no ${command} here`);
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: "utf8", timeout: 900_000, ...options });
  if (status !== 0) throw new Missing(`${command} ${args[0]} failed: ${`${stderr}${stdout}`.trim().split("\n").slice(-3).join(" | ")}`);
}

/** Runs a client to its end; resolves to the trace that it says it sent. */
async function send(command, args) {
  const child = spawn(command, args, { env: cleanEnvironment(), stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const bytes of child.stdout) output += bytes;
  assert.equal(child.exitCode ?? (await new Promise((done) => child.once("close", done))), 0);
  return JSON.parse(output.trim().split("\n").at(-1));
}

const gozero = {
  name: "Go: go-zero",
  service: "interop-gozero",
  prepare(folder) {
    const program = join(folder, "gozero");
    prepare("go", ["version"]);
    prepare("go", ["build", "-o", program, "."], { cwd: join(kHere, "gozero") });
    return [program];
  },
  clients: {
    "jaeger over HTTP": { args: (server) => ["jaeger", server.url("jaeger_http", "/api/traces")] },
    "jaeger over UDP": { args: (server) => ["jaeger", `udp://127.0.0.1:${server.ports.jaeger_compact}`] },
    "zipkin": { args: (server) => ["zipkin", server.url("zipkin_http", "/api/v2/spans")], isZipkin: true },
    "otlpgrpc": { args: (server) => ["otlpgrpc", `127.0.0.1:${server.ports.otlp_grpc}`] },
    "otlphttp": { args: (server) => ["otlphttp", `127.0.0.1:${server.ports.otlp_http}`] },
  },
};

const pythonClient = (name, port, isZipkin) => [name, { args: (server) => [name, "127.0.0.1", String(server.ports[port])], isZipkin }];
const python = {
  name: "Python",
  service: "interop-python",
  prepare(folder) {
    const environment = join(folder, "python");
    const program = join(environment, "bin/python");
    if (!existsSync(program)) prepare("python3", ["-m", "venv", environment]);
    prepare(program, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", join(kHere, "python/requirements.txt")]);
    return [program, join(kHere, "python/send.py")];
  },
  clients: Object.fromEntries([
    pythonClient("py_zipkin V1_JSON", "zipkin_http", true),
    pythonClient("py_zipkin V2_JSON", "zipkin_http", true),
    pythonClient("py_zipkin V2_PROTO3", "zipkin_http", true),
    pythonClient("opentelemetry zipkin json", "zipkin_http", true),
    pythonClient("opentelemetry otlp", "otlp_http", false),
  ]),
};

const braveClient = (encoding) => [`in ${encoding}`, { args: (server) => [encoding, server.url("zipkin_http", "/api/v2/spans")], isZipkin: true }];
const brave = {
  name: "Java: Brave",
  service: "interop-brave",
  prepare(folder) {
    const jars = join(folder, "brave");
    prepare("mvn", ["-q", "-B", "-f", join(kHere, "brave/pom.xml"), "dependency:copy-dependencies", `-DoutputDirectory=${jars}`]);
    prepare("java", ["--version"]);
    return ["java", "-cp", `${jars}/*`, join(kHere, "brave/Send.java")];
  },
  clients: Object.fromEntries(["JSON", "PROTO3"].map(braveClient)),
};

const kSuites = [gozero, python, brave];

/** Compares every field of a trace that a client says it sent with Jaeger's JSON of it. */
async function check(server, sent, { isZipkin, service }) {
  const trace = await eventually("the trace arrived", async () => {
    const answer = await fetch(server.url("query", `/api/traces/${sent[0].traceId}?raw=true`));
    const found = answer.status === 200 && (await answer.json()).data[0];
    return found && found.spans.length >= sent.length && found;
  });
  assert.equal(trace.spans.length, sent.length);
  for (const span of sent) {
    const found = trace.spans.find(({ spanID }) => spanID === span.spanId);
    const tags = Object.fromEntries(found.tags.map(({ key, value }) => [key, value]));
    const wanted = Object.entries(span.tags ?? {}).map(([key, value]) => [key, isZipkin ? textOf(value) : value]);
    const foundTag = (key) => (isZipkin ? textOf(tags[key]) : tags[key]);
    assert.deepEqual({
      traceId: found.traceID,
      name: found.operationName,
      kind: tags["span.kind"] ?? "internal",
      start: found.startTime,
      duration: found.duration,
      references: found.references,
      tags: Object.fromEntries(wanted.map(([key]) => [key, foundTag(key)])),
      events: found.logs.map(({ fields }) => fields[0].value),
      isError: tags["otel.status_code"] === "ERROR",
      message: span.error && isZipkin ? found.tags.find(({ key, type }) => key === "error" && type === "string")?.value : tags["otel.status_description"] ?? "",
      service: trace.processes[found.processID].serviceName,
    }, {
      traceId: span.traceId,
      name: isZipkin ? span.name.toLowerCase() : span.name,
      kind: span.kind,
      start: span.start ?? found.startTime, // null: the client keeps it to itself
      duration: span.duration ?? found.duration,
      references: span.parent ? [{ refType: "CHILD_OF", traceID: span.traceId, spanID: span.parent }] : [],
      tags: Object.fromEntries(wanted),
      events: span.events ?? [],
      isError: span.error !== "",
      message: span.error,
      service,
    });
  }
}

/** Zipkin's clients send text; Python's writes True. */
const textOf = (value) => String(value).toLowerCase();

async function runSuite(suite, folder) {
  let program;
  try {
    program = suite.prepare(folder);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: ${suite.name}: ${error.message}`);
    return true;
  }
  const server = await Server.start();
  let isGood = true;
  for (const [name, client] of Object.entries(suite.clients)) {
    try {
      const [command, ...first] = program;
      const sent = await send(command, [...first, ...client.args(server)]);
      await check(server, sent, { isZipkin: client.isZipkin, service: suite.service });
      console.log(`ok: ${suite.name}, ${name}: ${sent.length} spans, every field`);
    } catch (error) {
      isGood = false;
      console.log(`FAILED: ${suite.name}, ${name}: ${error.message}`);
    }
  }
  assert.equal(await server.stop(), 0);
  return isGood;
}

const folder = resolve(process.argv[2] ?? join(tmpdir(), "cairn-interop"));
mkdirSync(folder, { recursive: true });
let isGood = true;
for (const suite of kSuites) isGood = (await runSuite(suite, folder)) && isGood;
process.exitCode = isGood ? 0 : 1;
