// SPDX-License-Identifier: Apache-2.0
//
// OTLP requests for tests, written by an encoder that shares nothing with the product.
// Field numbers: proto/otlp.md.
import { randomBytes } from "node:crypto";

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return Buffer.from(bytes);
}

export const bytesField = (number, bytes) =>
  Buffer.concat([varint((number << 3) | 2), varint(bytes.length), Buffer.from(bytes)]);
export const textField = (number, text) => bytesField(number, Buffer.from(text));
export const varintField = (number, value) => Buffer.concat([varint(number << 3), varint(value)]);
export function fixed64Field(number, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return Buffer.concat([varint((number << 3) | 1), bytes]);
}

/** AnyValue from a JS value: string, boolean, bigint (int), number (double), Buffer, array. */
export function anyValue(value) {
  if (typeof value === "string") return textField(1, value);
  if (typeof value === "boolean") return varintField(2, value ? 1 : 0);
  if (typeof value === "bigint") return varintField(3, value);
  if (Buffer.isBuffer(value)) return bytesField(7, value);
  if (Array.isArray(value)) return bytesField(5, Buffer.concat(value.map((v) => bytesField(1, anyValue(v)))));
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return Buffer.concat([varint((4 << 3) | 1), double]);
}
export const keyValue = (number, key, value) =>
  bytesField(number, Buffer.concat([textField(1, key), bytesField(2, anyValue(value))]));

export const newTraceId = () => randomBytes(16);
export const newSpanId = () => randomBytes(8);

/** One span; ids are Buffers of any length, so that wrong ones can be sent. */
export function span({ traceId = newTraceId(), spanId = newSpanId(), parentId, name = "op", start = 1_700_000_000_000_000_000n, end = start + 1_000_000n, kind = 2, attributes = {}, extra = Buffer.alloc(0) } = {}) {
  const parts = [bytesField(1, traceId), bytesField(2, spanId)];
  if (parentId) parts.push(bytesField(4, parentId));
  parts.push(textField(5, name), varintField(6, kind), fixed64Field(7, start), fixed64Field(8, end));
  for (const [key, value] of Object.entries(attributes)) parts.push(keyValue(9, key, value));
  return Buffer.concat([...parts, extra]);
}

/** An ExportTraceServiceRequest with one resource and one scope. */
export function request(spans, service = "test-service") {
  const resource = keyValue(1, "service.name", service);
  const scope = bytesField(2, Buffer.concat([bytesField(1, textField(1, "test")), ...spans.map((s) => bytesField(2, s))]));
  return bytesField(1, Buffer.concat([bytesField(1, resource), scope]));
}
