// SPDX-License-Identifier: Apache-2.0
//
// What must arrive of each shape that shapes.cc makes.
import assert from "node:assert/strict";

import { attributesOf } from "./batch_rules.mjs";

const bad = "\ufffd";

/** The attributes besides `shape` and `number`, exactly. */
function only(attributes, expected) {
  const rest = Object.fromEntries([...attributes].filter(([key]) => key !== "shape" && key !== "number"));
  assert.deepEqual(rest, expected);
}

const fields = (event) => Object.fromEntries(attributesOf(event, "an event or a link"));
const numbered = (names, value) => Object.fromEntries(names.map((name) => [name, value]));

function status(span, code, message) {
  assert.equal(span.status?.code, code && `STATUS_CODE_${code}`);
  assert.equal(span.status?.message, message);
}

/** shape → (span, its attributes) fails when it is not what the caller recorded. */
export const shapes = {
  values(span, attributes) {
    only(attributes, {
      true: true, false: false, min: -(2n ** 63n), max: 2n ** 63n - 1n,
      0: 0n, "-1": -1n, 127: 127n, 128: 128n, 16383: 16383n, 16384: 16384n,
      1.5: 1.5, inf: Infinity, "-inf": -Infinity, nan: NaN, tiny: 5e-324, "-0.0": -0,
      none: null, empty: "", bytes: Buffer.from([0, 255, 10]), controls: '\0\x01\n\r\t"\\\x7f',
      ...Object.fromEntries([126, 127, 128, 129].map((size) => [`text ${size}`, "x".repeat(size)])),
    });
  },
  arrays(span, attributes) {
    only(attributes, {
      bools: [true, false], ints: [-1n, 0n, 300n], doubles: [-0.5, 1e300], strings: ["", "café", `bad ${bad}`],
      "no ints": [], "no strings": [], "no bytes": Buffer.alloc(0),
    });
  },
  duplicates(span, attributes) {
    assert.equal(span.kind, "SPAN_KIND_SERVER");
    only(attributes, { a: 5.5, b: "short", c: 2n, "http.method": "PATCH" });
  },
  collisions(span, attributes) {
    const keys = Array.from({ length: 20 }, (_, i) => `the head${String.fromCharCode(97 + i).repeat(8)}the tail`);
    only(attributes, numbered(keys, 1n));
  },
  keys(span, attributes) {
    only(attributes, { kept: 1n, ...numbered([1, 58, 59, 60, 127, 128].map((size) => "k".repeat(size)), 1n) });
    assert.deepEqual(fields(span.events[0]), { kept: 2n });
  },
  latin(span, attributes) {
    only(attributes, { [`caf${bad}`]: "once more", [`one${bad}`]: 3n, [`cut ${bad}${bad}`]: `${bad}${bad}` });
    assert.equal(span.name, `caf${bad}`);
    status(span, "ERROR", `gar${bad}on`);
    assert.equal(span.events[0].name, bad);
    assert.deepEqual(fields(span.events[0]), { [`one${bad}`]: 2n, [`caf${bad}`]: 4n });
    assert.deepEqual(fields(span.links[0]), { [`one${bad}`]: 2n });
  },
  events(span) {
    const [duplicates, unnamed, before, mine, invalid] = span.events;
    assert.deepEqual(fields(duplicates), { a: 3.5, b: null });
    assert.equal(unnamed.name ?? "", "");
    assert.equal(before.time_unix_nano, 1n);
    assert.deepEqual(fields(mine), { "exception.type": "std::runtime_error", "exception.message": "mine", retry: true });
    assert.deepEqual(fields(invalid), { "exception.type": "std::invalid_argument", "exception.message": bad });
  },
  links(span) {
    const [local, remote, nothing] = span.links;
    assert.deepEqual([local.trace_id, local.span_id, local.flags], [span.trace_id, span.span_id, 0x103]);
    assert.deepEqual(fields(local), { a: 2n });
    assert.deepEqual([remote.trace_state, remote.flags], ["vendor=1,other=2", 0x301]);
    assert.deepEqual(fields(nothing), { why: "no ids, but attributes" });
  },
  many(span, attributes) {
    only(attributes, numbered(Array.from({ length: 126 }, (_, i) => `key ${i}`), 1n));
    assert.ok(span.dropped_attributes_count >= 74);
    for (const [list, dropped] of [[span.events, span.dropped_events_count], [span.links, span.dropped_links_count]]) {
      assert.deepEqual([list.length, dropped], [128, 2]);
      assert.equal(Object.keys(fields(list[0])).length, 128);
      assert.equal(list[0].dropped_attributes_count, 22);
    }
  },
  status(span, attributes) {
    status(span, ...[["ERROR", "and a longer one"], ["OK"], ["OK"], []][Number(attributes.get("number") % 4n)]);
  },
  names(span, attributes) {
    assert.equal(span.name, "nnn");
    only(attributes, { size: 3n });
    assert.equal(span.events[0].name, "between");
  },
  times(span, attributes) {
    assert.equal(span.start_time_unix_nano, 1_700_000_000_000_000_000n + attributes.get("number"));
    assert.equal(span.end_time_unix_nano, span.start_time_unix_nano + 5n);
  },
  backwards(span) {
    assert.equal(span.end_time_unix_nano, span.start_time_unix_nano);
  },
  "of a remote"(span) {
    assert.deepEqual([span.kind, span.flags, span.trace_state], ["SPAN_KIND_CONSUMER", 0x301, "vendor=value,a=b"]);
    assert.equal(span.parent_span_id.toString("hex"), "0300000000000000");
    assert.equal(span.trace_id.toString("hex"), "03".padEnd(32, "0"));
  },
  "of a child"(span) {
    assert.deepEqual([span.flags, span.trace_state], [0x101, "vendor=value,a=b"]);
    assert.equal(span.trace_id.toString("hex"), "03".padEnd(32, "0"));
  },
  "a root"(span) {
    assert.deepEqual([span.flags, span.trace_state, span.parent_span_id], [0x103, undefined, undefined]);
  },
  late(span, attributes) {
    assert.deepEqual([span.name, span.events], ["late", undefined]);
    only(attributes, {});
  },
  shuffled(span, attributes) {
    assert.equal(span.name, "a longer name than before");
    only(attributes, { a: 4n, b: 4n, c: null });
    status(span, "ERROR", "4");
    assert.deepEqual(span.events.map(fields), [{ a: 1n }, ...[0n, 1n, 2n, 3n, 4n].map((b) => ({ b }))]);
    assert.deepEqual(fields(span.links[0]), { a: 1n });
  },
  random(span) {
    assert.ok(span.name === undefined || span.name.length <= 1500);
  },
  "long texts"(span, attributes) {
    const sizes = [16383, 16384, 20000];
    only(attributes, Object.fromEntries(sizes.flatMap((size) => [["k".repeat(size), 1n], [`value ${size}`, "v".repeat(size)]])));
  },
  huge(span, attributes) {
    const large = "h".repeat(40 * 1024);
    only(attributes, { kept: 1n, ...numbered([0, 1, 2, 3, 4, 5], large) });
    assert.deepEqual([span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count], [5, 1, 1]);
  },
  threads(span, attributes) {
    assert.ok(["ends", undefined].includes(attributes.get("owner")));
  },
};
