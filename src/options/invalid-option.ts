import { SessionError } from '../lib/errors.js';

/** Returns the error for a bad option: its name, and how to mend it. */
export function invalidOption(option: string, fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `Session option ${option}: ${fix}.`);
}
