// SPDX-License-Identifier: Apache-2.0
//
// Traces for the pages, made by rule and a seeded generator: the same on every run but for the time they start.

const kinds = { server: 'server', client: 'client', producer: 'producer', consumer: 'consumer' };

/** A small deterministic generator of numbers in [0, 1). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Collects spans of one trace in Jaeger's JSON shape. Times are microseconds from the trace's start. */
class TraceMaker {
  constructor(traceID, startUs) {
    this.traceID = traceID;
    this.startUs = startUs;
    this.spans = [];
    this.processes = {};
    this.processOf = new Map();
  }

  add(parent, service, name, kind, start, duration, more = {}) {
    const spanID = (0x1000 + this.spans.length + 1).toString(16).padStart(16, 'a');
    const tags = Object.entries(more.tags ?? {}).map(([key, value]) => ({
      key, value, type: typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string',
    }));
    if (kind) tags.push({ key: 'span.kind', type: 'string', value: kinds[kind] ?? kind });
    if (more.error) {
      tags.push({ key: 'otel.status_code', type: 'string', value: 'ERROR' }, { key: 'error', type: 'bool', value: true },
        { key: 'otel.status_description', type: 'string', value: more.error });
    }
    this.spans.push({
      traceID: this.traceID, spanID, operationName: name, processID: this.process(service),
      references: parent ? [{ refType: more.follows ? 'FOLLOWS_FROM' : 'CHILD_OF', traceID: this.traceID, spanID: parent }] : [],
      startTime: this.startUs + start, duration, tags, warnings: more.warnings ?? null,
      logs: (more.events ?? []).map(([at, event, fields]) => ({
        timestamp: this.startUs + at,
        fields: [{ key: 'event', type: 'string', value: event },
          ...Object.entries(fields ?? {}).map(([key, value]) => ({ key, type: 'string', value }))],
      })),
    });
    return spanID;
  }

  process(service) {
    if (!this.processOf.has(service)) {
      const id = `p${this.processOf.size + 1}`;
      this.processOf.set(service, id);
      this.processes[id] = {
        serviceName: service,
        tags: [['host.name', `node-${1 + (service.length % 5)}`], ['telemetry.sdk.language', 'cpp'], ['service.version', '1.4.2'],
          ['deployment.environment', 'production']].map(([key, value]) => ({ key, type: 'string', value })),
      };
    }
    return this.processOf.get(service);
  }

  done() {
    return { traceID: this.traceID, spans: this.spans, processes: this.processes, warnings: null };
  }
}

