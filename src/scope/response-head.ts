import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { SessionError } from '../lib/errors.js';
import { cookiesOn, type HeaderHolder, hasCookie, isNamed, replaceCookie } from './response-cookies.js';

/** The part of Node's ServerResponse that is used. */
export interface NodeResponse extends HeaderHolder {
  readonly headersSent: boolean;
  readonly statusCode: number;
  writeHead(status: number, ...rest: never[]): unknown;
}

interface Cookie {
  readonly header: string;
  /** The status of the response when the cookie was set. None for an offer, which is sent with any status. */
  readonly status?: number;
}

/**
 * The head of a response. Next collects the cookies of a Route Handler or Server Action when that has returned, and
 * sends the head a moment later, with the first part of the body. What is set here is sent even in between.
 */
export class ResponseHead {
  // Weak, because what a request opens and keeps, such as a connection to a store, keeps the context of that request.
  readonly #response: WeakRef<NodeResponse>;
  #cookies: Map<string, Cookie> | undefined;
  /** The names and values of all cookies that were set or offered here. */
  readonly #pairs = new Set<string>();

  constructor(response: NodeResponse) {
    this.#response = new WeakRef(response);
  }

  /** Whether the head has been sent, so that no cookie can be set any more. */
  get isSent(): boolean {
    return this.#response.deref()?.headersSent ?? true;
  }

  /** Sends the cookie with the head. */
  set(name: string, header: string): void {
    const response = this.#response.deref();
    if (response) this.#put(response, name, { header, status: response.statusCode });
  }

  /** Sends the cookie if the head is sent before the function that this returns is called. */
  offer(name: string, header: string): () => void {
    const response = this.#response.deref();
    if (!response) return () => {};
    const cookies = this.#cookiesOf(response);
    const before = cookies.get(name);
    const offered: Cookie = { header };
    this.#put(response, name, offered);
    return () => {
      if (cookies.get(name) !== offered) return;
      if (before) cookies.set(name, before);
      else cookies.delete(name);
    };
  }

  /** Calls `missing` if the head is sent without a cookie of this name. */
  expect(name: string, missing: () => void): void {
    const response = this.#response.deref();
    if (response) beforeHead(response, () => hasCookie(response, name) || missing());
  }

  #put(response: NodeResponse, name: string, cookie: Cookie): void {
    this.#cookiesOf(response).set(name, cookie);
    this.#pairs.add(pairOf(cookie.header));
  }

  #cookiesOf(response: NodeResponse): Map<string, Cookie> {
    if (!this.#cookies) {
      const cookies = new Map<string, Cookie>();
      beforeHead(response, (status) => addCookies(response, cookies, this.#pairs, status));
      this.#cookies = cookies;
    }
    return this.#cookies;
  }
}

function beforeHead(response: NodeResponse, run: (status: number) => void): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status, ...rest) => {
    if (!response.headersSent) run(status);
    return writeHead(status, ...rest);
  };
}

/**
 * Next drops the cookies of a handler that fails, or ends in notFound(). Its status changes after it set them. A cookie of the
 * same name that the app itself set or deleted after the session is the app's.
 */
function addCookies(
  response: NodeResponse,
  cookies: ReadonlyMap<string, Cookie>,
  pairs: ReadonlySet<string>,
  status: number,
): void {
  for (const [name, { header, status: before = status }] of cookies) {
    const present = (cookiesOn(response) ?? []).filter((other) => isNamed(other, name));
    const isOwn = present.length === 0 || present.some((other) => pairs.has(pairOf(other)));
    if (isOwn && (status < 400 || status === before)) replaceCookie(response, name, header);
  }
}

/** Returns the name and the value of a Set-Cookie header. */
function pairOf(header: string): string {
  return header.split(';', 1)[0] as string;
}

const RUNNING = Symbol.for('next-app-session.response-head');

interface Registry {
  [RUNNING]?: AsyncLocalStorage<ResponseHead>;
}

/**
 * Makes the head of its response known to all that a request runs: its handler, streams and timers, and work that nobody
 * awaits. Once a process, for all copies of this module. Requests that are under way by then stay unknown.
 */
export function followRequests(): void {
  const registry = globalThis as Registry;
  if (registry[RUNNING]) return;
  const running = new AsyncLocalStorage<ResponseHead>();
  registry[RUNNING] = running;
  subscribe('http.server.request.start', (message) => {
    running.enterWith(new ResponseHead((message as { response: NodeResponse }).response));
  });
}

/**
 * Returns the head of the response to the request that runs. Returns undefined if that is unknown: the request began before
 * this library was loaded, or no HTTP server of Node got it.
 */
export function responseHead(): ResponseHead | undefined {
  return (globalThis as Registry)[RUNNING]?.getStore();
}

/** Returns why no cookie can be set any more. */
export function responseBegun(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'The response has begun, with its cookies, so none can be set for a new session. Create or regenerate a session, or ' +
      'give it a lifetime, before you send the response or return, and await the call. Other writes to a live session ' +
      'work here.',
  );
}
