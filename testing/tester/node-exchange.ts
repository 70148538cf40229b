import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { NextRequest } from 'next/server.js';

/** Node's own request and response, as the Pages Router has them, but without a connection. */
export class NodeExchange {
  readonly response: ServerResponse;
  readonly #body: Buffer[];

  constructor(readonly request: IncomingMessage) {
    this.response = new ServerResponse(request);
    // From now on Node's getHeaders() has those of writeHead() too.
    this.response.setHeader('x-none', '');
    this.response.removeHeader('x-none');
    this.#body = collectBody(this.response);
  }

  /** Returns what the code has answered. */
  answer(): Response {
    const { response } = this;
    return new Response(allowsNoBody(response) ? null : new Uint8Array(Buffer.concat(this.#body)), {
      status: response.statusCode,
      headers: headersOf(response),
    });
  }
}

/** @param headers those of the request, by lower-case name */
export async function nodeExchange(
  request: NextRequest,
  headers: Readonly<Record<string, string>>,
): Promise<NodeExchange> {
  const { method, nextUrl } = request;
  const body = Buffer.from(await request.arrayBuffer());
  const incoming = new IncomingMessage(new Socket());
  incoming.method = method;
  incoming.url = nextUrl.pathname + nextUrl.search;
  incoming.headers = { host: nextUrl.host, ...headers };
  if (body.length > 0) incoming.headers['content-length'] = String(body.length);
  incoming.push(body);
  incoming.push(null);
  return new NodeExchange(incoming);
}

/** Collects what the code writes. The response itself is sent to nobody. */
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
