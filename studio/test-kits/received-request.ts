import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';

/** A request that begins, and whose response nobody has written yet. */
export function receivedRequest(cookie = '', url = '/'): ReceivedRequest {
  const request = new IncomingMessage(new Socket());
  request.url = url;
  request.headers.host = 'localhost:3000';
  if (cookie !== '') request.headers.cookie = cookie;
  return { request, response: new ServerResponse(request), server: new Server() };
}

/** Answers a request, perhaps with a cookie of the app. Returns what the app found in it, and what the browser gets. */
export function answer({ request, response }: ReceivedRequest, set?: string) {
  if (set !== undefined) response.setHeader('set-cookie', [set]);
  response.writeHead(500);
  return { url: request.url, sent: request.headers.cookie, set: response.getHeader('set-cookie') };
}
