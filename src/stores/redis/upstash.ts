import { SessionError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';

/** A client of @upstash/redis 1.36 or later (`Redis`), as RedisStore recognises it. It sends commands over HTTP. */
export interface UpstashClient {
  pipeline(): unknown;
  createScript(script: string): unknown;
}

/**
 * What a client of @upstash/redis sends by. Its own commands parse replies as JSON unless it is told not to, and put the command
 * with the record into their errors. This does neither.
 */
interface Requester {
  request(request: { path: string[]; body: unknown }): Promise<unknown>;
  /** Its own, but not that of a requester which the app gave to the client. */
  readonly options?: { readonly cache?: unknown };
}

/** A command and its arguments. */
type Command = readonly string[];

/** The answer to a command. */
interface Answer {
  readonly result?: unknown;
  readonly error?: unknown;
}

/** Returns whether it is a client of @upstash/redis. It may be a Proxy that batches commands (`enableAutoPipelining`). */
export function isUpstash(client: object): client is UpstashClient {
  return (
    'createScript' in client &&
    'client' in client &&
    isObject(client.client) &&
    typeof client.client.request === 'function'
  );
}

/**
 * Both commands go in one request, and are run in their order. A single one goes the same way, because only there an error says
 * that the server has refused the command.
 *
 * @throws ERR_SESSION_OPTIONS if Next may answer from its cache.
 */
export function upstashSender(client: UpstashClient) {
  const { client: requester } = client as unknown as { readonly client: Requester };
  const cache = requester.options?.cache;
  if (cache !== undefined && cache !== 'no-store') {
    throw new SessionError(
      'ERR_SESSION_OPTIONS',
      "RedisStore option client: leave out the option cache of @upstash/redis, or give 'no-store'. " +
        'Otherwise Next may answer reads from its cache, with sessions that have ended.',
    );
  }
  return async (_key: string, command: Command, first?: Command): Promise<unknown> => {
    const commands = first ? [first, command] : [command];
    const answers = await requester
      .request({ path: ['pipeline'], body: commands })
      .catch(throwWithoutCommand);
    if (!Array.isArray(answers) || answers.length !== commands.length) throw noAnswer();
    return (answers as unknown[]).map(resultOf).at(-1);
  };
}

function resultOf(answer: unknown): unknown {
  const { result, error }: Answer = isObject(answer) ? answer : {};
  if (error) throw named('ReplyError', wordsOf(String(error)));
  if (result === undefined) throw noAnswer();
  return result;
}

/** The name of an error that a response was made into. */
const OF_RESPONSE = 'UpstashError';

/** What follows the words of the server: the numbers of a quota that is used up, or the command. */
const AFTER_WORDS = /\. Limit: |, command was: /;

function wordsOf(message: string): string {
  return message.split(AFTER_WORDS, 1)[0] as string;
}

/** Throws an error without the command and the body of the response. What `fetch` threw has neither, and stays as the cause. */
function throwWithoutCommand(error: unknown): never {
  const { name, message }: Record<string, unknown> = isObject(error) ? error : {};
  if (name === OF_RESPONSE) throw named(OF_RESPONSE, wordsOf(String(message)));
  // It quotes the body.
  if (name === 'UpstashJSONParseError') throw noAnswer();
  throw named(OF_RESPONSE, 'fetch failed', error);
}

function noAnswer(): Error {
  return named(OF_RESPONSE, 'Unexpected response');
}

function named(name: string, message: string, cause?: unknown): Error {
  return Object.defineProperty(new Error(message, cause === undefined ? {} : { cause }), 'name', {
    value: name,
  });
}
