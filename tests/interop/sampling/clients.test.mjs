// SPDX-License-Identifier: Apache-2.0
//
// Real clients that ask the running server what to sample, and then do: Jaeger's for Node.js, and
// OpenTelemetry's with its jaeger-remote sampler. What they sample of some thousand traces lies where
// chance lets it (five standard deviations); a changed file changes it without a restart.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import { JaegerRemoteSampler } from "@opentelemetry/sampler-jaeger-remote";
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import jaeger from "jaeger-client";

import { eventually, Server } from "../../harness.mjs";

const kTraces = 4000;
const kRefreshMs = 100;
let folder;
let file;
let server;

const probabilistic = (param) => ({ type: "probabilistic", param });

/** Replaces the strategies at once, as an editor or a ConfigMap does. */
async function writeStrategies(strategies) {
  await writeFile(`${file}.new`, typeof strategies === "string" ? strategies : JSON.stringify(strategies));
  await rename(`${file}.new`, file);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-sampling-"));
  file = join(folder, "strategies.json");
  await writeStrategies({});
  server = await Server.start({ "sampling.file": file, "sampling.reload_interval": "100ms" });
});
after(async () => {
  assert.equal(await server.stop(), 0);
  await rm(folder, { recursive: true, force: true });
});

/** Fails unless `sampled` of kTraces is what a probability lets expect. */
function assertShare(sampled, probability) {
  const deviation = Math.sqrt(kTraces * probability * (1 - probability));
  assert.ok(Math.abs(sampled - kTraces * probability) <= 5 * deviation,
    `${sampled} of ${kTraces} were sampled, not about ${probability}`);
}

/** A tracer of jaeger-client whose sampler asks the server; `asked()` resolves after its next answer. */
function jaegerTracer(service) {
  const updates = new EventEmitter();
  const sampler = new jaeger.RemoteSampler(service, {
    sampler: new jaeger.ConstSampler(false),
    host: "127.0.0.1",
    port: server.ports.sampling_http,
    refreshInterval: kRefreshMs,
    onSamplerUpdate: (now) => updates.emit("update", now),
  });
  const tracer = new jaeger.Tracer(service, new jaeger.InMemoryReporter(), sampler);
  return {
    /** Resolves once a sampler for which `holds` is in use. */
    async follows(holds) {
      for (;;) {
        const [now] = await once(updates, "update", { signal: AbortSignal.timeout(20_000) });
        if (holds(now)) return;
      }
    },
    sampled(operation, traces = kTraces) {
      let count = 0;
      for (let i = 0; i < traces; ++i) {
        const span = tracer.startSpan(operation);
        if (span.context().isSampled()) ++count;
        span.finish();
      }
      return count;
    },
    close: () => sampler.close(),
  };
}

test("jaeger-client samples at the configured probability, and at another one after the file changed", async () => {
  await writeStrategies({ service_strategies: [{ service: "cart", ...probabilistic(0.2) }] });
  const client = jaegerTracer("cart");
  await client.follows((sampler) => sampler.samplingRate === 0.2);
  assertShare(client.sampled("op"), 0.2);

  await writeStrategies({ service_strategies: [{ service: "cart", ...probabilistic(0.6) }] });
  await client.follows((sampler) => sampler.samplingRate === 0.6);
  assertShare(client.sampled("op"), 0.6);
  client.close();
});

test("jaeger-client keeps what it had while the file is broken", async () => {
  await writeStrategies({ default_strategy: probabilistic(0.3) });
  const client = jaegerTracer("web");
  await client.follows((sampler) => sampler.samplingRate === 0.3);
  await writeStrategies('{"default_strategy": {"type": "probabilstic", "param": 1}}');
  await eventually("the file is seen to be broken", async () => (await server.metric("cairn_sampling_file_broken")) === 1);
  assert.match(server.output.stderr, /line 1, column 31: type must be probabilistic or ratelimiting, not 'probabilstic'/);
  await client.follows((sampler) => sampler.samplingRate === 0.3);
  assertShare(client.sampled("op"), 0.3);
  client.close();
});

