import { inspect } from 'node:util';
import { SessionError } from '../../src/lib/errors.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { RecordedTelemetry } from '../store/record-telemetry.js';
import { CookieJar, type SetCookie } from './cookie-jar.js';
import type { SessionTester } from './session-tester.js';
import { isMarkedAsTester } from './tester-mark.js';

// What `expect()` may be given, for each matcher.

export function testerOf(received: unknown, matcher: string): SessionTester<object> {
  if (isSessionTester(received)) return received;
  throw usageError(matcher, 'what createSessionTester(…) returned');
}

export function storeOf(received: unknown): InspectableStore {
  if (isSessionTester(received)) return received.store;
  if (received instanceof InspectableStore) return received;
  throw usageError('toHaveStoreCalls', 'a session tester or an InspectableStore');
}

export function telemetryOf(received: unknown, matcher: string): RecordedTelemetry {
  if (isSessionTester(received)) return received.telemetry;
  if (received instanceof RecordedTelemetry) return received;
  throw usageError(matcher, 'a session tester or what recordTelemetry() returned');
}

export function cookiesOf(received: unknown): readonly SetCookie[] {
  if (received instanceof Response) return new CookieJar(Date.now).read(received.headers);
  const cookies = typeof received === 'object' && received !== null && Reflect.get(received, 'cookies');
  if (Array.isArray(cookies)) return cookies;
  throw usageError('toSetCookie', 'a Response, or what a method of a session tester returned');
}

export function textOf(received: unknown): string {
  const value =
    isSessionTester(received) || received instanceof RecordedTelemetry
      ? [telemetryOf(received, 'toLeak').spans(), telemetryOf(received, 'toLeak').measurements()]
      : received;
  if (typeof value === 'string') return value;
  return inspect(value, { depth: 20, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
}

function usageError(matcher: string, expected: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `${matcher}: give expect() ${expected}.`);
}

function isSessionTester(value: unknown): value is SessionTester<object> {
  return isMarkedAsTester(value);
}
