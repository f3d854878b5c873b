// SPDX-License-Identifier: Apache-2.0
//
// The JavaScript side of kafkajs_test.cc: reads the record of topic `to-js`, writes one with its
// trace id and a span id of its own to `from-js`, and prints what it read as JSON.
//   node kafkajs_peer.mjs <node_modules> <host:port>
import { createRequire } from "node:module";
import { join } from "node:path";

const [, , modules, broker] = process.argv;
const { Kafka, logLevel } = createRequire(join(modules, "_"))("kafkajs");
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });

const consumer = kafka.consumer({ groupId: "js" });
await consumer.connect();
await consumer.subscribe({ topic: "to-js", fromBeginning: true });
const read = await new Promise((resolve, reject) => {
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  consumer.run({ eachMessage: async ({ message }) => resolve(message) }).catch(reject);
});

const headers = Object.fromEntries(Object.entries(read.headers).map(([name, value]) => [name, value.toString()]));
const [version, trace, , flags] = headers.traceparent.split("-");
const producer = kafka.producer();
await producer.connect();
await producer.send({
  topic: "from-js",
  messages: [{ value: "back", headers: { traceparent: `${version}-${trace}-00f067aa0ba902b7-${flags}`, baggage: "user=js" } }],
});
console.log(JSON.stringify({ key: read.key.toString(), value: read.value.toString(), headers }));
await producer.disconnect();
await consumer.disconnect();
process.exit(0);
