import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { NextApiHandler } from 'next';
import type { NextRequest } from 'next/server.js';
import { nextInternal } from '../next/next-internals.js';

type ApiResolver = (
  request: IncomingMessage,
  response: ServerResponse,
  query: object,
  handler: NextApiHandler,
  context: object,
  propagateError: boolean,
  dev: boolean,
  page: string,
) => Promise<void>;

/** Runs an API route as Next does, with Node's own request and response but no connection. */
export async function runApiRoute(
  handler: NextApiHandler,
  request: NextRequest,
  query: Readonly<Record<string, string | string[]>>,
): Promise<Response> {
  const resolver: ApiResolver = await nextInternal('server/api-utils/node/api-resolver.js', 'apiResolver');
  const incoming = toIncoming(request, Buffer.from(await request.arrayBuffer()));
  const response = new ServerResponse(incoming);
  const body = collectBody(response);
  const secrets = { previewModeId: '', previewModeEncryptionKey: '', previewModeSigningKey: '' };
  // With propagateError and dev, an error is thrown, not logged.
  await resolver(incoming, response, query, handler, secrets, true, true, request.nextUrl.pathname);
  return new Response(allowsNoBody(response) ? null : new Uint8Array(Buffer.concat(body)), {
    status: response.statusCode,
    headers: headersOf(response),
  });
}

function toIncoming({ method, nextUrl, headers }: NextRequest, body: Buffer): IncomingMessage {
  const incoming = new IncomingMessage(new Socket());
  incoming.method = method;
  incoming.url = nextUrl.pathname + nextUrl.search;
  incoming.headers = { host: nextUrl.host, ...Object.fromEntries(headers) };
  if (body.length > 0) incoming.headers['content-length'] = String(body.length);
  incoming.push(body);
  incoming.push(null);
  return incoming;
}

/** Collects what the handler writes. The response itself is sent to nobody. */
function collectBody(response: ServerResponse): Buffer[] {
  const chunks: Buffer[] = [];
  const collect = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  const { write, end } = response;
  response.write = (...args: unknown[]) => {
    collect(args[0]);
    return Reflect.apply(write, response, args);
  };
  response.end = (...args: unknown[]) => {
    collect(args[0]);
    return Reflect.apply(end, response, args);
  };
  response.assignSocket(new Writable({ write: (_chunk, _encoding, done) => done() }) as Socket);
  return chunks;
}

function headersOf(response: ServerResponse): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    for (const one of [value ?? []].flat()) headers.append(name, String(one));
  }
  return headers;
}

/** Returns whether the fetch standard forbids a body for this status. */
function allowsNoBody({ statusCode }: ServerResponse): boolean {
  return [101, 204, 205, 304].includes(statusCode);
}
