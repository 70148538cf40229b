import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { OtlpReceiver } from './otlp-receiver.js';
import { withTelemetry3 } from './variants.js';
import { Visitor } from './visitor.js';

// What docs/telemetry.md shows for SDK 3, on Node 22. telemetry.test.ts has the whole of it, for SDK 2.

const app = new NextApp(withTelemetry3);
let redis: RedisServer;
let receiver: OtlpReceiver;
beforeAll(async () => {
  redis = await RedisServer.start();
  receiver = await OtlpReceiver.start();
  await app.build(packTarball());
  await app.start({ ...receiver.settings, REDIS_URL: redis.url });
});
afterAll(async () => {
  await app.stop();
  receiver?.stop();
  await redis?.stop();
});

it('a read is one span, below Next’s and above the driver’s, and a measurement', async () => {
  const visitor = new Visitor(app);
  await visitor.run([['set', 'n', 1]]);
  await visitor.run([['get', 'n']]);
  const spans = () => receiver.spans;
  await vi.waitFor(
    () => {
      const call = spans().find(({ name }) => name === 'next_app_session.store.get');
      const parent = spans().find(({ spanId }) => spanId === call?.parentSpanId);
      const children = spans().filter(({ parentSpanId }) => parentSpanId === call?.spanId);
      expect(call?.attributes).toMatchObject({ 'next_app_session.store.outcome': 'hit' });
      expect(parent?.attributes['next.span_type']).toBe('AppRouteRouteHandlers.runHandler');
      expect(children.map(({ name }) => name)).toEqual(['getrange']);
      const metrics = receiver.points.map(({ metric }) => metric);
      expect(metrics).toContain('next_app_session.store.operation.duration');
    },
    { timeout: 60_000 },
  );
  expect(app.log).not.toContain('another copy of @opentelemetry/api');
});
