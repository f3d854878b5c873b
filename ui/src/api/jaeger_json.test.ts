// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { spanMentions, toSpanDetail, toSpanInput, type JaegerSpan, type JaegerTrace } from './jaeger_json';

const tag = (key: string, value: unknown, type = 'string') => ({ key, value, type });
const select: JaegerSpan = {
  spanID: 'b', operationName: 'SELECT', startTime: 1020, duration: 80, processID: 'p1', warnings: ['clock skew'],
  references: [{ refType: 'FOLLOWS_FROM', traceID: '9', spanID: 'f' }, { refType: 'CHILD_OF', traceID: '1', spanID: 'a' }],
  tags: [tag('db.system', 'postgresql'), tag('rows', 7, 'int64'), tag('span.kind', 'client'), tag('otel.scope.name', 'pg'),
    tag('otel.status_code', 'ERROR'), tag('error', true, 'bool'), tag('otel.status_description', 'timeout')],
  logs: [{ timestamp: 1050, fields: [tag('event', 'retry'), tag('attempt', 2, 'int64')] }],
};
const trace: JaegerTrace = { traceID: '1', spans: [select], processes: { p1: { serviceName: 'orders', tags: [tag('host.name', 'Node-7')] } } };

describe('Jaeger JSON', () => {
  it('becomes the tree builder’s view', () => {
    expect(toSpanInput(select, trace)).toEqual({
      spanId: 'b', parentSpanId: 'a', follows: false, name: 'SELECT', service: 'orders', target: 'postgresql', kind: 3, error: true,
      warning: true, startUs: 1020, durationUs: 80,
    });
  });

  it('becomes the side panel’s view', () => {
    const detail = toSpanDetail(select, trace, 1000);
    expect(detail).toMatchObject({
      parentSpanId: 'a', scope: 'pg', statusMessage: 'timeout', links: [{ traceId: '9', spanId: 'f' }], warnings: ['clock skew'],
      resource: [{ key: 'host.name', value: 'Node-7', type: 'string' }],
    });
    expect(detail.events).toEqual([{ atUs: 50, name: 'retry', attributes: [{ key: 'attempt', value: '2', type: 'int64' }] }]);
    expect(detail.attributes.map((attribute) => attribute.key)).toEqual(['db.system', 'rows', 'span.kind', 'error']);
  });

  it('takes a follows-from of the same trace as a parent that does not wait', () => {
    const follower = { ...select, references: [{ refType: 'FOLLOWS_FROM', traceID: '1', spanID: 'a' }] };
    expect(toSpanInput(follower, trace)).toMatchObject({ parentSpanId: 'a', follows: true });
  });

  it('takes a text for an error where the status says so, and shows it once', () => {
    const declined = { ...select, tags: [tag('error', 'declined'), tag('otel.status_code', 'ERROR'), tag('error', true, 'bool')] };
    expect(toSpanInput(declined, trace).error).toBe(true);
    expect(toSpanDetail(declined, trace, 0).attributes).toEqual([{ key: 'error', value: 'declined', type: 'string' }]);
  });

  it('lets error=false beat the status', () => {
    const fine = { ...select, tags: [tag('error', false, 'bool'), tag('otel.status_code', 'ERROR')] };
    expect(toSpanInput(fine, trace).error).toBe(false);
  });

  it('survives nulls and a missing process', () => {
    const bare = { ...select, tags: null, logs: null, references: null, warnings: null, processID: 'p9' };
    expect(toSpanInput(bare, trace)).toMatchObject({ service: 'unknown', parentSpanId: '', kind: 0, error: false });
    expect(toSpanDetail(bare, trace, 0)).toMatchObject({ attributes: [], events: [], links: [] });
  });

  it.each(['postgres', 'node-7', 'db.system=post', 'retry', 'rows=7'])('mentions %s', (text) =>
    expect(spanMentions(select, trace, text)).toBe(true));
  it('does not mention what it does not say', () => expect(spanMentions(select, trace, 'mysql')).toBe(false));
});
