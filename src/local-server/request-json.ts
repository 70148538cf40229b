import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject } from '../lib/json.js';

/** The largest body that is read: more than any session should hold. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Returns the body of a request: an object, which is untrusted input.
 *
 * @param invalid makes the error for another body.
 */
export async function jsonOf(request: IncomingMessage, invalid: (why: string) => Error): Promise<JsonObject> {
  let body: unknown;
  const text = await textOf(request, invalid);
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid('not JSON');
  }
  if (isObject(body)) return body;
  throw invalid('not an object');
}

async function textOf(request: IncomingMessage, invalid: (why: string) => Error): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw invalid(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
