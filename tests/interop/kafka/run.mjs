// SPDX-License-Identifier: Apache-2.0
//
// Apache Kafka itself between producers and the real binary. Optional: it says what it skipped.
//   CAIRN_BINARY=build/release/cairn node tests/interop/kafka/run.mjs [folder for jars and packages]
// What it shows: kafkajs produces while the ingester is killed (-9) and started again, and every span
// can be queried afterwards; the same spans through Cairn as the collector (librdkafka's producer).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { eventually, Server } from "../../harness.mjs";
import { newTraceId, request, span } from "../../otlp.mjs";
import { Broker, fetchJars, missing } from "./broker.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
const kSpans = Number(process.env.CAIRN_KAFKA_SPANS ?? 2000);
const kPerSend = 50;
const kAccepted = (format) => `cairn_ingest_spans_accepted_total{format="${format}",transport="kafka"}`;

function loadKafkajs(folder) {
  if (!existsSync(join(folder, "node_modules/kafkajs"))) {
    copyFileSync(join(kHere, "package.json"), join(folder, "package.json"));
    const npm = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    if (npm.status !== 0) throw new Error(`npm: ${npm.stderr}`);
  }
  return createRequire(join(folder, "package.json"))("kafkajs");
}

function ingester(broker, topic, data) {
  return Server.start({
    data,
    "receivers.kafka.enabled": "true",
    "receivers.kafka.brokers": broker.address,
    "receivers.kafka.topics": topic,
    "receivers.kafka.group": `${topic}-readers`,
    "receivers.kafka.encoding": "otlp_proto",
  });
}

async function checkAll(server, traceIds) {
  await eventually("every span can be queried", async () => {
    for (const id of traceIds) {
      const answer = await fetch(server.url("query", `/api/traces/${id.toString("hex")}`));
      if (answer.status !== 200) return false;
      const { data } = await answer.json();
      assert.equal(data[0].spans.length, 1, "duplicates collapse");
    }
    return true;
  }, 120);
}

/** kafkajs writes while the ingester dies in mid-stream and comes back. */
async function killedInMidStream(broker, kafka, folder) {
  const data = join(folder, "killed");
  const traceIds = Array.from({ length: kSpans }, newTraceId);
  const producer = kafka.producer();
  await producer.connect();
  let server = await ingester(broker, "spans", data);
  let kills = 0;
  for (let sent = 0; sent < kSpans; sent += kPerSend) {
    const messages = traceIds.slice(sent, sent + kPerSend).map((traceId) => ({ key: traceId.toString("hex"), value: request([span({ traceId })]) }));
    await producer.send({ topic: "spans", messages });
    if (kills < 2 && sent >= (kSpans / 3) * (kills + 1)) {
      await eventually("some spans arrived", () => server.metric(kAccepted("otlp_proto")), 60);
      await server.stop("SIGKILL");
      server = await ingester(broker, "spans", data);
      ++kills;
    }
  }
  await producer.disconnect();
  await checkAll(server, traceIds);
  await eventually("nothing is left to read", async () => {
    const lags = await Promise.all([0, 1, 2, 3].map((p) => server.metric(`cairn_kafka_consumer_lag_messages{topic="spans",partition="${p}"}`)));
    return lags.every((lag) => lag === 0);
  });
  assert.equal(await server.stop(), 0);
  console.log(`ok: ${kSpans} spans by kafkajs, ingester killed ${kills} times, every span is there once`);
}

/** OTLP over HTTP to a collector without a store, through Kafka, to an ingester. */
async function collectorInFront(broker, folder) {
  const collector = await Server.start({
    data: join(folder, "collector"),
    "exporters.kafka.enabled": "true",
    "exporters.kafka.instead_of_store": "true",
    "exporters.kafka.brokers": broker.address,
    "exporters.kafka.topic": "collected",
  });
  const traceIds = Array.from({ length: kSpans }, newTraceId);
  for (let sent = 0; sent < kSpans; sent += kPerSend) {
    const answer = await fetch(collector.url("otlp_http", "/v1/traces"), {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: request(traceIds.slice(sent, sent + kPerSend).map((traceId) => span({ traceId }))),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  const server = await ingester(broker, "collected", join(folder, "collected"));
  await checkAll(server, traceIds);
  assert.equal(await server.stop(), 0);
  assert.equal(await collector.stop(), 0);
  console.log(`ok: ${kSpans} spans through Cairn as the collector, Kafka, and Cairn as the ingester`);
}

async function main() {
  const why = missing();
  if (why) return console.log(`skipped: Apache Kafka, ${why}`);
  const tools = resolve(process.argv[2] ?? "build/interop-kafka");
  mkdirSync(tools, { recursive: true });
  const classPath = fetchJars(join(tools, "jars"));
  const { Kafka, logLevel } = loadKafkajs(tools);
  const folder = await mkdtemp(join(tmpdir(), "cairn-kafka-data-"));
  const broker = await Broker.start(classPath);
  try {
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, retry: { retries: 50, maxRetryTime: 500 } });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: ["spans", "collected"].map((topic) => ({ topic, numPartitions: 4 })) });
    await admin.disconnect();
    await killedInMidStream(broker, kafka, folder);
    await collectorInFront(broker, folder);
  } finally {
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
