import type { IncomingMessage } from 'node:http';

/** The largest body that is read: more than any session should hold. */
const MAX_BODY_BYTES = 1_000_000;

/** Returns the body of a request. Throws what `tooLarge` returns for one of more than a megabyte. */
export async function textOf(request: IncomingMessage, tooLarge: (what: string) => Error): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
