import { trace } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import nextAppSession from '../index.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { Tracing } from '../test-kits/telemetry.js';
import { warnOfOtherApi } from './other-api.js';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
const warnings = () => warn.mock.calls.map(([text]) => text);
beforeEach(() => {
  vi.stubGlobal(Symbol.for('next-app-session.warnings') as never, undefined);
  warn.mockClear();
});
afterEach(() => vi.unstubAllGlobals());

it('an SDK on an older copy of the API: says once why there are no spans', async () => {
  // As @opentelemetry/api 1.8 leaves it behind when an SDK is registered.
  vi.stubGlobal(REGISTRY as never, { version: '1.8.0', trace: {} });
  const browser = new Browser(nextAppSession({ secret: 'a secret of these tests', store: new SpyStore() }));
  await browser.visit((session) => session().set('a', 1));
  await browser.visit((session) => session().get('a'));
  expect(warnings()).toEqual([
    expect.stringMatching(
      /another copy of @opentelemetry\/api \(version 1\.8\.0\).*npm ls @opentelemetry\/api/,
    ),
  ]);
});

it('no SDK, or one on the same copy: says nothing', () => {
  warnOfOtherApi(trace.getTracerProvider());
  const tracing = new Tracing();
  warnOfOtherApi(trace.getTracerProvider());
  tracing.unregister();
  expect(warnings()).toEqual([]);
});
