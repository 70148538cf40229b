import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { RejectReason } from '../events/session-event.js';
import { isObject } from '../lib/json.js';
import type { SessionRecord } from '../store-contract/session-record.js';
import { parseRecord, recordText } from './record-text.js';

/** A stored record that is opened, or why it cannot be. */
export type OpenedRecord =
  | {
      readonly is: 'open';
      readonly record: unknown;
      /** Whether it is sealed with a key that is being rotated out. */
      readonly isOutdated: boolean;
    }
  | { readonly is: 'rejected'; readonly reason: RejectReason };

/** Before each sealed text. Another way of sealing gets another one. */
const PREFIX = 's1.';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals records with AES-256-GCM, so that those who can read or write the store can neither read, forge nor move one.
 *
 * Each record has a key: HKDF-SHA256 (RFC 5869) of the encryption key, for the cookie name and what the store knows the record
 * by. So a record opens nowhere else. And a random IV is safe: NIST SP 800-38D allows 2^32 of them for each key, which all the
 * records of a busy app would use up in weeks.
 */
export class RecordSeal {
  readonly #encryptionKeys: () => readonly string[];
  readonly #names: readonly string[];
  #sources: readonly KeySource[] | undefined;

  /**
   * @param encryptionKeys returns them. The first seals, all open.
   * @param names of the cookie. Records are sealed for the first, and opened for all.
   */
  constructor(encryptionKeys: () => readonly string[], names: readonly string[]) {
    this.#encryptionKeys = encryptionKeys;
    this.#names = names;
  }

  /** Returns the record as the store gets it. Its date is in the clear too, because the store has to know it. */
  seal(record: SessionRecord, key: string): SessionRecord {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#sourceOfSeals.keyOf(key), iv);
    const sealed = Buffer.concat([
      iv,
      cipher.update(recordText(record), 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const { expires, originalMaxAge } = record.cookie ?? {};
    return {
      cookie: { expires: expires ?? null, ...(originalMaxAge !== undefined && { originalMaxAge }) },
      __session: PREFIX + sealed.toString('base64url'),
    };
  }

  /** Opens what a store returned under `key`. It is hostile input. What stands beside the sealed text counts for nothing. */
  open(raw: unknown, key: string): OpenedRecord {
    const text = sealedText(raw);
    if (text === null) return { is: 'rejected', reason: isLater(raw) ? 'later_format' : 'not_sealed' };
    const sealed = Buffer.from(text, 'base64url');
    for (const source of this.#keySources) {
      const opened = unseal(sealed, source.keyOf(key));
      if (opened !== null) {
        return { is: 'open', record: parseRecord(opened), isOutdated: source !== this.#sourceOfSeals };
      }
    }
    return { is: 'rejected', reason: 'sealed' };
  }

  get #keySources(): readonly KeySource[] {
    this.#sources ??= this.#encryptionKeys().flatMap((key) => {
      const extracted = extract(key);
      return this.#names.map((name) => new KeySource(extracted, name));
    });
    return this.#sources;
  }

  get #sourceOfSeals(): KeySource {
    const [first] = this.#keySources;
    // The options refuse an empty list.
    return first as KeySource;
  }
}

/** Opens a record of a set-up without encryption: it is as the store returned it. */
export function openPlain(raw: unknown): OpenedRecord {
  if (sealedText(raw) !== null) return { is: 'rejected', reason: 'sealed' };
  return { is: 'open', record: raw, isOutdated: false };
}

/** What the keys of all records are made from, for one cookie name. */
class KeySource {
  readonly #extracted: KeyObject;
  readonly #name: string;

  constructor(extracted: KeyObject, name: string) {
    this.#extracted = extracted;
    this.#name = name;
  }

  /** HKDF-Expand for 32 bytes, which is one HMAC. `crypto.hkdfSync` would extract again, and takes five times as long. */
  keyOf(recordKey: string): Buffer {
    // No name and no key has a line break.
    const info = `record\n${this.#name}\n${recordKey}`;
    return createHmac('sha256', this.#extracted).update(`${info}\u0001`).digest();
  }
}

/** HKDF-Extract. */
function extract(encryptionKey: string): KeyObject {
  return createSecretKey(createHmac('sha256', 'next-app-session').update(encryptionKey).digest());
}

function unseal(sealed: Buffer, key: Buffer): string | null {
  if (sealed.length < IV_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    // Not as text at once: the decoder of a stream costs more than it is worth here.
    const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
    decipher.final();
    return text.toString('utf8');
  } catch {
    return null;
  }
}

/** Returns whether a later version sealed a record, in another way. */
function isLater(raw: unknown): boolean {
  return isObject(raw) && typeof raw.__session === 'string';
}

/** Returns the sealed text of a record, or null if it has none. */
export function sealedText(raw: unknown): string | null {
  if (!isObject(raw)) return null;
  const { __session: text } = raw;
  return typeof text === 'string' && text.startsWith(PREFIX) ? text.slice(PREFIX.length) : null;
}
