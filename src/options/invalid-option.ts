import { SessionError } from '../lib/errors.js';

/** Returns the error for a bad option. Its message names the option and the fix. */
export function invalidOption(option: string, fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `Session option ${option}: ${fix}.`);
}
