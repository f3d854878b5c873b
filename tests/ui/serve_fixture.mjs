// SPDX-License-Identifier: Apache-2.0
//
// Serves the built pages with fixture traces, as the real server would: same API, same headers. For development,
// screenshots and the page checks.
//
//   node serve_fixture.mjs --dist <folder> [--port 0] [--base /prefix/] [--empty]
//
// Prints "listening <url>".

import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { fixtureTraces, summaryOf } from './fixtures.mjs';

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string' }, port: { type: 'string', default: '0' }, base: { type: 'string', default: '/' },
    empty: { type: 'boolean', default: false },
  },
});

const contentTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
  'x-content-type-options': 'nosniff',
};

const nowUs = Date.now() * 1000;
const traces = options.empty ? new Map() : fixtureTraces(nowUs);
const large = new Set(['50000000000000000000000000050000', '70000000000000000000000000070000']);
const bodies = new Map(); // of traces: making a large one takes longer than the page does
const summaries = [...traces].filter(([id]) => !large.has(id)).map(([, make]) => summaryOf(make()));

function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'text/plain; charset=utf-8', ...securityHeaders });
  response.end(`${JSON.stringify(body)}\n`);
}

const envelope = (data, total = 0) => ({ data, total, limit: 0, offset: 0, errors: null });
const failure = (code, msg) => ({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] });

function durationUs(text) {
  const parts = /^([\d.]+)(us|µs|ms|s|m|h)$/.exec(text ?? '');
  return parts ? Number(parts[1]) * { us: 1, µs: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9 }[parts[2]] : null;
}

function search(params) {
  const start = Number(params.get('start') ?? 0);
  const end = Number(params.get('end') ?? Infinity);
  const least = durationUs(params.get('minDuration')) ?? 0;
  const most = durationUs(params.get('maxDuration')) ?? Infinity;
  const service = params.get('service');
  const operation = params.get('operation');
  const tags = JSON.parse(params.get('tags') ?? '{}');
  const found = summaries.filter((one) => {
    const at = Number(one.startUnixNano) / 1000;
    const took = Number(one.durationNano) / 1000;
    return at >= start && at <= end && took >= least && took <= most && (!service || one.services.some((s) => s.name === service)) &&
      (!operation || one.rootName === operation) && (tags.error !== 'true' || one.errorCount > 0);
  }).sort((a, b) => params.get('order') === 'longest'
    ? Number(b.durationNano) - Number(a.durationNano) : a.startUnixNano < b.startUnixNano ? 1 : -1);
  const from = Number(params.get('cursor') ?? 0);
  const to = from + Number(params.get('limit') ?? 20);
  return { traces: found.slice(from, to), next: to < found.length ? String(to) : null, partial: null };
}

function operationsOf(service) {
  const names = new Map();
  for (const [id, make] of traces) {
    if (large.has(id)) continue;
    const trace = make();
    for (const span of trace.spans) {
      if (trace.processes[span.processID].serviceName === service) {
        names.set(span.operationName, String(span.tags.find((tag) => tag.key === 'span.kind')?.value ?? ''));
      }
    }
  }
  return [...names].map(([name, spanKind]) => ({ name, spanKind }));
}

function api(url, response) {
  const { pathname, searchParams } = url;
  if (pathname === '/api/services') {
    const names = [...new Set(summaries.flatMap((one) => one.services.map((service) => service.name)))];
    return sendJson(response, 200, envelope(names, names.length));
  }
  if (pathname === '/api/operations') return sendJson(response, 200, envelope(operationsOf(searchParams.get('service'))));
  if (pathname === '/api/cairn/v1/search') return sendJson(response, 200, search(searchParams));
  const asked = /^\/api\/traces\/([0-9a-f]+)$/.exec(pathname);
  if (asked && traces.has(asked[1])) {
    if (!bodies.has(asked[1])) bodies.set(asked[1], JSON.stringify(envelope([traces.get(asked[1])()])));
    response.writeHead(200, { 'content-type': 'application/json', ...securityHeaders });
    return response.end(bodies.get(asked[1]));
  }
  if (asked) return sendJson(response, 404, failure(404, 'trace not found'));
  response.writeHead(404, { 'content-type': 'text/plain' });
  return response.end('404 page not found\n');
}

function page(pathname, response) {
  const file = join(options.dist, normalize(pathname));
  if (pathname.startsWith('/static/') && existsSync(file) && statSync(file).isFile()) {
    response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'application/octet-stream', ...securityHeaders,
      'cache-control': 'public, max-age=31536000, immutable' });
    return createReadStream(file).pipe(response);
  }
  const html = readFileSync(join(options.dist, 'index.html'), 'utf8').replace('<base href="/">', `<base href="${options.base}">`);
  response.writeHead(200, { 'content-type': contentTypes['.html'], 'cache-control': 'no-cache', ...securityHeaders });
  return response.end(html);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith(options.base)) {
    response.writeHead(404);
    return response.end();
  }
  url.pathname = `/${url.pathname.slice(options.base.length)}`;
  return url.pathname.startsWith('/api/') ? api(url, response) : page(url.pathname, response);
});
server.listen(Number(options.port), '127.0.0.1', () => {
  console.log(`listening http://127.0.0.1:${server.address().port}${options.base}`);
});
