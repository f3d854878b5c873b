// SPDX-License-Identifier: Apache-2.0
//
// A bare gRPC client on Node's HTTP/2, for tests that must send what real clients never would.
import http2 from "node:http2";

export const kExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/** A gRPC message frame: flag, length, bytes. `length` may lie. */
export function frame(message, { compressed = false, length = message.length } = {}) {
  const head = Buffer.alloc(5);
  head[0] = compressed ? 1 : 0;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

export async function connect(port) {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  await new Promise((resolve, reject) => {
    session.once("connect", resolve);
    session.once("error", reject);
  });
  return session;
}

/** Sends `body` as it is; resolves to {httpStatus, grpcStatus, message, body} or {reset: code}. */
export function call(session, body, { path = kExport, headers = {} } = {}) {
  return new Promise((resolve) => {
    const stream = session.request({
      ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers", ...headers,
    });
    const answer = { httpStatus: 0, grpcStatus: undefined, message: "", body: Buffer.alloc(0) };
    const note = (fields) => {
      if (fields["grpc-status"] === undefined) return;
      answer.grpcStatus = Number(fields["grpc-status"]);
      answer.message = decodeURIComponent(fields["grpc-message"] ?? "");
    };
    stream.on("response", (fields) => {
      answer.httpStatus = fields[":status"];
      answer.headers = fields;
      note(fields);
    });
    stream.on("trailers", note);
    stream.on("data", (bytes) => (answer.body = Buffer.concat([answer.body, bytes])));
    stream.on("error", (error) => resolve({ reset: error.code ?? error.message, ...answer }));
    stream.on("close", () => resolve(answer));
    send(stream, body);
  });
}

/**
 * Writes piece by piece and stops where the server has answered already: Node never closes a stream
 * that was answered and reset while one large write is under way.
 */
async function send(stream, body) {
  const piece = 64 << 10;
  stream.setMaxListeners(0);  // the races below leave their losers behind
  const any = (...events) => Promise.race(events.map((event) => new Promise((resolve) => stream.once(event, resolve))));
  for (let at = 0; at < body.length; at += piece) {
    if (!stream.write(body.subarray(at, at + piece))) await any("drain", "end", "close");
    if (stream.readableEnded || stream.destroyed) return stream.destroy();
  }
  stream.end();
}

/** One call on a connection of its own. */
export async function callOnce(port, body, options) {
  const session = await connect(port);
  try {
    return await call(session, body, options);
  } finally {
    session.close();
  }
}