/** An order: 150 ms, of which 80 in one SELECT, as in the promise that the pages make. */
export function orderTrace(traceID, startUs, { failed = false, scale = 1 } = {}) {
  const t = new TraceMaker(traceID, startUs);
  const us = (ms) => Math.round(ms * 1000 * scale);
  const http = { 'http.request.method': 'POST', 'url.path': '/api/orders', 'http.response.status_code': failed ? 500 : 201 };
  const root = t.add(null, 'gateway', 'POST /api/orders', 'server', 0, us(150), {
    tags: { ...http, 'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64)', 'client.address': '10.3.7.21' }, error: failed && 'upstream answered 500' });
  const auth = t.add(root, 'gateway', 'AuthService/Verify', 'client', us(2), us(14), { tags: { 'rpc.system': 'grpc', 'rpc.service': 'AuthService' } });
  const verify = t.add(auth, 'auth', 'AuthService/Verify', 'server', us(4), us(10), { tags: { 'rpc.system': 'grpc', 'enduser.id': 'u-20518' } });
  t.add(verify, 'auth', 'GET session:*', 'client', us(6), us(3), { tags: { 'db.system': 'redis', 'db.statement': 'GET session:8f1c', 'server.address': 'redis-0' } });
  const call = t.add(root, 'gateway', 'POST /orders', 'client', us(18), us(128), { tags: http, error: failed && 'upstream answered 500' });
  const order = t.add(call, 'orders', 'POST /orders', 'server', us(20), us(124), {
    tags: http, error: failed && 'payment refused',
    events: [[us(21), 'order.validated', { items: '3', currency: 'EUR' }], [us(112), 'stock.reserved']] });
  t.add(order, 'orders', 'validate', 'internal', us(20.5), us(2.5), { tags: { 'order.items': 3, 'order.json': '{"id":"o-77120","items":[{"sku":"A-1","n":2},{"sku":"C-9","n":1}]}' } });
  t.add(order, 'orders', 'SELECT orders', 'client', us(24), us(80), {
    tags: { 'db.system': 'postgresql', 'db.name': 'shop', 'db.statement': 'SELECT o.id, o.total, i.sku, i.n FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = $1 ORDER BY o.created_at DESC', 'server.address': 'pg-primary', 'server.port': 5432 },
    events: [[us(25), 'pool.acquired', { waited: '0.9 ms' }]] });
  const stock = t.add(order, 'orders', 'StockService/Reserve', 'client', us(105), us(9), { tags: { 'rpc.system': 'grpc', 'rpc.service': 'StockService' } });
  const reserve = t.add(stock, 'stock', 'StockService/Reserve', 'server', us(106), us(7), { tags: { 'rpc.system': 'grpc' } });
  t.add(reserve, 'stock', 'UPDATE stock', 'client', us(107), us(5), { tags: { 'db.system': 'postgresql', 'db.statement': 'UPDATE stock SET n = n - $1 WHERE sku = $2' } });
  const pay = t.add(order, 'orders', 'POST /charge', 'client', us(115), us(22), { tags: { 'http.request.method': 'POST', 'peer.service': 'payments' }, error: failed && 'payment refused' });
  t.add(pay, 'payments', 'POST /charge', 'server', us(116), us(20), {
    tags: { 'http.request.method': 'POST', 'http.response.status_code': failed ? 402 : 200 }, error: failed && 'card declined',
    events: failed ? [[us(131), 'exception', { 'exception.type': 'CardDeclined', 'exception.message': 'insufficient funds', 'exception.stacktrace': 'at charge (charge.cc:88)\nat handle (server.cc:41)' }]] : [] });
  const send = t.add(order, 'orders', 'orders.created publish', 'producer', us(139), us(3), { tags: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders.created' } });
  const mail = t.add(send, 'mailer', 'orders.created process', 'consumer', us(143.5), us(38), { tags: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders.created' } });
  t.add(mail, 'mailer', 'smtp send', 'client', us(150), us(28), { tags: { 'peer.service': 'smtp' } });
  return t.done();
}

/** A read: short, with a cache that sometimes misses. */
export function browseTrace(traceID, startUs, random) {
  const t = new TraceMaker(traceID, startUs);
  const miss = random() < 0.4;
  const total = Math.round(4000 + random() * 9000 + (miss ? 20_000 + random() * 60_000 : 0));
  const paths = ['GET /products', 'GET /products/{id}', 'GET /cart', 'GET /recommendations'];
  const name = paths[Math.floor(random() * paths.length)];
  const root = t.add(null, 'gateway', name, 'server', 0, total, { tags: { 'http.request.method': 'GET', 'http.response.status_code': 200 } });
  const catalog = t.add(root, 'catalog', name, 'server', 900, total - 1800, {});
  t.add(catalog, 'catalog', 'GET product:*', 'client', 1200, 900, { tags: { 'db.system': 'redis' } });
  if (miss) t.add(catalog, 'catalog', 'SELECT products', 'client', 2400, total - 5200, { tags: { 'db.system': 'postgresql' } });
  return t.done();
}

/** Spans whose parents never arrived. */
export function brokenTrace(traceID, startUs) {
  const t = new TraceMaker(traceID, startUs);
  t.add('00000000000000ff', 'billing', 'invoice.render', 'internal', 0, 42_000, { warnings: ['clock skew adjusted by 1.2 ms'] });
  const job = t.add('00000000000000fe', 'billing', 'invoice.batch', 'consumer', 5000, 90_000);
  t.add(job, 'billing', 'INSERT invoices', 'client', 9000, 60_000, { tags: { 'db.system': 'mysql' } });
  return t.done();
}

/** A tree of `count` spans in 24 services, children inside their parents, now and then an error. */
export function largeTrace(traceID, startUs, count, seed = 7) {
  const t = new TraceMaker(traceID, startUs);
  const random = seeded(seed);
  const names = ['GET /items', 'SELECT rows', 'publish', 'render', 'authorise', 'lookup', 'resolve', 'encode'];
  const open = [{ id: t.add(null, 'service-00', 'batch', 'server', 0, 20_000_000), start: 0, duration: 20_000_000, depth: 0 }];
  while (t.spans.length < count) {
    const parent = open[Math.floor(random() ** 0.7 * open.length)];
    const start = parent.start + Math.floor(random() * parent.duration * 0.9);
    const duration = Math.max(1, Math.floor((parent.start + parent.duration - start) * (0.1 + random() * 0.85)));
    const service = `service-${String(Math.floor(random() * 24)).padStart(2, '0')}`;
    const name = names[Math.floor(random() * names.length)];
    const id = t.add(parent.id, service, name, random() < 0.5 ? 'server' : 'client', start, duration, {
      tags: { 'http.request.method': 'GET', 'http.route': `/items/${t.spans.length % 97}`, 'thread.id': t.spans.length % 16, region: 'eu-west-1',
        'net.peer.name': `node-${t.spans.length % 40}`, ...(name === 'SELECT rows' ? { 'db.system': 'postgresql' } : {}), n: t.spans.length },
      error: random() < 0.002 && 'deadline exceeded',
    });
    if (parent.depth < 13 && duration > 20) open.push({ id, start, duration, depth: parent.depth + 1 });
  }
  return t.done();
}

/** A chain: every span the child of the one before. */
export function deepTrace(traceID, startUs, count) {
  const t = new TraceMaker(traceID, startUs);
  let parent = null;
  for (let i = 0; i < count; i++) parent = t.add(parent, `service-${i % 9}`, `step ${i}`, 'internal', i, 2 * count - 2 * i);
  return t.done();
}

export const ids = {
  order: '4bf92f3577b34da6a3ce929d0e0e4736',
  failed: '0af7651916cd43dd8448eb211c80319c',
  broken: 'd4cda95b652f4a15',
  large: '50000000000000000000000000050000',
  deep: '70000000000000000000000000070000',
};

/** The fixture traces by id; the large ones are made when asked for. */
export function fixtureTraces(nowUs) {
  const random = seeded(42);
  const traces = new Map();
  const put = (trace) => traces.set(trace.traceID, () => trace);
  put(orderTrace(ids.order, nowUs - 42e6));
  put(orderTrace(ids.failed, nowUs - 190e6, { failed: true, scale: 1.4 }));
  put(brokenTrace(ids.broken, nowUs - 700e6));
  for (let i = 0; i < 56; i++) {
    const id = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
    const at = Math.round(nowUs - random() * 3400e6);
    const order = random() < 0.3;
    put(order ? orderTrace(id, at, { failed: random() < 0.25, scale: 0.3 + random() * 2.5 }) : browseTrace(id, at, random));
  }
  traces.set(ids.large, () => largeTrace(ids.large, nowUs - 3000e6, 50_000));
  traces.set(ids.deep, () => deepTrace(ids.deep, nowUs - 3100e6, 70_000));
  return traces;
}

/** A trace as the search answers it. */
export function summaryOf(trace) {
  const have = new Set(trace.spans.map((span) => span.spanID));
  const orphans = trace.spans.filter((span) => span.references.length > 0 && !have.has(span.references[0].spanID));
  const root = trace.spans.find((span) => span.references.length === 0);
  const start = trace.spans.reduce((least, span) => Math.min(least, span.startTime), Infinity);
  const end = trace.spans.reduce((most, span) => Math.max(most, span.startTime + span.duration), 0);
  const services = new Map();
  let errorCount = 0;
  for (const span of trace.spans) {
    const name = trace.processes[span.processID].serviceName;
    const service = services.get(name) ?? { name, spanCount: 0, errorCount: 0 };
    services.set(name, service);
    service.spanCount++;
    if (span.tags.some((tag) => tag.key === 'error')) {
      service.errorCount++;
      errorCount++;
    }
  }
  return {
    traceId: trace.traceID, rootService: root ? trace.processes[root.processID].serviceName : null, rootName: root?.operationName ?? null,
    startUnixNano: `${start}000`, durationNano: `${end - start}000`, spanCount: trace.spans.length, errorCount,
    services: [...services.values()].sort((a, b) => b.spanCount - a.spanCount), incomplete: orphans.length > 0,
  };
}
