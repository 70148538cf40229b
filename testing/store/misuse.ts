import { STORE_OPERATIONS } from '../../src/events/session-event.js';
import { SessionError } from '../../src/lib/errors.js';
import { knownFix, refuseUnknown } from '../../src/lib/unknown-option.js';
import { storeFix } from '../../src/store-contract/store-fix.js';

/** Returns the error of a helper that a test used wrongly. */
export function misuse(message: string, options?: ErrorOptions): SessionError {
  return new SessionError('ERR_SESSION_TESTING', message, options);
}

/** Throws for an option that does not exist. `translations` say what to do instead, by the name. */
export function checkTestOptions(
  owner: string,
  given: object,
  known: readonly string[],
  translations: Readonly<Record<string, string>> = {},
): void {
  refuseUnknown(owner, given, known, translations, 'ERR_SESSION_TESTING');
}

/** Throws for a name that does not exist, with the nearest one. */
export function checkName(what: string, name: unknown, known: readonly string[]): void {
  if (known.includes(name as string)) return;
  throw misuse(`${what} ${String(name)} does not exist. ${knownFix(String(name), known)}`);
}

/** Throws for an operation that no store has, with the nearest one: a fault of it would never come. */
export function checkOperation(method: string, operation: unknown): void {
  checkName(`${method}(): the store operation`, operation, STORE_OPERATIONS);
}

/** Throws for what is no store, such as its class, or one of express-session that is not wrapped. */
export function checkStore(given: unknown): void {
  const fix = storeFix(given);
  if (fix !== null) throw misuse(`createSessionTester option store: ${fix}.`);
}

/** Throws for what is no number, and for one below zero. */
export function checkAmount(what: string, amount: unknown): void {
  if (typeof amount === 'number' && amount >= 0) return;
  throw misuse(`${what}: give a number, 0 or more.`);
}
