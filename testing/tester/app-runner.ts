import { type ParsedUrlQuery, parse } from 'node:querystring';
import type { GetServerSideProps, NextApiHandler } from 'next';
import { type NextRequest, NextResponse } from 'next/server.js';
import type { ReactNode } from 'react';
import { withNavigation } from '../next/navigation.js';
import type { NextScope, Phase } from '../next/next-scope.js';
import { openNextScope } from '../next/open-next-scope.js';
import { runApiRoute } from './api-route.js';
import type { SetCookie } from './cookie-jar.js';
import type { ProxyFunction, RouteHandler } from './handler.js';
import { mockScope } from './mock-scope.js';
import { nodeExchange } from './node-exchange.js';
import {
  answerOf,
  copyOf,
  type Outcome,
  outcomeOf,
  type RenderOutcome,
  type ResponseOutcome,
} from './outcome.js';
import { renderHtml } from './render-html.js';
import { type PropsOutcome, runServerSideProps } from './server-side-props.js';
import type { ApiRequest, RouteRequest, TestRequest } from './test-request.js';
import type { TestSession } from './test-session.js';

/** Runs an app's code as Next runs it, with the session, store and clock of a tester. */
export class AppRunner<Data extends object> {
  readonly #session: TestSession<Data>;

  constructor(session: TestSession<Data>) {
    this.#session = session;
  }

  async route<Context>(handler: RouteHandler<Context>, request: RouteRequest): Promise<ResponseOutcome> {
    const nextRequest = await this.#session.request(request, 'params');
    const { params = {} } = request;
    // Next 15 and later pass a promise, earlier versions the object. This is both.
    const context = { params: Object.assign(Promise.resolve(params), params) } as Context;
    return this.#inScope('route', nextRequest, async (scope) => {
      const { response, isComplete } = await answerOf(() =>
        scope.run(async () => handler(nextRequest, context)),
      );
      // After notFound(), Next drops the cookies that cookies() has set.
      if (isComplete) scope.appendCookies(response.headers);
      return this.#respond(scope, response);
    });
  }

  async proxy<Event>(proxy: ProxyFunction<Event>, request: TestRequest): Promise<ResponseOutcome> {
    const nextRequest = await this.#session.request(request);
    return this.#inScope('proxy', nextRequest, async (scope) => {
      const pending: unknown[] = [];
      const waitUntil = (task: unknown) => {
        pending.push(task);
      };
      const event = { sourcePage: '/', waitUntil } as Event;
      const returned = await scope.run(async () => proxy(nextRequest, event));
      await Promise.all(pending);
      const response = copyOf(returned ?? NextResponse.next());
      const set = new Headers();
      // As in Next, the cookies that cookies() sets replace those of the response.
      if (scope.appendCookies(set)) response.headers.delete('set-cookie');
      for (const cookie of set.getSetCookie()) response.headers.append('set-cookie', cookie);
      return this.#respond(scope, response);
    });
  }

  async pages(handler: NextApiHandler, request: ApiRequest): Promise<ResponseOutcome> {
    const sent = await this.#session.request(request, 'query');
    const exchange = await nodeExchange(sent, this.#headersOf(sent));
    const query = { ...queryOf(sent), ...request.query };
    await this.#session.within(() => runApiRoute(handler, exchange, sent.nextUrl.pathname, query));
    const response = exchange.answer();
    return { response, cookies: this.keep(response.headers), revalidated: [] };
  }

  async serverSideProps<Props extends object, Params extends ParsedUrlQuery>(
    getServerSideProps: GetServerSideProps<Props, Params>,
    request: RouteRequest,
  ): Promise<PropsOutcome<Props>> {
    const sent = await this.#session.request(request, 'params');
    const exchange = await nodeExchange(sent, this.#headersOf(sent));
    const { pathname, search } = sent.nextUrl;
    const { params } = request;
    const page = { pathname, search, query: { ...queryOf(sent), ...params }, params };
    const result = await this.#session.within(() => runServerSideProps(getServerSideProps, exchange, page));
    const response = exchange.answer();
    return { ...result, response, cookies: this.keep(response.headers) };
  }

  async render(tree: ReactNode, request: RouteRequest): Promise<RenderOutcome> {
    const { params = {} } = request;
    const sent = await this.#session.request(request, 'params');
    const { pathname, search } = sent.nextUrl;
    const page = await withNavigation(tree, { pathname, search, params });
    const { result, ...outcome } = await this.#run('component', () => renderHtml(page), sent);
    return { html: result, ...outcome };
  }

  async run<T>(phase: Phase, code: () => T | Promise<T>, request: TestRequest): Promise<Outcome<T>> {
    return this.#run(phase, code, await this.#session.request(request));
  }

  #run<T>(phase: Phase, code: () => T | Promise<T>, request: NextRequest): Promise<Outcome<T>> {
    return this.#inScope(phase, request, async (scope) => {
      let cookies: readonly SetCookie[] = [];
      // Next sends the cookies of an action even if it throws.
      const keepCookies = () => {
        const headers = new Headers();
        scope.appendCookies(headers);
        cookies = this.keep(headers);
      };
      const ended = await outcomeOf(() => scope.run(async () => code())).finally(keepCookies);
      await scope.close();
      return { ...ended, cookies, revalidated: scope.revalidated() };
    });
  }

  /** Takes over the cookies of a response, as the browser would. */
  keep(headers: Headers): SetCookie[] {
    const cookies = this.#session.jar.read(headers);
    this.#session.jar.keep(cookies);
    return cookies;
  }

  #inScope<T>(phase: Phase, request: NextRequest, code: (scope: NextScope) => Promise<T>): Promise<T> {
    const { mock, jar } = this.#session;
    const { pathname, search } = request.nextUrl;
    const headers = this.#headersOf(request);
    return this.#session.within(async () =>
      code(
        mock
          ? mockScope(mock, headers.cookie ?? jar.header, phase)
          : await openNextScope({ pathname, search, headers }, phase),
      ),
    );
  }

  /** Returns the headers of a request by lower-case name, as Node's server has them. */
  #headersOf(request: NextRequest): Record<string, string> {
    // happy-dom drops the Cookie header from a request, as a browser would: no script may set it there.
    const cookie = request.headers.get('cookie') ?? this.#session.jar.header;
    return { ...Object.fromEntries(request.headers), ...(cookie && { cookie }) };
  }

  async #respond(scope: NextScope, response: Response): Promise<ResponseOutcome> {
    await scope.close();
    return { response, cookies: this.keep(response.headers), revalidated: scope.revalidated() };
  }
}

/** Returns the query of a URL as the Pages Router has it: what is given twice is an array. */
function queryOf({ nextUrl }: NextRequest): ParsedUrlQuery {
  return { ...parse(nextUrl.search.slice(1)) };
}
