// SPDX-License-Identifier: Apache-2.0
//
// What a request's trace must be, from the way that it went: the spans in order, each the parent of
// the next. One description for both languages, in go-zero's words; where ours say more than
// go-zero's, `cpp ? … : …` shows it. A pattern stands for a value that nobody can know before.
// Source: go-zero 1.10, rest/handler, rest/httpc, zrpc, core/trace; semantic conventions 1.4.

const kWatchMessages = 3;
export const kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5;
const kError = 2;
const kDeadlineExceeded = 4, kFailedPrecondition = 9, kUnavailable = 14;
const kCancelledOrLate = /^[14]$/;
const kNoStock = "no stock";
const kPort = /^\d{1,5}$/;
const kNumber = /^\d+$/;

/** Who sends what in `http.user_agent`; nothing where the client sends none. */
const kAgents = { "go http": "Go-http-client/1.1", "cpp http": /^cpp-httplib\/0\.\d+/, "cpp curl": undefined };

const withoutUndefined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function span(who, scope, name, kind, attributes, more = {}) {
  return {
    service: who.name, scope: who.isCpp ? scope : "go-zero", name, kind,
    attributes: withoutUndefined(attributes), events: [], status: { code: 0, message: "" }, ...more,
  };
}

const failure = (failed, message = "") => (failed ? { status: { code: kError, message } } : {});

/** `request`: {method, target, route, agent, status, …} */
export function httpServer(who, { method = "GET", target, route, agent, status, length, forwarded }) {
  return span(who, "cairn.http.server", route, kServer, {
    "http.method": method, "http.target": target, "http.server_name": who.name, "http.route": route,
    "http.user_agent": agent, "http.scheme": "http", "http.host": who.http, "http.flavor": "1.1",
    "http.request_content_length": length, "http.status_code": status,
    // Without X-Forwarded-For go-zero does not say who called.
    "http.client_ip": forwarded ?? (who.isCpp ? "127.0.0.1" : undefined),
  }, failure(status >= 500));
}

function httpClient(who, by, peer, target, status) {
  return span(who, "cairn.http.client", target.split("?")[0], kClient, {
    "http.method": "GET", "http.url": `http://${peer.http}${target}`, "http.scheme": "http",
    "http.host": peer.http, "http.flavor": "1.1", "http.status_code": status,
    // No `http.user_agent`: both libraries add their own after the span has begun.
    "net.peer.ip": by === "curl" ? "127.0.0.1" : undefined,
  }, failure(status >= 400));
}

/** The size of a StringValue on the wire. */
const textSize = (text) => (text === "" ? 0 : text.length + 2);
/** That of google.rpc.Status, with code and message. */
const kStatusSize = 2 + 2 + kNoStock.length;

const message = (type, id, size) => ({
  name: "message",
  attributes: { "message.type": type, "message.id": id, "message.uncompressed_size": size },
});

/** Events of a call, as the client has them; the server has them the other way round. */
function messages(isStream, way, failed) {
  if (!isStream) return [message("SENT", 1, textSize(way)), message("RECEIVED", 1, failed ? 0 : textSize("reserved"))];
  if (failed) return [message("SENT", 1, textSize(way))];
  return Array.from({ length: kWatchMessages }, (_, i) => [message("SENT", i + 1, textSize(way)), message("RECEIVED", i + 1, textSize("left"))]).flat();
}

function otherWay(events, failed) {
  const other = { SENT: "RECEIVED", RECEIVED: "SENT" };
  return events.map(({ attributes: { "message.type": type, "message.id": id, "message.uncompressed_size": size } }) =>
    message(other[type], id, failed && other[type] === "SENT" ? kStatusSize : size));
}

function grpc(who, kind, isStream, port, events, failed) {
  const method = isStream ? "Watch" : "Reserve";
  return span(who, "cairn.grpc", `interop.Stock/${method}`, kind, {
    "rpc.system": "grpc", "rpc.service": "interop.Stock", "rpc.method": method,
    "net.peer.ip": "127.0.0.1", "net.peer.port": port, "rpc.grpc.status_code": failed ? kFailedPrecondition : 0,
  }, { events, ...failure(failed, kNoStock) });
}

