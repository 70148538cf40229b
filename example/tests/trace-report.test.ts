import { describe, expect, it } from 'vitest';
import { HANDLES_REQUEST, type TracedSpan } from '@/lib/recent-spans';
import { BOUNDS, reportTraces } from '@/lib/trace-report';

function span(id: string, more: Partial<TracedSpan> = {}): TracedSpan {
  return {
    id,
    parentId: undefined,
    kind: 'next',
    name: id,
    type: undefined,
    start: 0,
    duration: 1,
    operation: undefined,
    outcome: undefined,
    error: undefined,
    failed: false,
    size: undefined,
    ttl: undefined,
    http: undefined,
    ...more,
  };
}

function handling(id: string, status: number, more: Partial<TracedSpan> = {}): TracedSpan {
  return span(id, { type: HANDLES_REQUEST, http: { method: 'GET', path: '/account', status }, ...more });
}

const get = (duration: number, outcome = 'hit') =>
  span('get', { kind: 'store', operation: 'get', outcome, duration });

describe('a request', () => {
  const report = (spans: TracedSpan[]) => reportTraces([{ id: 'trace', spans }], []).requests[0];

  it('is measured by its own span, and shows what leads to a store call', () => {
    const spans = [
      handling('request', 200, { start: 10, duration: 20 }),
      span('render', { parentId: 'request', start: 11 }),
      span('start response', { parentId: 'request', start: 12 }),
      span('read', { parentId: 'render', kind: 'store', start: 15, duration: 5, outcome: 'hit' }),
    ];
    expect(report(spans)).toMatchObject({
      title: 'GET /account',
      status: 200,
      duration: 20,
      rows: [
        { name: 'request', depth: 0, offset: 0, left: 0, width: 100 },
        { name: 'render', depth: 1, offset: 1, left: 5, width: 5 },
        { name: 'read', depth: 2, offset: 5, left: 25, width: 25, outcome: 'hit' },
      ],
    });
  });

  it('behind a proxy is as long as the page, and fails with it', () => {
    const spans = [
      handling('request', 200, { duration: 4 }),
      span('proxy', { parentId: 'request', type: 'Middleware.execute' }),
      handling('page', 500, { parentId: 'request', start: 4, duration: 40 }),
    ];
    expect(report(spans)).toMatchObject({ status: 500, duration: 44 });
  });

  it('that the proxy answers has no status', () => {
    const spans = [
      handling('request', 200, { duration: 4 }),
      span('proxy', { parentId: 'request', type: 'Middleware.execute' }),
    ];
    expect(report(spans)).toMatchObject({ status: undefined, duration: 4 });
  });

  it('leaves room for what after() does, and does not count it', () => {
    const spans = [
      handling('request', 200, { duration: 10 }),
      span('write', { parentId: 'request', kind: 'store', start: 15, duration: 5 }),
    ];
    expect(report(spans)).toMatchObject({ duration: 10, rows: [{ width: 50 }, { left: 75, width: 25 }] });
  });

  it('marks a command of the driver that failed', () => {
    const spans = [
      handling('request', 500),
      span('evalsha', { parentId: 'request', kind: 'driver', failed: true }),
    ];
    expect(report(spans)?.rows[1]).toMatchObject({ name: 'evalsha', failed: true });
  });

  it('is not shown before its own span has ended', () => {
    expect(report([get(1)])).toBeUndefined();
  });
});

describe('an operation', () => {
  const report = (calls: TracedSpan[]) => reportTraces([], calls).operations;

  it('is not shown without a call', () => {
    expect(report([])).toEqual([]);
  });

  it('has percentiles by nearest rank', () => {
    const calls = Array.from({ length: 200 }, (_, index) => get(200 - index));
    expect(report(calls)).toMatchObject([{ operation: 'get', calls: 200, p50: 100, p95: 190, p99: 198 }]);
    expect(report([get(3)])).toMatchObject([{ p50: 3, p95: 3, p99: 3 }]);
  });

  it('counts a call in the bucket whose bound it does not pass, and the longest in the last', () => {
    const [operation] = report([...BOUNDS, 100.1, 5000].map((duration) => get(duration)));
    expect(operation?.buckets).toEqual([...BOUNDS.map(() => 1), 2]);
  });

  it('counts outcomes, and says nothing of other operations', () => {
    const calls = [get(1), get(1, 'miss'), get(1, 'error'), get(1, 'miss')];
    expect(report(calls)).toMatchObject([{ operation: 'get', outcomes: { hit: 1, miss: 2, error: 1 } }]);
  });
});
