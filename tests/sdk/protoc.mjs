// SPDX-License-Identifier: Apache-2.0
//
// OTLP requests read by protoc with the published field numbers of proto/, not by our own code.
//
// decode(bytes)   the request as an object: fields by their names in the .proto files, repeated
//                 ones as arrays; 64-bit integers are BigInt, bytes Buffer, enums their names
// fromJson(text)  an OTLP/JSON request as the bytes protoc makes of the same fields
// Both throw on what the .proto files do not have.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const protos = fileURLToPath(new URL("../../proto", import.meta.url));
const service = "opentelemetry/proto/collector/trace/v1/trace_service.proto";
export const kRequest = "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest";

async function protoc(args, input) {
  const child = spawn(process.env.CAIRN_PROTOC ?? "protoc", args);
  const out = [];
  let complaints = "";
  child.stdout.on("data", (part) => out.push(part));
  child.stderr.on("data", (part) => (complaints += part));
  child.stdin.on("error", () => {}).end(input);
  const [code] = await once(child, "close");
  assert.equal(code, 0, `protoc ${args.join(" ")}: ${complaints}`);
  assert.equal(complaints, "");
  return Buffer.concat(out);
}

/** One line of protoc's text: `name {`, `name: value` or `}`. Unknown fields have numbers for names. */
const kLine = /^ *(?:(\w+)(?: \{|: (.*))|\})$/;

const kEscapes = { n: 10, r: 13, t: 9, '"': 34, "'": 39, "\\": 92 };

function unescape(quoted) {
  const text = quoted.slice(1, -1);
  if (!text.includes("\\")) return Buffer.from(text, "latin1");
  const plain = text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal, letter) =>
    String.fromCharCode(octal ? parseInt(octal, 8) : kEscapes[letter]));
  return Buffer.from(plain, "latin1");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const kDoubles = { inf: Infinity, "-inf": -Infinity, nan: NaN, "-nan": NaN };

function scalar(type, text) {
  switch (type) {
    case "TYPE_STRING":
      return utf8.decode(unescape(text));
    case "TYPE_BYTES":
      return unescape(text);
    case "TYPE_BOOL":
      return text === "true";
    case "TYPE_DOUBLE":
      return kDoubles[text] ?? Number(text);
    case "TYPE_INT64":
    case "TYPE_FIXED64":
      return BigInt(text);
    case "TYPE_ENUM":
      return text;
    default:
      return Number(text);
  }
}

/** Reads protoc's text; fieldOf(message, name) says what a field is. */
function readText(text, root, fieldOf) {
  const stack = [{ message: root, value: {} }];
  for (const line of text.toString("latin1").split("\n")) {
    if (line === "") continue;
    const [, name, value] = kLine.exec(line) ?? assert.fail(`not a line of protoc's: ${line}`);
    if (name === undefined) {
      stack.pop();
      continue;
    }
    const top = stack.at(-1);
    const field = fieldOf(top.message, name);
    const read = value === undefined ? {} : scalar(field.type, value);
    if (field.repeated) (top.value[name] ??= []).push(read);
    else top.value[name] = read;
    if (value === undefined) stack.push({ message: field.message, value: read });
  }
  assert.equal(stack.length, 1);
  return stack[0].value;
}

/** What the .proto files say: message → {byName, byNumber, byJsonName}. Read once, by protoc. */
let schema;
const loaded = () => (schema ??= readSchema().then((read) => (schema = read)));

async function readSchema() {
  const folder = mkdtempSync(join(tmpdir(), "cairn-protoc-"));
  const file = join(folder, "descriptors");
  await protoc(["-I", protos, "--include_imports", "-o", file, service]);
  const text = await protoc(["--decode=google.protobuf.FileDescriptorSet", "google/protobuf/descriptor.proto"], readFileSync(file));
  rmSync(folder, { recursive: true });
  const repeated = /^(file|message_type|nested_type|field)$/;
  const tree = readText(text, undefined, (_, name) => ({ repeated: repeated.test(name), type: name === "number" ? "" : /^(type|label)$/.test(name) ? "TYPE_ENUM" : "TYPE_STRING" }));
  const messages = new Map();
  const add = (prefix, { name, field = [], nested_type = [] }) => {
    const fields = field.map((f) => ({
      name: f.name, number: f.number, type: f.type, repeated: f.label === "LABEL_REPEATED",
      message: f.type === "TYPE_MESSAGE" ? f.type_name.slice(1) : undefined, oneof: "oneof_index" in f,
    }));
    const by = (key) => new Map(fields.map((f) => [key(f), f]));
    const camel = (f) => f.name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    messages.set(`${prefix}.${name}`, { byName: by((f) => f.name), byNumber: by((f) => f.number), byJsonName: by(camel) });
    for (const nested of nested_type) add(`${prefix}.${name}`, nested);
  };
  for (const file of tree.file) for (const message of file.message_type) add(file.package, message);
  return messages;
}

