import type { RedisCommand } from './redis-client.js';

/** The text of a record. */
export interface RedisText {
  readonly is: 'text';
  readonly text: string;
  /** In bytes. */
  readonly size: number;
}

/** What Redis holds under the key of a record. */
export type RedisValue =
  | RedisText
  /** It is larger than it may be, and was not fetched whole. The size is the least that it can have. */
  | { readonly is: 'tooLarge'; readonly size: number };

/**
 * Returns the command that reads a value. GETRANGE costs what GET does. Of a value that is too large, it fetches one byte more than
 * the limit.
 *
 * @param maxBytes how large it may be. Left out for no limit.
 */
export function readCommand(key: string, maxBytes: number | undefined): RedisCommand {
  return maxBytes === undefined ? ['GET', key] : ['GETRANGE', key, '0', String(maxBytes)];
}

/** Returns the value in the reply to that command; null for a reply without a value. */
export function replyValue(reply: unknown, maxBytes: number | undefined): RedisValue | null {
  // GETRANGE answers '' where there is nothing.
  if (reply === null || (maxBytes !== undefined && reply === '')) return null;
  const text = String(reply);
  const size = Buffer.byteLength(text);
  return maxBytes !== undefined && size > maxBytes ? { is: 'tooLarge', size } : { is: 'text', text, size };
}

/** Returns the text in the reply to a command of `readCommand`; null for a reply without a value, or with a part of it. */
export function replyText(reply: unknown, [name, , , maxBytes]: RedisCommand): RedisText | null {
  const value = replyValue(reply, name === 'GET' ? undefined : Number(maxBytes));
  return value?.is === 'text' ? value : null;
}
