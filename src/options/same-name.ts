import { digest } from '../lib/digest.js';
import { warnInProduction } from '../lib/warnings.js';

const REGISTRY = Symbol.for('next-app-session.options');

/** What each option was given, by its name: never the value itself, which may be a secret. */
type Prints = Readonly<Record<string, string>>;

/**
 * Warns about two sessions of one cookie name with other options. They get each other's cookies and, in memory, share their
 * sessions.
 *
 * In production only: development makes a session again with each edit of its options. Next loads several copies of a module, so
 * the same options twice are none of this.
 */
export function warnOfOthers(name: string, options: object): void {
  if (process.env.NODE_ENV !== 'production') return;
  const registry = globalThis as { [REGISTRY]?: Map<string, Prints> };
  registry[REGISTRY] ??= new Map();
  const own = printsOf(options);
  const first = registry[REGISTRY].get(name);
  if (!first) {
    registry[REGISTRY].set(name, own);
    return;
  }
  const differing = Object.keys({ ...first, ...own }).filter((option) => first[option] !== own[option]);
  if (differing.length > 0) {
    warnInProduction(
      `two sessions are named "${name}", with different options: ${differing.join(', ')}. They replace each other's cookies. ` +
        'Call nextAppSession once, in its own module, or give each a name.',
    );
  }
}

function printsOf(options: object): Prints {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([option, value]) => [option, printOf(option, value)]));
}

/** Code differs from bundle to bundle, and so do stores and dates that are made anew. So these count alike. */
function printOf(option: string, value: unknown): string {
  if (typeof value === 'function' || option === 'store') return 'given';
  const text = JSON.stringify(value, (key, inner) => (key === 'expires' ? 'given' : inner));
  return digest('sha256', `${option}\n${text}`, 'hex').slice(0, 8);
}
