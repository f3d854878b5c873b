// SPDX-License-Identifier: Apache-2.0
//
// Starts the real binary for a test: every port free, a data folder of its own, stopped and cleaned
// up afterwards. Nothing here sleeps: it waits for conditions.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { once } from "node:events";
import { existsSync, readFileSync, watch } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The binary under test: $CAIRN_BINARY. */
export function binary() {
  const path = process.env.CAIRN_BINARY;
  if (!path || !existsSync(path)) throw new Error(`CAIRN_BINARY does not name a file: ${path}`);
  return path;
}

/** The environment without CAIRN_* settings of whoever runs the tests. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("CAIRN_"));
  return { ...Object.fromEntries(kept), ...extra };
}

/** Runs the binary to its end; resolves to {code, stdout, stderr}. */
export async function run(args, options = {}) {
  const child = spawn(binary(), args, { env: cleanEnvironment(options.env), ...options.spawn });
  const output = collect(child);
  const [code] = await once(child, "close");
  return { code, ...output };
}

function collect(child) {
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes) => (output.stdout += bytes));
  child.stderr.on("data", (bytes) => (output.stderr += bytes));
  return output;
}

/**
 * A running server.
 *   ports   by listener: {otlp_grpc, otlp_http, jaeger_compact, zipkin_http, query, admin, …}
 *   url(name, path)   an address on one of them
 *   log     what it wrote to stderr so far (`output.stderr`)
 *   stop()  SIGTERM, waits for the end, cleans up; resolves to the exit code
 */
export class Server {
  static async start(flags = {}, env = {}) {
    const folder = await mkdtemp(join(tmpdir(), "cairn-test-"));
    const portsFile = join(folder, "ports.json");
    const settings = { data: join(folder, "data"), ...flags };
    const args = ["serve", "--free-ports", "--ports-file", portsFile];
    for (const [key, value] of Object.entries(settings)) args.push(`--${key}`, String(value));
    const child = spawn(binary(), args, { env: cleanEnvironment(env) });
    const server = new Server(child, folder);
    await Promise.race([appears(folder, portsFile), server.#diesEarly()]);
    server.ports = JSON.parse(await readFile(portsFile, "utf8"));
    return server;
  }

  constructor(child, folder) {
    this.child = child;
    this.pid = child.pid;
    this.folder = folder;
    this.output = collect(child);
    this.ended = once(child, "close");
  }

  async #diesEarly() {
    const [code] = await this.ended;
    if (!this.ports) throw new Error(`the server ended with ${code} before it was ready:\n${this.output.stderr}`);
  }

  url(name, path = "/") {
    return `http://127.0.0.1:${this.ports[name]}${path}`;
  }

  /** Resident memory now, in bytes. */
  residentBytes() {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
  }

  /** The value of a metric's series, 0 when it does not exist yet. */
  async metric(series) {
    const text = await (await fetch(this.url("metrics", "/metrics"))).text();
    const line = text.split("\n").find((l) => l.startsWith(`${series} `));
    return line ? Number(line.slice(series.length + 1)) : 0;
  }

  async stop(signal = "SIGTERM") {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    const [code] = await this.ended;
    await rm(this.folder, { recursive: true, force: true });
    return code;
  }
}

/** Resolves once `file` exists in `folder`. */
async function appears(folder, file) {
  const watcher = watch(folder);
  try {
    while (!existsSync(file)) {
      await Promise.race([once(watcher, "change"), timer(100)]);  // the poll covers a lost event
    }
  } finally {
    watcher.close();
  }
}

function timer(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A port that nobody had a moment ago, for programs whose configuration cannot ask for a free one. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Asks again until `check` returns something truthy; fails after `seconds`. */
export async function eventually(what, check, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await timer(20);
  }
}
