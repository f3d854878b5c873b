// SPDX-License-Identifier: Apache-2.0
//
// The two services under test: go-zero's (./gozero) and ours (./cpp), each a process of its own,
// configured by a file whose Telemetry block is the same.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { cleanEnvironment, eventually, freePort } from "../../harness.mjs";

/** JSON is YAML, and quotes what needs quotes. */
const yaml = (settings) => `${JSON.stringify(settings, null, 2)}\n`;

/** Milliseconds that calls may take: machines under test are busy. go-zero's own are 2000 and 3000. */
const kPatience = 60_000;
/** Spans are sent soon, by both SDKs; nothing else of the environment's settings counts. */
const kEnvironment = { OTEL_BSP_SCHEDULE_DELAY: "200" };

/** Where nobody listens; the C++ service knows it as well. */
export const kNobody = "127.0.0.1:1";

/** Whether somebody listens at "host:port". */
export function accepts(address) {
  const [host, port] = address.split(":");
  return new Promise((done) => {
    const socket = connect(Number(port), host, () => done(true) || socket.end());
    socket.once("error", () => done(false));
  });
}

/** A process and what it prints. stop() resolves to its exit code. */
class Peer {
  constructor(command, args) {
    const others = Object.entries(cleanEnvironment()).filter(([name]) => !name.startsWith("OTEL_"));
    this.child = spawn(command, args, { env: { ...Object.fromEntries(others), ...kEnvironment }, stdio: ["ignore", "pipe", "pipe"] });
    this.lines = [];
    this.errors = "";
    createInterface({ input: this.child.stdout }).on("line", (line) => this.lines.push(line));
    this.child.stderr.on("data", (bytes) => (this.errors += bytes));
    this.ended = once(this.child, "close");
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Asks until `check` says so; fails at once when the process has ended. */
  until(what, check) {
    return eventually(what, async () => {
      if (this.hasEnded) throw new Error(`${what}: it ended: ${this.lines.slice(-5).join(" | ")} ${this.errors}`);
      return check();
    }, kPatience / 1000);
  }

  async stop(signal = "SIGTERM") {
    if (!this.hasEnded) this.child.kill(signal);
    const [code] = await this.ended;
    return code;
  }
}

function telemetry(name, collector) {
  return { Name: name, Endpoint: collector, Sampler: 1.0, Batcher: "otlpgrpc" };
}

function goConfiguration({ go, cpp, collector, broker }) {
  const [host, port] = go.http.split(":");
  const quiet = { Log: { Mode: "console", Encoding: "json", Stat: false }, Telemetry: telemetry(go.name, collector) };
  const server = { Name: go.name, Timeout: kPatience, CpuThreshold: 0, ...quiet };
  const queue = { Name: go.name, Brokers: [broker], Group: "go", Topic: "to-go", Offset: "first", ...quiet };
  return {
    ...server, Host: host, Port: Number(port),
    Rpc: { ...server, ListenOn: go.grpc },
    CppHTTP: `http://${cpp.http}`,
    CppRPC: { Target: cpp.grpc, Timeout: kPatience },
    NobodyHTTP: `http://${kNobody}`,
    NobodyRPC: { Target: kNobody, Timeout: kPatience },
    ...(broker ? { Queue: queue, CppTo: "to-cpp" } : {}),
  };
}

/** Starts `program` and completes `cpp` with its addresses. */
async function startCpp(program, folder, { go, cpp, collector, broker }) {
  const file = join(folder, "cpp.yaml");
  writeFileSync(file, yaml({ Name: cpp.name, Telemetry: telemetry(cpp.name, collector) }));
  const kafka = broker ? [broker, "to-cpp", "to-go"] : [];
  const peer = new Peer(program, [file, `http://${go.http}`, go.grpc, ...kafka]);
  const line = await peer.until("the C++ service is ready", () => peer.lines[0]);
  const ports = JSON.parse(line);
  cpp.http = `127.0.0.1:${ports.http}`;
  cpp.grpc = `127.0.0.1:${ports.grpc}`;
  return peer;
}

async function startGo(program, folder, settings) {
  const file = join(folder, "go.yaml");
  writeFileSync(file, yaml(goConfiguration(settings)));
  const peer = new Peer(program, [file]);
  const headers = { traceparent: `00-${"1".repeat(32)}-${"1".repeat(16)}-00` };  // asking leaves no spans
  await peer.until("the go-zero service is ready", () => fetch(`http://${settings.go.http}/`, { headers }).catch(() => false));
  await peer.until("zrpc listens", () => accepts(settings.go.grpc));
  return peer;
}

/**
 * Both services, tracing to `collector` ("host:port"), with Kafka if there is a broker.
 *   go, cpp   {name, isCpp, http: "host:port", grpc: "host:port", peer}
 *   stop()    ends both; resolves to their exit codes
 */
export async function startServices(programs, folder, collector, broker) {
  const go = { name: "shop-go", isCpp: false, http: `127.0.0.1:${await freePort()}`, grpc: `127.0.0.1:${await freePort()}` };
  const cpp = { name: "shop-cpp", isCpp: true };
  const settings = { go, cpp, collector, broker };
  const stop = (signal) => Promise.all([go, cpp].map(({ peer }) => peer?.stop(signal)));
  try {
    cpp.peer = await startCpp(programs.cpp, folder, settings);
    go.peer = await startGo(programs.go, folder, settings);
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
  return { go, cpp, stop };
}
