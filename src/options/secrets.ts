import { SessionError } from '../lib/errors.js';
import { isNextBuild } from '../lib/next-build.js';
import { invalidOption } from './invalid-option.js';
import type { Options } from './session-options.js';

type SecretOptions = Pick<Options, 'secret' | 'encryptionKey'>;

/**
 * The secrets of an option. Of `secret`, the first signs session IDs, and all verify; of `encryptionKey`, the first seals records,
 * and all open. If there are none, IDs are not signed, or records not sealed. While Next builds an app, the error
 * of missing secrets takes their place: a build needs none, and what needs them throws the error.
 */
export type Secrets = readonly string[] | SessionError;

/** A shorter secret can be guessed. */
export const MIN_SECRET_LENGTH = 32;

const MISSING = 'undefined or empty, often a missing environment variable';

const FIX =
  'Set the environment variable, to the output of "openssl rand -base64 32": in .env.local for development, in the environment of the ' +
  'server in production. Several of them are an array';

/**
 * Returns the secrets that an option gives; none if it is left out.
 *
 * @throws ERR_SESSION_OPTIONS if they are missing, unless Next builds the app.
 */
export function resolveSecrets(options: SecretOptions, option: keyof SecretOptions): Secrets {
  // Left out is not the same as undefined: a session signed by nothing is then what was asked for.
  if (!(option in options)) return [];
  const secret = options[option];
  // A copy: an app may empty its array to keep its secrets out of memory, and the cookies would be unsigned from then on.
  const secrets = Array.isArray(secret) ? [...secret] : [secret];
  // Also finds a hole, which is no secret either.
  const at = secrets.findIndex((one) => typeof one !== 'string' || one.trim() === '');
  if (secrets.length > 0 && at < 0) return secrets;
  const which = Array.isArray(secret) && at >= 0 ? `${option}[${at}] is` : 'it is given but';
  const error = invalidOption(option, `${which} ${faultOf(secrets[at])}`);
  if (isNextBuild()) return error;
  throw error;
}

/**
 * Returns the secrets, to sign or to verify with.
 *
 * @throws ERR_SESSION_OPTIONS if they are missing.
 */
export function requireSecrets(secrets: Secrets): readonly string[] {
  if (SessionError.is(secrets)) throw secrets;
  return secrets;
}

function faultOf(value: unknown): string {
  if (ArrayBuffer.isView(value)) return 'no string. Give bytes as buffer.toString("base64")';
  const isMissing = typeof (value ?? '') === 'string';
  return `${isMissing ? MISSING : 'no string'}. ${FIX}`;
}