test("jaeger-client samples each operation at its own probability", async () => {
  await writeStrategies({
    default_strategy: { ...probabilistic(0.5), operation_strategies: [{ operation: "health", ...probabilistic(0) }] },
    service_strategies: [{ service: "cart", ...probabilistic(0.2), operation_strategies: [{ operation: "pay", ...probabilistic(1) }] }],
  });
  const client = jaegerTracer("cart");
  await client.follows((sampler) => sampler.name() === "PerOperationSampler");
  assert.equal(client.sampled("pay"), kTraces);
  // Its rate limiter with a bound of 0 holds at most one trace when it begins.
  assert.ok(client.sampled("health") <= 1);
  assert.ok(Math.abs(client.sampled("other") - 0.2 * kTraces) <= 5 * Math.sqrt(kTraces * 0.16) + 1);
  client.close();
});

test("jaeger-client keeps to a rate limit", async () => {
  const limit = 50;
  await writeStrategies({ default_strategy: { type: "ratelimiting", param: limit } });
  const client = jaegerTracer("cart");
  await client.follows((sampler) => sampler.maxTracesPerSecond === limit);
  const start = process.hrtime.bigint();
  let sampled = 0;
  let seconds = 0;
  while (seconds < 2) {
    sampled += client.sampled("op", 100);
    seconds = Number(process.hrtime.bigint() - start) / 1e9;
  }
  // It begins with up to a second's worth.
  assert.ok(sampled <= limit * (seconds + 1) + 1, `${sampled} in ${seconds} s`);
  assert.ok(sampled >= limit * seconds - 1, `${sampled} in ${seconds} s`);
  client.close();
});

/** OpenTelemetry's sampler never ends its timer; this one does not keep the process alive. */
function openTelemetrySampler(service) {
  const real = globalThis.setInterval;
  globalThis.setInterval = (...args) => real(...args).unref();
  try {
    return new JaegerRemoteSampler({
      endpoint: server.url("sampling_http", ""),
      serviceName: service,
      initialSampler: new AlwaysOffSampler(),
      poolingInterval: kRefreshMs,
    });
  } finally {
    globalThis.setInterval = real;
  }
}

function openTelemetrySampled(sampler, operation) {
  const tracer = new BasicTracerProvider({ sampler }).getTracer("test");
  let count = 0;
  for (let i = 0; i < kTraces; ++i) {
    const span = tracer.startSpan(operation, { kind: SpanKind.SERVER }, ROOT_CONTEXT);
    if (span.isRecording()) ++count;
    span.end();
  }
  return count;
}

test("OpenTelemetry's jaeger-remote sampler follows the file", async () => {
  await writeStrategies({ service_strategies: [{ service: "cart", ...probabilistic(0.2) }] });
  const sampler = openTelemetrySampler("cart");
  await eventually("it follows 0.2", () => sampler.toString().includes("{0.2}"));
  assertShare(openTelemetrySampled(sampler, "op"), 0.2);

  await writeStrategies({
    default_strategy: probabilistic(0.1),
    service_strategies: [{ service: "cart", ...probabilistic(0.7), operation_strategies: [{ operation: "pay", ...probabilistic(1) }] }],
  });
  await eventually("it follows 0.7", () => sampler.toString().includes("{0.7}"));
  assertShare(openTelemetrySampled(sampler, "op"), 0.7);
  assert.equal(openTelemetrySampled(sampler, "pay"), kTraces);
});

test("both clients follow adaptive sampling, and what it is told to begin with", async () => {
  const adaptive = await Server.start({
    "sampling.adaptive.enabled": "true",
    "sampling.adaptive.initial_probability": "0.4",
  });
  const usual = server;
  server = adaptive;
  try {
    const client = jaegerTracer("new");
    await client.follows((sampler) => sampler.name() === "PerOperationSampler");
    // Its lower bound lets one more through at the beginning.
    assert.ok(Math.abs(client.sampled("op") - 0.4 * kTraces) <= 5 * Math.sqrt(kTraces * 0.24) + 1);
    client.close();
    const sampler = openTelemetrySampler("new");
    await eventually("it follows 0.4", () => sampler.toString().includes("{0.4}"));
    assertShare(openTelemetrySampled(sampler, "op"), 0.4);
  } finally {
    server = usual;
    assert.equal(await adaptive.stop(), 0);
  }
});
