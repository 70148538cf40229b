import { refuseUnknown } from '../lib/unknown-option.js';
import { invalidOption } from './invalid-option.js';

/** Returns how to mend the value of an option, or null if it is right. */
export type Check = (value: unknown) => string | null;

/** Returns a check by a test that right values pass. */
export function check(isRight: (value: unknown) => boolean, fix: string): Check {
  return (value) => (isRight(value) ? null : fix);
}

export function checkFunction(fix: string): Check {
  return check((value) => typeof value === 'function', fix);
}

export function checkBoolean(fix = 'give true or false'): Check {
  return check((value) => typeof value === 'boolean', fix);
}

export function checkNumber(min: number, max: number, fix: string): Check {
  return check((value) => typeof value === 'number' && value >= min && value <= max, fix);
}

/** What takes options: its options with their checks, and the names that other libraries give them. */
export interface OptionTable {
  readonly owner: string;
  /** Before the name of each option in a message. */
  readonly prefix: string;
  readonly checks: Readonly<Record<string, Check>>;
  readonly translations: Readonly<Record<string, string>>;
}

/**
 * Checks options one by one. One that is `undefined` is left out.
 *
 * @throws ERR_SESSION_OPTIONS for an option that does not exist, and for a value of another kind.
 */
export function checkOptions({ owner, prefix, checks, translations }: OptionTable, given: object): void {
  refuseUnknown(owner, given, Object.keys(checks), translations);
  for (const [option, fixOf] of Object.entries(checks)) {
    const value: unknown = Reflect.get(given, option);
    const fix = value === undefined ? null : fixOf(value);
    if (fix !== null) throw invalidOption(`${prefix}${option}`, fix);
  }
}
