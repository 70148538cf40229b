import { SessionError } from '../lib/errors.js';
import { RecordSeal } from '../record/record-seal.js';
import type { Store } from '../store-contract/store.js';
import { invalidOption } from './invalid-option.js';
import { requireSecrets, type Secrets } from './secrets.js';
import type { Options } from './session-options.js';

/** Enough for the 256 bits that AES takes. HKDF adds none to what a key has. */
const MIN_LENGTH = 32;

/**
 * Returns what seals records; null without the `encryptionKey` option.
 *
 * @param names of the cookie.
 * @throws ERR_SESSION_OPTIONS for a key that is too short or a secret too, and with what excludes sealing.
 */
export function resolveSeal(
  options: Pick<Options, 'encryptionKey' | 'hashIds' | 'store'>,
  names: readonly string[],
  keys: Secrets,
  secrets: Secrets,
): RecordSeal | null {
  if (!('encryptionKey' in options)) return null;
  if (!SessionError.is(keys)) {
    if (keys.some((key) => key.length < MIN_LENGTH)) {
      throw invalidOption(
        'encryptionKey',
        `give ${MIN_LENGTH} characters or more, such as the output of "openssl rand -base64 32"`,
      );
    }
    if (!SessionError.is(secrets) && keys.some((key) => secrets.includes(key))) {
      throw invalidOption(
        'encryptionKey',
        'give another value than secret: each is for one purpose (NIST SP 800-57, 5.2)',
      );
    }
  }
  if (options.hashIds === false) throw unhashed();
  if (typeof options.store === 'object') refuseUnsealable(options.store, options);
  return new RecordSeal(() => requireSecrets(keys), names);
}

/** @throws ERR_SESSION_OPTIONS for a store that cannot keep sealed records. */
export function refuseUnsealable(
  store: Store<object>,
  { hashIds = store.hashIds }: Pick<Options, 'hashIds'>,
): void {
  if (!hashIds) throw unhashed();
  if (store.serializer !== undefined) {
    throw invalidOption(
      'encryptionKey',
      'leave out the serializer of the store, which would get nothing but sealed text, or leave out encryptionKey',
    );
  }
}

function unhashed(): SessionError {
  return invalidOption(
    'encryptionKey',
    'it needs hashed session IDs. Set hashIds: true. Records that are shared with express-session cannot be sealed',
  );
}
