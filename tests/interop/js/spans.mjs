// SPDX-License-Identifier: Apache-2.0
//
// The spans that the exporters send: everything that the OpenTelemetry API can say, once.
import { webcrypto as crypto } from "node:crypto";
import { context, createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";

export const kService = "interop-js";
export const kResource = {
  "service.name": kService,
  "service.version": "1.2.3",
  "process.pid": 4242,
  "host.arch": "amd64",
  "process.command_args": ["node", "send.mjs"],
  "cloud.zone": "zürich-1",
};

const kAttributes = {
  "text": "plain",
  "text.empty": "",
  "text.unicode": "Grüße, 世界 \u{1F980} \u0001\"\\\n",
  "text.long": "x".repeat(5_000),
  "int": 42,
  "int.zero": 0,
  "int.negative": -7,
  "int.largest": Number.MAX_SAFE_INTEGER,
  "int.smallest": Number.MIN_SAFE_INTEGER,
  "double": 0.1,
  "double.negative": -2.5e-300,
  "double.large": 4503599627370495.5, // the largest with a fraction: the SDK sends whole numbers as ints
  "bool.true": true,
  "bool.false": false,
  "texts": ["a", "", "ü"],
  "ints": [1, 2, 3],
  "doubles": [0.5, -1.5],
  "bools": [true, false],
  "none": [],
};

const kOther = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: TraceFlags.SAMPLED };

/** One trace: a server span with a remote parent, children of every kind, events, links, errors. */
export function makeTrace(tracer) {
  const caller = { ...kOther, traceId: newTraceId(), isRemote: true, traceState: createTraceState("vendor=opaque,other=1") };
  const root = tracer.startSpan("GET /checkout/{id}", {
    kind: SpanKind.SERVER,
    attributes: kAttributes,
    links: [
      { context: { ...kOther, isRemote: true, traceState: createTraceState("a=b") }, attributes: { "link.kind": "batch", "link.number": 3 } },
      { context: { ...kOther, spanId: "00f067aa0ba902b7" } },
    ],
    startTime: [1_760_000_000, 123_456_789],
  }, trace.setSpanContext(ROOT_CONTEXT, caller));
  root.addEvent("cache miss", { key: "cart:42", retries: 2 }, [1_760_000_000, 123_500_001]);
  root.addEvent("nothing to add", undefined, [1_760_000_000, 123_500_002]);
  root.setStatus({ code: SpanStatusCode.OK });
  const inside = trace.setSpan(context.active(), root);
  for (const [name, kind] of Object.entries({ INTERNAL: SpanKind.INTERNAL, CLIENT: SpanKind.CLIENT, PRODUCER: SpanKind.PRODUCER, CONSUMER: SpanKind.CONSUMER })) {
    tracer.startSpan(`child ${name}`, { kind, startTime: [1_760_000_000, 200_000_000] }, inside).end([1_760_000_000, 200_000_001]);
  }
  failingChild(tracer, inside);
  crowdedChild(tracer, inside);
  root.end([1_760_000_001, 1]);
  return root.spanContext().traceId;
}

function failingChild(tracer, inside) {
  const span = tracer.startSpan("charge card", { kind: SpanKind.CLIENT, startTime: [1_760_000_000, 300_000_000] }, inside);
  span.recordException(Object.assign(new Error("card refused: ü"), { code: "E42" }), [1_760_000_000, 300_000_100]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: "card refused" });
  span.end([1_760_000_000, 300_000_200]);
}

/** More of everything than kLimits allows, so that the dropped counts are not zero. */
export const kLimits = { attributeCountLimit: 24, eventCountLimit: 3, linkCountLimit: 2, attributePerEventCountLimit: 2, attributePerLinkCountLimit: 2 };
function crowdedChild(tracer, inside) {
  const many = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key.${i}`, i]));
  const links = Array.from({ length: 4 }, () => ({ context: kOther, attributes: many(5) }));
  const span = tracer.startSpan("crowded", { attributes: many(30), links, startTime: [1_760_000_000, 400_000_000] }, inside);
  for (let i = 0; i < 5; ++i) span.addEvent(`event ${i}`, many(4), [1_760_000_000, 400_000_010 + i]);
  span.end([1_760_000_000, 400_000_100]);
}

function newTraceId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
