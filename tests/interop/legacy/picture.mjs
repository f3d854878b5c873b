// SPDX-License-Identifier: Apache-2.0
//
// What the clients' spans are compared in: a picture of each span, as Jaeger's JSON has it. Nothing
// is left out of it; tags are in the order of their keys, as clients and servers order them freely.
import { eventually } from "../../harness.mjs";

const byKey = (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Spans in the order of their ids; those that share one, by kind. */
export const inOrder = (pictures) => [...pictures].sort((a, b) => {
  const name = ({ spanID, tags }) => `${spanID} ${tags.find(({ key }) => key === "span.kind")?.value}`;
  return name(a) < name(b) ? -1 : 1;
});

export const sortedTags = (tags) => [...tags].sort(byKey);

/** A tag of Jaeger's JSON; the type follows from the value. */
export function tag(key, value) {
  if (typeof value === "string") return { key, type: "string", value };
  if (typeof value === "boolean") return { key, type: "bool", value };
  if (typeof value === "bigint") return { key, type: "int64", value: Number(value) };
  if (typeof value === "number") return { key, type: "float64", value };
  if (value instanceof Uint8Array) return { key, type: "binary", value: Buffer.from(value).toString("base64") };
  return { key, type: "string", value: JSON.stringify(value) };
}

export const tagsOf = (object) => sortedTags(Object.entries(object).map(([key, value]) => tag(key, value)));

/** The pictures of the spans in one trace of Jaeger's JSON. */
function pictureOf(trace) {
  return inOrder(trace.spans.map((span) => ({
    traceID: span.traceID,
    spanID: span.spanID,
    flags: span.flags ?? 0,
    operationName: span.operationName,
    references: span.references,
    startTime: span.startTime,
    duration: span.duration,
    tags: sortedTags(span.tags),
    logs: span.logs,
    service: trace.processes[span.processID].serviceName,
    processTags: sortedTags(trace.processes[span.processID].tags ?? []),
  })));
}

/** Asks for a trace as it was sent until it has that many spans; resolves to their pictures. */
export async function storedPicture(server, traceId, count) {
  return eventually(`${count} spans of ${traceId}`, async () => {
    const answer = await fetch(server.url("query", `/api/traces/${traceId}?raw=true`));
    if (answer.status !== 200) return undefined;
    const [trace] = (await answer.json()).data;
    return trace.spans.length >= count ? pictureOf(trace) : undefined;
  });
}

/** The attributes of a trace's spans by span id and kind, those that Jaeger's JSON hides included. */
export async function storedAttributes(server, traceId) {
  const answer = await (await fetch(server.url("query", `/api/cairn/v1/traces/${traceId}`))).json();
  const spans = answer.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: list }) => list));
  return spans.map(({ spanId, kind, attributes = [] }) => ({ spanId, kind, attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])) }));
}
