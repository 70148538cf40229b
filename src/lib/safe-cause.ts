import { SessionError } from './errors.js';
import { CODES, isPlain } from './store-words.js';

const WITHHELD = 'The message is withheld: it may hold session data.';

/** How many causes are looked at. A chain of causes may have no end. */
const MAX_CAUSES = 100;
/** How many errors of an AggregateError are looked at. */
const MAX_ERRORS = 10;
const MAX_FRAMES = 50;

/**
 * Returns a copy of what a store threw, that is safe to show as `cause`.
 *
 * Drivers put keys, commands and whole statements with their values into their errors, and Next logs a cause with all its
 * properties. So nothing passes by default: the copy has a name and a code of the usual shape, and a message only if that is made
 * of words that say what is wrong with a store. Values cannot be looked for instead: nobody knows what a read that failed would
 * have returned, nor how its driver encodes it. The innermost cause is copied alike, as `cause`.
 *
 * What is thrown may be anything, and reading it may throw again.
 *
 * @param told what the store was told in the call: keys, records. Text that shares a word with it is withheld.
 */
export function safeCause(error: unknown, ...told: readonly unknown[]): Error {
  const text = new ToldText(told);
  const [outer, ...causes] = withCauses(error).map((one) => new ThrownError(one, text));
  const coded = causes.filter(({ code }) => code !== undefined);
  const innermost = (coded.length > 0 ? coded : causes).at(-1);
  const copy = (outer as ThrownError).copy(innermost?.code);
  if (innermost) define(copy, 'cause', innermost.copy());
  return copy;
}

/** Returns the name of what was thrown, if it has the shape of one. */
export function safeName(error: unknown): string {
  return new ThrownError(error, new ToldText([])).name;
}

/** Returns the message of what the app's own code threw, where no session is near. Passwords in URLs are left out. */
export function ownMessage(error: unknown): string {
  const message = textOf(error, 'message') ?? 'it threw no Error';
  return message.replaceAll(/\/\/[^\s/@]*@/g, '//…@');
}

/** Something that was thrown, and what of it may be shown. */
class ThrownError {
  readonly name: string;
  readonly code: string | number | undefined;
  /** The SQLSTATE of an error whose code is another one, as MySQL's are. */
  readonly sqlState: string | undefined;
  readonly #thrown: unknown;
  readonly #told: ToldText;

  constructor(thrown: unknown, told: ToldText) {
    this.#thrown = thrown;
    this.#told = told;
    const name = textOf(thrown, 'name');
    this.name = name !== undefined && NAME.test(name) && !this.#tells(name) ? name : 'Error';
    const code = property(thrown, 'code');
    this.code = isCode(code) && !this.#tells(String(code)) ? code : undefined;
    const sqlState = textOf(thrown, 'sqlState');
    this.sqlState =
      sqlState !== undefined && SQLSTATE.test(sqlState) && !this.#tells(sqlState) ? sqlState : undefined;
  }

