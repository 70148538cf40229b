import { digest } from '../lib/digest.js';
import { warnInProduction } from '../lib/warnings.js';
import { generateId } from '../record/session-id.js';
import type { ResolvedOptions } from './options.js';

const REGISTRY = Symbol.for('next-app-session.options');

/** What each option is, by its name: never the value itself, which may be a secret. */
type Prints = Readonly<Record<string, string>>;

/**
 * Warns about two sessions of one cookie with other options. They get each other's cookies and, in memory, share their sessions.
 *
 * In production only: development makes a session again with each edit of its options. Next loads several copies of a module, so
 * the same options twice are no mistake.
 */
export function warnOfOthers(options: ResolvedOptions): void {
  if (process.env.NODE_ENV !== 'production') return;
  for (const name of options.names) warnOfOther(name, options);
}

function warnOfOther(name: string, options: ResolvedOptions): void {
  const { cookie } = options;
  const registry = globalThis as { [REGISTRY]?: Map<string, Prints> };
  registry[REGISTRY] ??= new Map();
  // Of another path or domain, it is another cookie.
  const key = [name, cookie.domain, cookie.path].join(' ');
  const own = printsOf(options);
  const first = registry[REGISTRY].get(key);
  if (!first) {
    registry[REGISTRY].set(key, own);
    return;
  }
  const differing = Object.keys(own).filter((option) => first[option] !== own[option]);
  if (differing.length > 0) {
    warnInProduction(
      `two sessions are named "${name}", with different options: ${differing.join(', ')}. They replace each other's cookies. ` +
        'Call nextAppSession once, in its own module, or give each a name.',
      'reference.md#options',
    );
  }
}

/** Code differs from bundle to bundle, and so do stores and dates that each copy makes: these count alike. */
function printsOf(options: ResolvedOptions): Prints {
  const { names, secrets, cookie, expiry, store, genid, onEvent, user } = options;
  const values = {
    name: names,
    secret: secrets,
    encryptionKey: options.encryptionKeys,
    cookie: { ...cookie, expires: cookie.expires !== undefined },
    idleTimeout: expiry.idleMs,
    absoluteTimeout: expiry.absoluteMs,
    touchAfter: expiry.touchAfterMs,
    storeTimeout: options.storeTimeoutMs,
    regenerateGrace: options.graceMs,
    maxBytes: options.maxBytes,
    hashIds: options.hashIds,
    maxSessions: options.sessionLimit !== null,
    onSessionLimit: options.sessionLimit?.onReached,
    sessionHash: options.sessionHash,
    store: store !== undefined,
    genid: genid !== generateId,
    onEvent: onEvent !== undefined,
    user: user !== undefined,
  };
  const prints = Object.entries(values).map(([option, value]) => [option, printOf(option, value)]);
  return Object.fromEntries(prints);
}

/** Too few bits to tell a secret from others, and of this process alone. */
function printOf(option: string, value: unknown): string {
  return digest('sha256', `${option}\n${performance.timeOrigin}\n${JSON.stringify(value)}`, 'hex').slice(
    0,
    8,
  );
}
