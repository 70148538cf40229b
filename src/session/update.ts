import { attempt } from '../lib/attempt.js';
import { SessionError } from '../lib/errors.js';
import { copyData, type JsonObject } from '../lib/json.js';
import { jsonData } from '../lib/json-copy.js';
import { isPromiseLike } from '../lib/maybe-promise.js';
import { hearFailure } from '../lib/native-promise.js';
import { withoutSession } from './reentrancy.js';
import type { Update } from './session-handler.js';

/** Returns the data that an update function makes from `data`. Leaves `data` as it is. */
export function applyUpdate<Data extends object>(fn: Update<Data>, data: JsonObject): JsonObject {
  if (typeof fn !== 'function') throw notAFunction(fn);
  const draft = copyData(data) as Parameters<Update<Data>>[0];
  const result: unknown = withoutSession(() => fn(draft));
  if (isThenable(result)) throw asyncUpdate(result);
  return jsonData(result === undefined ? draft : result);
}

/** Returns whether a result comes later. One that cannot be read does not: it is refused as data. */
function isThenable(result: unknown): result is PromiseLike<unknown> {
  const [isOne = false] = attempt(() => isPromiseLike(result));
  return isOne;
}

function notAFunction(given: unknown): SessionError {
  const fix = isThenable(given)
    ? 'This is a promise: await what you need first, and use it in the function.'
    : 'A lifetime is the second argument: regenerate(undefined, { maxAge }).';
  return new SessionError(
    'ERR_SESSION_OPTIONS',
    `update() and regenerate() take a function that makes the next data. ${fix}`,
  );
}

function asyncUpdate(result: PromiseLike<unknown>): SessionError {
  hearFailure(result);
  return new SessionError(
    'ERR_SESSION_REENTRANT',
    'The function of update() or regenerate() is async, or returns a promise. Await what you need first, then update: the ' +
      'function may run again.',
  );
}
