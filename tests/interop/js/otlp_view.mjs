// SPDX-License-Identifier: Apache-2.0
//
// Two ways to the same picture of a trace, so that they can be compared field by field: from what
// the SDK handed to its exporter, and from the OTLP JSON that Cairn answers.
// A picture is a list of {resource, scope, span} in the order of span ids; nothing is left out of
// it, fields without a value have their default.
// Source: opentelemetry-proto, trace/v1; OTLP specification, "JSON Protobuf Encoding".

const kHasIsRemote = 0x100;
const kIsRemote = 0x200;

const bySpanId = (a, b) => (a.span.spanId < b.span.spanId ? -1 : 1);
const nanos = ([seconds, rest]) => String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));

function valueOf(value) {
  if (value === null || value === undefined) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

const attributesOf = (attributes = {}) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

/** The picture of ReadableSpans, as an SDK has them. */
export function pictureOfSdk(spans) {
  return spans.map((span) => ({ resource: resourceOfSdk(span), scope: scopeOfSdk(span), span: spanOfSdk(span) })).sort(bySpanId);
}

const resourceOfSdk = ({ resource }) => ({
  attributes: attributesOf(resource.attributes),
  droppedAttributesCount: 0,
  schemaUrl: resource.schemaUrl ?? "",
});

const scopeOfSdk = ({ instrumentationScope: scope }) => ({
  name: scope.name,
  version: scope.version ?? "",
  attributes: [],
  droppedAttributesCount: 0,
  schemaUrl: scope.schemaUrl ?? "",
});

function spanOfSdk(span) {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: parent?.spanId ?? "",
    traceState: context.traceState?.serialize() ?? "",
    name: span.name,
    kind: span.kind + 1, // the API counts from 0, OTLP from 1
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: nanos(event.time),
      name: event.name,
      attributes: attributesOf(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount ?? 0,
    })),
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      traceState: link.context.traceState?.serialize() ?? "",
      attributes: attributesOf(link.attributes),
      droppedAttributesCount: link.droppedAttributesCount ?? 0,
      flags: flagsOf(link.context.traceFlags, link.context.isRemote),
    })),
    status: { code: span.status.code, message: span.status.message ?? "" },
    flags: flagsOf(context.traceFlags, parent?.isRemote),
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

const flagsOf = (traceFlags, isRemote) => (traceFlags & 0xff) | kHasIsRemote | (isRemote ? kIsRemote : 0);

/** The picture of OTLP JSON: {resourceSpans: […]}. */
export function pictureOfOtlp({ resourceSpans = [] }) {
  const picture = [];
  for (const group of resourceSpans) {
    for (const scopeGroup of group.scopeSpans ?? []) {
      for (const span of scopeGroup.spans ?? []) {
        picture.push({
          resource: withDefaults(kResource, { ...group.resource, schemaUrl: group.schemaUrl }),
          scope: withDefaults(kScope, { ...scopeGroup.scope, schemaUrl: scopeGroup.schemaUrl }),
          span: withDefaults(kSpan, span),
        });
      }
    }
  }
  return picture.sort(bySpanId);
}

const kResource = { attributes: [], droppedAttributesCount: 0, schemaUrl: "" };
const kScope = { name: "", version: "", ...kResource };
const kEvent = { timeUnixNano: "0", name: "", attributes: [], droppedAttributesCount: 0 };
const kLink = { traceId: "", spanId: "", traceState: "", attributes: [], droppedAttributesCount: 0, flags: 0 };
const kStatus = { code: 0, message: "" };
const kSpan = {
  traceId: "", spanId: "", parentSpanId: "", traceState: "", name: "", kind: 0,
  startTimeUnixNano: "0", endTimeUnixNano: "0", attributes: [], events: [], links: [],
  status: kStatus, flags: 0, droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0,
};

function withDefaults(defaults, found) {
  const full = { ...defaults, ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) };
  full.attributes &&= full.attributes.map(({ key, value = {} }) => ({ key, value: fullValue(value) }));
  full.events &&= full.events.map((event) => withDefaults(kEvent, event));
  full.links &&= full.links.map((link) => withDefaults(kLink, link));
  full.status &&= { ...kStatus, ...full.status };
  return full;
}

// An empty list may be written as {} or as {values: []}.
function fullValue(value) {
  if (!value.arrayValue) return value;
  return { arrayValue: { values: (value.arrayValue.values ?? []).map(fullValue) } };
}
