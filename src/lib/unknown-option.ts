import { SessionError, type SessionErrorCode } from './errors.js';
import { isObject } from './json.js';

/** Objects without any option in them. */
const BUILT_IN =
  /^\[object (Map|Set|WeakMap|WeakSet|Date|RegExp|Promise|Headers|FormData|URL|URLSearchParams|Request|Response)\]$/;

/** More letters than these make another word. */
const MAX_TYPOS = 2;

/**
 * Throws for an option that does not exist, unless it is `undefined`: options are often spread. Throws for what is no object, too.
 *
 * @param owner what takes the options, as the message shows it: `RedisStore`.
 * @param known the names of its options.
 * @param translations what to do instead, by the option's name in another library: `rolling`.
 * @throws ERR_SESSION_OPTIONS, or another code, with the translation, the nearest name, or all names.
 */
export function refuseUnknown(
  owner: string,
  given: object,
  known: readonly string[],
  translations: Readonly<Record<string, string>>,
  code: SessionErrorCode = 'ERR_SESSION_OPTIONS',
): void {
  if (!isObject(given) || BUILT_IN.test(Object.prototype.toString.call(given)))
    throw new SessionError(code, `${owner} options: give an object.`);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue;
    const fix = Object.hasOwn(translations, name) ? (translations[name] as string) : knownFix(name, known);
    throw new SessionError(
      code,
      `${owner} option ${name}: there is no such option. ${fix.replace(/(?<![.?])$/, '.')}`,
    );
  }
}

/** Returns which of the known names to use in place of one that does not exist: the nearest, or any. */
export function knownFix(name: string, known: readonly string[]): string {
  const nearest = nearestOf(name, known);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  return known.length === 1 ? `The only one is ${known[0]}` : `There are ${known.join(', ')}`;
}

/** Returns the known name that was probably meant. Case, `_` and `-` count for nothing: `max_age` is `maxAge`. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((option) => ({ option, typos: distance(bare(name), bare(option)) }))
    .filter(({ option, typos }) => typos <= MAX_TYPOS && typos < option.length / 2)
    .toSorted((a, b) => a.typos - b.typos);
  return nearest?.option;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Returns how many letters to add, remove or replace to make one word of the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