/** go-queue makes no spans: only ours are there. */
function kafka(who, kind, topic, way, key) {
  const isSent = kind === kProducer;
  return span(who, "cairn.kafka", `${topic} ${isSent ? "publish" : "process"}`, kind, {
    "messaging.system": "kafka", "messaging.destination": topic, "messaging.destination_kind": "topic",
    "messaging.operation": isSent ? undefined : "process", "messaging.message_payload_size_bytes": way.length,
    "messaging.kafka.message_key": key, "messaging.kafka.partition": 0, "messaging.kafka.message.offset": kNumber,
    "messaging.kafka.consumer_group": isSent ? undefined : "cpp",
  });
}

function arrived(who, baggage) {
  const attributes = Object.entries(baggage).map(([key, value]) => [`baggage.${key}`, value]);
  return span(who, "interop", "arrived", kInternal, Object.fromEntries(attributes));
}

/** Spans of one step: what `from` and `to` make of it. */
function step(transport, from, to, rest, failed) {
  const httpStatus = failed ? 503 : 200;
  const target = `/hop/${rest}?from=${from.isCpp ? "cpp" : "go"}`;
  const isStream = transport === "stream";
  switch (transport) {
    case "http": case "curl": {
      const agent = kAgents[`${from.isCpp ? "cpp" : "go"} ${transport}`];
      return [httpClient(from, transport, to, target, httpStatus), httpServer(to, { target, route: "/hop/:way", agent, status: httpStatus })];
    }
    case "grpc": case "stream": {
      const events = messages(isStream, rest, failed);
      return [
        grpc(from, kClient, isStream, to.grpc.split(":")[1], events, failed),
        grpc(to, kServer, isStream, kPort, otherWay(events, failed), failed),
      ];
    }
    case "kafka":
      return to.isCpp ? [kafka(to, kConsumer, "to-cpp", rest, kNumber)] : [kafka(from, kProducer, "to-go", rest, "order-7")];
  }
  throw new Error(`no transport ${transport}`);
}

/** Nobody is there: a client's span, with why. */
function unanswered(transport, from, nobody, rest) {
  const [client] = step(transport, from, nobody, rest, true);
  const why = /./;
  if (transport === "grpc") {
    return { ...client, attributes: { ...client.attributes, "rpc.grpc.status_code": kUnavailable }, ...failure(true, why) };
  }
  // What libcurl did not get to know either.
  const unknown = ["http.status_code", ...(transport === "curl" ? ["http.flavor", "net.peer.ip"] : [])];
  const attributes = Object.fromEntries(Object.entries(client.attributes).filter(([key]) => !unknown.includes(key)));
  const exception = { name: "exception", attributes: { "exception.type": why, "exception.message": why } };
  return { ...client, attributes, events: [exception], ...failure(true, why) };
}

/** A call that its caller gave up: the server is told that, or saw the deadline itself. */
function givenUp(from, to) {
  const [client, server] = step("grpc", from, to, "slow", true);
  const withCode = (made, code, events) => ({
    ...made, attributes: { ...made.attributes, "rpc.grpc.status_code": code }, events, ...failure(true, /./),
  });
  return [
    withCode(client, kDeadlineExceeded, client.events),
    withCode(server, kCancelledOrLate, [server.events[0], message("SENT", 1, kNumber)]),
  ];
}

/** Whether that is the end of a way: the answer is an error at every stop. */
export const fails = (way) => /(fail|slow)$/.test(way) || way.includes("nobody");

/**
 * The spans of GET /hop/<way> at `first`. `services`: {go, cpp, nobody}, each
 * {name, isCpp, http, grpc}.
 * A way that fails comes back as an error through every stop; none of those that fail has Kafka.
 */
export function spansOf(services, first, way, { agent, baggage }) {
  const steps = way.split(".");
  const failed = fails(way);
  let at = services[first], isInQueue = false;
  const spans = [httpServer(at, { target: `/hop/${way}`, route: "/hop/:way", agent, status: failed ? 503 : 200 })];
  steps.slice(0, -1).forEach((name, i) => {
    const [transport, who] = name.split("-");
    const left = steps.slice(i + 1).join(".");
    if (who === "nobody") return spans.push(unanswered(transport, at, services.nobody, left));
    const made = left === "slow" ? givenUp(at, services[who]) : step(transport, at, services[who], left, failed);
    // In a kq consumer go-zero's httpc makes no span; it passes the sender's context on.
    if (isInQueue && transport === "http") made.shift();
    spans.push(...made);
    at = services[who];
    isInQueue = transport === "kafka" && !at.isCpp;
  });
  if (!failed) spans.push(arrived(at, baggage));
  return spans;
}