  /** @param innerCode the code of its innermost cause, for an error that has none. */
  copy(innerCode?: string | number): Error {
    const { name, code = innerCode, sqlState } = this;
    const message = isObject(this.#thrown) ? this.#message() : 'The store threw no Error.';
    const copy = new Error(message);
    if (name !== 'Error') define(copy, 'name', name);
    define(copy, 'stack', [`${name}: ${message}`, ...this.#frames()].join('\n'));
    // Enumerable, as they are on errors of drivers, so that a log shows them.
    return Object.assign(copy, code !== undefined && { code }, sqlState !== undefined && { sqlState });
  }

  #message(): string {
    const message = textOf(this.#thrown, 'message');
    if (message === undefined) return WITHHELD;
    if (SessionError.is(this.#thrown)) return message;
    const rest = [this.code, this.#address()].reduce(
      (left: string, known) => left.replace(`${known ?? ''}`, ''),
      message,
    );
    if (isPlain(rest) && !this.#tells(message)) return message;
    // The first word of a Redis server's error is its code.
    const [first] = message.split(' ', 1);
    return CODES.has(first) ? `${first} ${WITHHELD}` : WITHHELD;
  }

  /** Returns the address in the message of an error of Node. */
  #address(): string | undefined {
    if (!CODES.has(this.code)) return undefined;
    const [address, hostname] = [textOf(this.#thrown, 'address'), textOf(this.#thrown, 'hostname')];
    const port = property(this.#thrown, 'port');
    if (hostname !== undefined && /^[a-z\d-]+(\.[a-z\d-]+)*$/i.test(hostname)) return hostname;
    const isAddress = address !== undefined && /^[\da-f:.]+$/i.test(address) && Number.isInteger(port);
    return isAddress ? `${address}:${port}` : undefined;
  }

  /** Returns the lines of the stack that are behind the message. Without it, nobody can tell where they begin. */
  #frames(): string[] {
    const stack = textOf(this.#thrown, 'stack') ?? '';
    const message = textOf(this.#thrown, 'message');
    const start = message === undefined ? -1 : stack.indexOf(message);
    if (message === undefined || start < 0) return [];
    const lines = stack.slice(start + message.length).split('\n');
    return lines.filter((line) => FRAME.test(line) && !this.#tells(line)).slice(0, MAX_FRAMES);
  }

  #tells(text: string): boolean {
    return wordsOf(text).some((word) => this.#told.hasWord(word));
  }
}

const NAME = /^\w{0,60}(error|exception)\w{0,60}$/i;
/** Codes of Node, such as ECONNREFUSED; of libraries, such as SQLITE_BUSY; and of five letters with a digit, such as SQLSTATEs. */
const CODE = /^(?=.{3,64}$)(E[A-Z\d]+|[A-Z][A-Z\d]*(_[A-Z\d]+)+|(?=.{5}$)[A-Z]*\d[A-Z\d]*)$/;
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
const FRAME =
  /^ {4}at (?:(?:async |new )?[\w$.<>]+ (?:\[as [\w$]+\] )?\()?(?:node:|[a-z-]+:\/\/(?:\/[A-Z]:)?|\/|[A-Z]:\\)[^:]+:\d+:\d+\)?$/;

/** Some servers number their errors. */
function isCode(code: unknown): code is string | number {
  return typeof code === 'string'
    ? CODE.test(code)
    : Number.isInteger(code) && Math.abs(code as number) < 1e5;
}

/** Returns what was thrown and its causes, each behind those that it is a cause of. */
function withCauses(error: unknown): unknown[] {
  const found = new Set([error]);
  for (const one of found) {
    const errors = property(one, 'errors');
    const within = Array.from({ length: MAX_ERRORS }, (_, at) => property(errors, String(at)));
    for (const cause of [property(one, 'cause'), ...within]) {
      if (isObject(cause) && found.size < MAX_CAUSES) found.add(cause);
    }
  }
  return [...found];
}

/** The keys and records that a store was told, as text in which words are looked for. It may be a megabyte. */
class ToldText {
  readonly #told: readonly unknown[];
  #text: string | undefined;

  constructor(told: readonly unknown[]) {
    this.#told = told;
  }

  /** Returns whether the word, in lower case, is in it as a word of its own. */
  hasWord(word: string): boolean {
    this.#text ??= textWithin(this.#told);
    for (let at = this.#text.indexOf(word); at >= 0; at = this.#text.indexOf(word, at + 1)) {
      const around = this.#text.slice(Math.max(0, at - 2), at + word.length + 2);
      if (wordsOf(around).includes(word)) return true;
    }
    return false;
  }
}

/** Returns all keys and values, whichever values they are in, in lower case. */
function textWithin(told: readonly unknown[]): string {
  const texts: string[] = [];
  try {
    JSON.stringify(told, (key, value) => {
      texts.push(key);
      if (typeof value === 'object') return value;
      if (typeof value !== 'boolean') texts.push(String(value));
      return null;
    });
  } catch {
    // A version of a record may be anything.
  }
  return texts.join('\n').toLowerCase();
}

/** Shorter words say nothing, and many texts have them by chance. */
function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_-]{3,}/gu) ?? [];
}

function property(of: unknown, name: string): unknown {
  try {
    return isObject(of) ? Reflect.get(of, name) : undefined;
  } catch {
    // A getter that throws, or a revoked Proxy.
    return undefined;
  }
}

function textOf(of: unknown, name: string): string | undefined {
  const value = property(of, name);
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Not enumerable, as the properties of an Error are. */
function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true, writable: true });
}
