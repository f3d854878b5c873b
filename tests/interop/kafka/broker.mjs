// SPDX-License-Identifier: Apache-2.0
//
// A real Apache Kafka broker for a test: one node in KRaft mode on free ports, its data in a folder
// that goes away with it. Its jars come from Maven's default repository.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { freePort } from "../../harness.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
const kPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

/** Why no broker can be run on this machine; nothing when one can. */
export function missing() {
  for (const program of ["java", "mvn"]) {
    if (spawnSync(program, ["-version"]).status !== 0) return `there is no ${program}`;
  }
  return undefined;
}

/** Fetches the broker's jars into `folder` unless they are there; resolves to the class path. */
export function fetchJars(folder) {
  if (!existsSync(folder) || !readdirSync(folder).some((name) => name.startsWith("kafka_"))) {
    mkdirSync(folder, { recursive: true });
    const maven = spawnSync("mvn", ["-q", "-B", "-f", join(kHere, "pom.xml"), kPlugin, `-DoutputDirectory=${folder}`]);
    if (maven.status !== 0) throw new Error(`mvn: ${maven.stdout}${maven.stderr}`);
  }
  return join(folder, "*");
}

function properties(folder, port, controller) {
  return Object.entries({
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controller}`,
    "listeners": `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "log.dirs": join(folder, "log"),
    "num.partitions": 4,
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
  }).map(([key, value]) => `${key}=${value}\n`).join("");
}

/**
 * A running broker.
 *   address  "127.0.0.1:port"
 *   stop()   kills it and removes its data
 */
export class Broker {
  static async start(classPath) {
    const folder = await mkdtemp(join(tmpdir(), "cairn-kafka-"));
    const [port, controller] = [await freePort(), await freePort()];
    const file = join(folder, "server.properties");
    writeFileSync(file, properties(folder, port, controller));
    const java = ["-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classPath];
    const format = spawnSync("java", [...java, "kafka.tools.StorageTool", "format", "-t", randomBytes(16).toString("base64url"), "-c", file]);
    if (format.status !== 0) throw new Error(`format: ${format.stdout}${format.stderr}`);
    const child = spawn("java", [...java, "kafka.Kafka", file], { stdio: ["ignore", "ignore", "pipe"] });
    return new Broker(child, folder, `127.0.0.1:${port}`);
  }

  constructor(child, folder, address) {
    this.child = child;
    this.folder = folder;
    this.address = address;
    this.log = "";
    child.stderr.on("data", (bytes) => (this.log += bytes));
    this.ended = once(child, "close");
  }

  async stop() {
    this.child.kill("SIGKILL");
    await this.ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
