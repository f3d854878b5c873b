// SPDX-License-Identifier: Apache-2.0
//
// Receivers that keep every request as it came: OTLP/HTTP (or any POST) and OTLP/gRPC.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { gunzipSync } from "node:zlib";

import { kExport } from "../grpc.mjs";

/**
 * bodies    what was taken so far, unpacked, in order
 * open()    listens, the second time on the port of the first; close() breaks every connection
 */
class Sink {
  bodies = [];
  port = 0;
  connections = new Set();

  async open() {
    this.closing = false;
    this.server = this.serve();
    this.server.on("connection", (socket) => {
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket)).on("error", () => {});
    });
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
    return this;
  }

  collect(stream, whenDone) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => this.closing || whenDone(Buffer.concat(parts)));
    stream.on("error", () => {});
  }

  async close() {
    this.closing = true;  // HTTP/2 streams that are broken end as others do
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.connections) socket.destroy();
    await closed;
  }
}

export class HttpSink extends Sink {
  constructor(contentType) {
    super();
    this.contentType = contentType;
  }

  serve() {
    return createServer((request, response) => this.collect(request, (body) => {
      const packed = request.headers["content-encoding"] === "gzip";
      assert.equal(request.headers["content-type"], this.contentType);
      this.bodies.push(packed ? gunzipSync(body) : body);
      response.writeHead(200, { "content-type": this.contentType });
      response.end(this.contentType === "application/json" ? "{}" : "");
    }));
  }
}

export class GrpcSink extends Sink {
  serve() {
    const server = createHttp2Server();
    server.on("session", (session) => session.on("error", () => {}));
    server.on("stream", (stream, headers) => this.collect(stream, (body) => {
      assert.equal(headers[":path"], kExport);
      assert.equal(headers.te, "trailers");
      assert.match(headers["content-type"], /^application\/grpc/);
      assert.equal(body.readUInt32BE(1), body.length - 5, "one whole message");
      this.bodies.push(body[0] === 1 ? gunzipSync(body.subarray(5)) : body.subarray(5));
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.alloc(5));
    }));
    return server;
  }
}
