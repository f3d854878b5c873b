// SPDX-License-Identifier: Apache-2.0
//
// A stored trace as what `expected.mjs` describes: spans in order, each the parent of the next.
import assert from "node:assert/strict";

import { kConsumer, kProducer, kServer } from "./expected.mjs";

function plain({ stringValue, intValue, boolValue, doubleValue, arrayValue }) {
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plain);
  return stringValue ?? boolValue ?? doubleValue;
}

const object = (attributes = []) => Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

/** Every span of Cairn's OTLP JSON. */
export function spansIn({ resourceSpans }) {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? "",
        traceState: span.traceState ?? "",
        isRemoteChild: ((span.flags ?? 0) & 0x300) === 0x300,
        hasLinks: (span.links ?? []).length > 0,
        view: {
          service: object(resource.attributes)["service.name"], scope: scope.name, name: span.name, kind: span.kind,
          attributes: object(span.attributes),
          events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: object(attributes) })),
          status: { code: span.status?.code ?? 0, message: span.status?.message ?? "" },
        },
      }))));
}

/** The spans from the caller's on, each the parent of the next. */
export function chain(spans, root) {
  const ordered = [];
  for (let parent = root; ;) {
    const children = spans.filter(({ parentSpanId }) => parentSpanId === parent);
    if (children.length === 0) break;
    assert.equal(children.length, 1, `one child: ${children.map(({ view }) => view.name)}`);
    ordered.push(children[0]);
    parent = children[0].spanId;
  }
  const lost = spans.filter((span) => !ordered.includes(span));
  assert.deepEqual(lost.map(({ view }) => `${view.service}: ${view.name}`), [], "spans whose parent is not there");
  return ordered;
}

/** `found` with the patterns of `expected` where it has what they describe. */
function withPatterns(found, expected) {
  if (expected instanceof RegExp) return expected.test(String(found)) ? expected : found;
  if (typeof expected !== "object" || typeof found !== "object" || expected === null || found === null) return found;
  if (Array.isArray(found)) return found.map((item, i) => withPatterns(item, expected[i]));
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, withPatterns(value, expected[key])]));
}

/** Every span, with every attribute and event; nothing more, nothing less. */
export function compare(found, expected, traceState) {
  const views = found.map(({ view }) => view);
  assert.deepEqual(views.map(({ service, name }) => `${service}: ${name}`), expected.map(({ service, name }) => `${service}: ${name}`));
  found.forEach((span, i) => {
    assert.deepEqual(withPatterns(span.view, expected[i]), expected[i]);
    assert.equal(span.traceState, traceState, `tracestate of ${span.view.name}`);
    assert.equal(span.hasLinks, false);
    const isFromElsewhere = [kServer, kConsumer].includes(span.view.kind) || expected[i - 1].kind === kProducer;
    assert.equal(span.isRemoteChild, isFromElsewhere, `whether the parent of ${span.view.name} is remote`);
  });
}
