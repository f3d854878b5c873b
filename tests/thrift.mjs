// SPDX-License-Identifier: Apache-2.0
//
// Thrift for tests, written by an encoder that shares nothing with the product: structs in both
// protocols, messages in each framing. Field numbers: proto/jaeger/*.thrift.
// Source: Apache Thrift, "Thrift Binary protocol encoding", "Thrift Compact protocol encoding".
const kBinaryTypes = { bool: 2, double: 4, i32: 8, i64: 10, string: 11, struct: 12, list: 15 };
const kCompactTypes = { i32: 5, i64: 6, double: 7, string: 8, list: 9, struct: 12 };

export function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest);
  return Buffer.from(bytes);
}
const zigzag = (value) => varint(BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)));

export function int(bits, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(8 - bits / 8);
}

/** A struct's fields are [id, type, value]; a list's value is its structs' fields. */
export const binary = {
  i32: (value) => int(32, value),
  i64: (value) => int(64, value),
  string: (value) => Buffer.concat([int(32, Buffer.byteLength(value)), Buffer.from(value)]),
  list: (structs) => Buffer.concat([Buffer.from([12]), int(32, structs.length), ...structs.map(binary.struct)]),
  struct: (fields) => Buffer.concat([...fields.map(([id, type, value]) => Buffer.concat([Buffer.from([kBinaryTypes[type]]), int(16, id), binary[type](value)])), Buffer.alloc(1)]),
};

export const compact = {
  i32: zigzag,
  i64: zigzag,
  string: (value) => Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]),
  list: (structs) => Buffer.concat([Buffer.from([0xfc]), varint(structs.length), ...structs.map(compact.struct)]),
  struct(fields) {
    let last = 0;
    return Buffer.concat([...fields.map(([id, type, value]) => {
      const head = Buffer.from([((id - last) << 4) | kCompactTypes[type]]);
      last = id;
      return Buffer.concat([head, compact[type](value)]);
    }), Buffer.alloc(1)]);
  },
};

/** A message around encoded arguments. */
export const framings = {
  "compact": (name, args) => Buffer.concat([Buffer.from([0x82, 0x81, 0, name.length]), Buffer.from(name), args]),
  "binary, strict": (name, args) => Buffer.concat([Buffer.from([0x80, 1, 0, 4]), binary.string(name), int(32, 0), args]),
  "binary, old": (name, args) => Buffer.concat([binary.string(name), Buffer.from([4]), int(32, 0), args]),
};
export const protocolOf = (framing) => (framing === "compact" ? compact : binary);

let spans = 0;

/** A span's fields in Jaeger's Thrift. */
export function jaegerSpan({ low = BigInt(++spans), high = 0, id = low, parent = 0, name = "span", more = [] } = {}) {
  return [[1, "i64", low], [2, "i64", high], [3, "i64", id], [4, "i64", parent], [5, "string", name], [7, "i32", 1],
    [8, "i64", 1_760_000_000_000_000n], [9, "i64", 5], ...more];
}

/** A batch's fields. */
export const jaegerBatch = (list) => [[1, "struct", [[1, "string", "hostile"]]], [2, "list", list]];

/** A span's fields in Zipkin's Thrift of version 1. */
export const zipkinSpan = ({ low = BigInt(++spans), id = low, name = "span" } = {}) =>
  [[1, "i64", low], [3, "string", name], [4, "i64", id], [6, "list", []], [8, "list", []], [10, "i64", 1_760_000_000_000_000n], [11, "i64", 5]];
