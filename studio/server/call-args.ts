import { STORE_OPERATIONS, type StoreOperation } from '../../src/events/session-event.js';
import { SessionError } from '../../src/lib/errors.js';
import type { JsonObject } from '../../src/lib/json.js';
import type { FaultEffect, FaultRule } from '../seen/studio-state.js';

export function textIn(call: JsonObject, name: string): string {
  const value = call[name];
  if (typeof value === 'string' && value.length <= 1000) return value;
  throw invalid(`${name} has to be a text`);
}

export function amountIn(call: JsonObject, name: string, max: number): number {
  const value = call[name];
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw invalid(`${name} has to be a number from 0 to ${max}`);
}

export function flagIn(call: JsonObject, name: string): boolean {
  const value = call[name];
  if (typeof value === 'boolean') return value;
  throw invalid(`${name} has to be true or false`);
}

const MAX_TIMES = 1_000_000;
/** A longer timer would fire at once. */
const MAX_DELAY_MS = 600_000;

/** Returns the fault that a call asks for. */
export function faultIn(call: JsonObject): Omit<FaultRule, 'id'> {
  const { operation = null, session = null } = call;
  if (operation !== null && !STORE_OPERATIONS.includes(operation as StoreOperation)) {
    throw invalid(`operation has to be one of ${STORE_OPERATIONS.join(', ')}, or null`);
  }
  return {
    operation: operation as StoreOperation | null,
    session: session === null ? null : textIn(call, 'session'),
    effect: effectIn(call),
    left: timesIn(call),
  };
}

function timesIn(call: JsonObject): number {
  const times = amountIn(call, 'times', MAX_TIMES);
  if (Number.isInteger(times) && times > 0) return times;
  throw invalid('times has to be a whole number from 1');
}

function effectIn(call: JsonObject): FaultEffect {
  if (call.effect === 'fail') return { is: 'fail' };
  if (call.effect === 'delay') return { is: 'delay', ms: amountIn(call, 'ms', MAX_DELAY_MS) };
  throw invalid('effect has to be fail or delay');
}

export function invalid(why: string): SessionError {
  return new SessionError('ERR_SESSION_STUDIO', `Session Studio: ${why}.`);
}
