import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';

/**
 * A request that begins, and whose response nobody has written yet.
 *
 * @param from the address of the client.
 */
export function receivedRequest(cookie = '', url = '/', from = '127.0.0.1'): ReceivedRequest {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: from });
  const request = new IncomingMessage(socket);
  request.url = url;
  request.headers.host = 'localhost:3000';
  if (cookie !== '') request.headers.cookie = cookie;
  return { request, response: new ServerResponse(request), server: new Server() };
}

/** Answers a request, perhaps with a cookie of the app. Returns what the app found in it, and what the browser gets. */
export function answer({ request, response }: ReceivedRequest, set?: string) {
  if (set !== undefined) response.setHeader('set-cookie', [set]);
  response.writeHead(500);
  return {
    url: request.url,
    sent: request.headers.cookie,
    status: response.statusCode,
    set: response.getHeader('set-cookie'),
    location: /^location: (.*)$/m.exec(Reflect.get(response, '_header'))?.[1]?.trim(),
  };
}