function field(by, message, key) {
  return schema.get(message)[by].get(key) ?? assert.fail(`${message} has no field ${key}`);
}

const kWireTypes = { TYPE_BOOL: 0, TYPE_INT64: 0, TYPE_UINT32: 0, TYPE_INT32: 0, TYPE_ENUM: 0, TYPE_FIXED64: 1, TYPE_DOUBLE: 1, TYPE_STRING: 2, TYPE_BYTES: 2, TYPE_MESSAGE: 2, TYPE_FIXED32: 5 };

/** What protoc forgives: a field that is not repeated comes once, and one of a oneof's at most. */
function assertOnce(bytes, message, begin, end) {
  let at = begin;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const seen = new Set();
  while (at < end) {
    const tag = varint();
    const known = field("byNumber", message, tag >>> 3);
    assert.equal(tag & 7, kWireTypes[known.type], `${message}.${known.name}`);
    const place = known.oneof ? "oneof" : known.number;
    if (!known.repeated && seen.has(place)) assert.fail(`${message}.${known.name} comes twice`);
    seen.add(place);
    if ((tag & 7) === 0) varint();
    else if ((tag & 7) !== 2) at += (tag & 7) === 1 ? 8 : 4;
    else {
      const size = varint();
      if (known.message) assertOnce(bytes, known.message, at, at + size);
      at += size;
    }
  }
  assert.equal(at, end, message);
}

export async function decode(bytes) {
  await loaded();
  const text = await protoc(["-I", protos, `--decode=${kRequest}`, service], bytes);
  assertOnce(bytes, kRequest, 0, bytes.length);
  return readText(text, kRequest, (message, name) => field("byName", message, name));
}

const quoted = (bytes) => `"${bytes.toString("latin1").replace(/[^ !#-[\]-~]/g, (c) => "\\" + c.charCodeAt(0).toString(8).padStart(3, "0"))}"`;

/** A JSON value as protoc's text, where it has the type that OTLP asks for ("JSON Protobuf Encoding"). */
function jsonScalar({ name, type }, value) {
  const wanted = (ok) => assert.ok(ok, `${name}: ${JSON.stringify(value)}`);
  switch (type) {
    case "TYPE_STRING":
      wanted(typeof value === "string" && value.isWellFormed?.() !== false);
      return quoted(Buffer.from(value));
    case "TYPE_BYTES": {
      const encoding = name.endsWith("_id") ? "hex" : "base64";
      wanted(Buffer.from(value, encoding).toString(encoding) === value);
      return quoted(Buffer.from(value, encoding));
    }
    case "TYPE_INT64":
    case "TYPE_FIXED64":
      wanted(typeof value === "string" && /^-?\d+$/.test(value));
      return value;
    case "TYPE_DOUBLE":
      if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
      wanted(["NaN", "Infinity", "-Infinity"].includes(value));
      return { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" }[value];
    case "TYPE_BOOL":
      wanted(typeof value === "boolean");
      return String(value);
    default:
      wanted(Number.isInteger(value));
      return String(value);
  }
}

/** Appends the fields as lines; returns how many members the object and those in it have. */
function writeText(message, object, lines) {
  let members = 0;
  for (const [key, value] of Object.entries(object)) {
    ++members;
    const known = field("byJsonName", message, key);
    for (const each of known.repeated ? value : [value]) {
      if (known.message) {
        lines.push(`${known.name} {`);
        members += writeText(known.message, each, lines);
        lines.push("}");
      } else {
        lines.push(`${known.name}: ${jsonScalar(known, each)}`);
      }
    }
  }
  return members;
}

export async function fromJson(body) {
  await loaded();
  const json = utf8.decode(body);
  const lines = [];
  const members = writeText(kRequest, JSON.parse(json), lines);
  const written = [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;
  assert.equal(written, members, "each member of a JSON object comes once");
  return protoc(["-I", protos, `--encode=${kRequest}`, service], lines.join("\n"));
}
