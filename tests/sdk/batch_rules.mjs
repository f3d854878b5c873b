// SPDX-License-Identifier: Apache-2.0
//
// What holds for every request, whatever was traced. Source: opentelemetry-proto, trace/v1,
// common/v1, resource/v1; W3C Trace Context, "tracestate header".
import assert from "node:assert/strict";

/** AnyValue as a JS value: null, string, boolean, BigInt, number, Buffer or an array of those. */
export function plain(value = {}) {
  const [kind, content] = Object.entries(value)[0] ?? [];
  if (kind === undefined) return null;
  return kind === "array_value" ? (content.values ?? []).map(plain) : content;
}

/** Attributes by key; fails when one comes twice or is empty. */
export function attributesOf({ attributes = [] }, what) {
  const found = new Map();
  for (const { key = "", value } of attributes) {
    if (key === "") assert.fail(`${what} has an attribute without a key`);
    if (found.has(key)) assert.fail(`${what} has two attributes ${JSON.stringify(key.slice(0, 80))}`);
    found.set(key, plain(value));
  }
  return found;
}

const isId = (bytes, size) => bytes?.length === size && bytes.some((byte) => byte !== 0);

const kMember = /^[a-z0-9][a-z0-9_\-*/@]*=[\x20-\x2b\x2d-\x3c\x3e-\x7e]*$/;

function checkTraceState(text) {
  const members = text.split(",");
  assert.ok(members.length <= 32 && members.every((member) => kMember.test(member)), text);
  const keys = members.map((member) => member.split("=")[0]);
  assert.equal(new Set(keys).size, keys.length, text);
}

const kHasIsRemote = 0x100, kIsRemote = 0x200, kSampled = 1;

function checkLink(link, limits) {
  const attributes = attributesOf(link, "a link");
  assert.ok(attributes.size <= limits.attributesPerLink);
  assert.ok(link.flags & kHasIsRemote, `flags of a link: ${link.flags}`);
  assert.equal(link.flags & ~0x3ff, 0);
  if (link.trace_state) checkTraceState(link.trace_state);
  // The API allows a link to nothing that says why. (Trace API, "Link")
  if (attributes.size === 0 && !link.trace_state) {
    assert.ok(isId(link.trace_id, 16) && isId(link.span_id, 8), "a link without ids");
  }
}

function checkEvent(event, limits) {
  assert.ok(event.time_unix_nano > 0n);
  assert.ok(attributesOf(event, `event ${event.name}`).size <= limits.attributesPerEvent);
}

/** Everything that was sent in one run of a service. */
export class Run {
  spans = new Map();  // span id → trace id
  parents = [];       // of this process: {trace, parent}
  repeats = 0;        // spans that came again: of batches that were tried again
  faults = new Map();  // message → how often: one run shows all that is wrong

  /** `limits` as in the Telemetry block; `check(span, attributes)` looks at what a span is about. */
  constructor(limits, check = () => {}) {
    this.limits = { attributes: 128, events: 128, links: 128, attributesPerEvent: 128, attributesPerLink: 128, ...limits };
    this.check = check;
  }

  add(request) {
    assert.ok(request.resource_spans.length > 0);
    for (const { resource, scope_spans: scopes } of request.resource_spans) {
      this.#note(() => assert.equal(attributesOf(resource, "the resource").get("service.name"), "shop"));
      assert.ok(scopes.length > 0);
      for (const { scope = {}, spans } of scopes) {
        this.#note(() => attributesOf(scope, `scope ${scope.name}`));
        assert.ok(spans.length > 0, "a scope without spans");
        for (const span of spans) this.#note(() => this.#addSpan(span));
      }
    }
  }

  #note(check) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof assert.AssertionError)) throw error;
      this.faults.set(error.message, (this.faults.get(error.message) ?? 0) + 1);
    }
  }

  #addSpan(span) {
    assert.ok(isId(span.trace_id, 16) && isId(span.span_id, 8), "ids");
    const trace = span.trace_id.toString("hex"), id = span.span_id.toString("hex");
    const what = `a span ${span.name?.slice(0, 80)}`;
    if (this.spans.has(id)) ++this.repeats;
    this.spans.set(id, trace);
    assert.ok(span.start_time_unix_nano > 0n && span.end_time_unix_nano > 0n, what);
    assert.match(span.kind, /^SPAN_KIND_(INTERNAL|SERVER|CLIENT|PRODUCER|CONSUMER)$/);
    this.#checkFlags(span, trace, what);
    if (span.trace_state) checkTraceState(span.trace_state);
    if (span.status?.message) assert.equal(span.status.code, "STATUS_CODE_ERROR", what);
    const attributes = attributesOf(span, what);
    const { events = [], links = [] } = span;
    assert.ok(attributes.size <= this.limits.attributes && events.length <= this.limits.events && links.length <= this.limits.links, what);
    for (const event of events) checkEvent(event, this.limits);
    for (const link of links) checkLink(link, this.limits);
    this.check(span, attributes);
  }

  #checkFlags({ flags, parent_span_id: parent }, trace, what) {
    assert.ok(flags & kSampled && flags & kHasIsRemote, `flags of ${what}: ${flags}`);
    assert.equal(flags & ~0x303, 0, `flags of ${what}: ${flags}`);
    if (parent === undefined) assert.equal(flags & kIsRemote, 0, `${what} has no parent`);
    else assert.ok(isId(parent, 8), `parent of ${what}`);
    if (parent && !(flags & kIsRemote)) this.parents.push({ trace, parent: parent.toString("hex") });
  }

  /** After the last request: parents of this process were sent, too, and are of the same trace. */
  finish() {
    for (const { trace, parent } of this.parents) assert.equal(this.spans.get(parent), trace, `parent ${parent}`);
    const faults = [...this.faults].slice(0, 20).map(([message, times]) => `${times} times: ${message.slice(0, 1000)}`);
    assert.equal(this.faults.size, 0, faults.join("\n"));
  }
}
