import type { IncomingMessage } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import type { GetServerSideProps, GetServerSidePropsResult, Redirect } from 'next';
import { nextInternal } from '../next/next-internals.js';
import { misuse } from '../store/misuse.js';
import type { NodeExchange } from './node-exchange.js';
import type { ResponseOutcome } from './outcome.js';

/** What `getServerSideProps` returned and did. */
export interface PropsOutcome<Props> extends Omit<ResponseOutcome, 'revalidated'> {
  /** The props of the page, also if the function returned a promise of them. Undefined if the page is not shown. */
  readonly props: Props | undefined;
  /** The redirect, as the function returned it: `{ destination, permanent }`. Undefined without one. */
  readonly redirect: Redirect | undefined;
  /** Whether the function returned `notFound: true`. */
  readonly notFound: boolean;
  /** The status and headers, cookies included. It has a body only if the function wrote one itself. */
  readonly response: Response;
}

type Result<Props> = Pick<PropsOutcome<Props>, 'props' | 'redirect' | 'notFound'>;

/** Where Next's own router has found the page. */
interface FoundPage {
  readonly pathname: string;
  readonly search: string;
  readonly query: ParsedUrlQuery;
  readonly params: ParsedUrlQuery | undefined;
}

/** Runs `getServerSideProps` as `next dev` does, which also checks what it returns. */
export async function runServerSideProps<Props extends object, Params extends ParsedUrlQuery>(
  getServerSideProps: GetServerSideProps<Props, Params>,
  { request, response }: NodeExchange,
  { pathname, search, query, params }: FoundPage,
): Promise<Result<Props>> {
  const returned = await getServerSideProps({
    req: await withCookies(request),
    res: response,
    query,
    resolvedUrl: pathname + search,
    ...(params && { params: params as Params }),
    locales: [],
  });
  const result = await read(returned, pathname);
  // Next sends what the function has sent itself.
  if (response.writableEnded) return { props: undefined, redirect: undefined, notFound: false };
  if (result.notFound) response.statusCode = 404;
  if (result.redirect) {
    response.statusCode = statusOf(result.redirect);
    response.setHeader('location', result.redirect.destination);
  }
  return result;
}

type RequestWithCookies = IncomingMessage & { cookies: Partial<Record<string, string>> };

async function withCookies(request: IncomingMessage): Promise<RequestWithCookies> {
  const parser: (headers: object) => () => RequestWithCookies['cookies'] = await nextInternal(
    'server/api-utils/get-cookie-parser.js',
    'getCookieParser',
  );
  return Object.assign(request, { cookies: parser(request.headers)() });
}

const KEYS = ['props', 'redirect', 'notFound'];
const RETURN = 'Return { props }, { redirect } or { notFound: true }';

async function read<Props>(
  returned: GetServerSidePropsResult<Props>,
  pathname: string,
): Promise<Result<Props>> {
  if (typeof returned !== 'object' || returned === null) {
    throw wrong(`returned ${returned === null ? 'null' : typeof returned}. ${RETURN}`);
  }
  const others = Object.keys(returned).filter((key) => !KEYS.includes(key));
  if (others.length > 0) throw wrong(`returned ${others.join(', ')}. Put what is for the page into props`);
  if ('notFound' in returned && returned.notFound) {
    return { props: undefined, redirect: undefined, notFound: true };
  }
  if ('redirect' in returned && returned.redirect) {
    checkRedirect(returned.redirect);
    return { props: undefined, redirect: returned.redirect, notFound: false };
  }
  const props = await ('props' in returned ? returned.props : undefined);
  if (props === undefined) throw wrong(`returned no props. ${RETURN}`);
  const check: (page: string, method: string, props: unknown) => void = await nextInternal(
    'lib/is-serializable-props.js',
    'isSerializableProps',
  );
  check(pathname, 'getServerSideProps', props);
  return { props, redirect: undefined, notFound: false };
}

const STATUSES = [301, 302, 303, 307, 308];

/** The members of Next's `Redirect`, as JavaScript may give them. */
interface LooseRedirect {
  readonly destination?: unknown;
  readonly permanent?: unknown;
  readonly statusCode?: number;
}

function statusOf({ statusCode, permanent }: LooseRedirect): number {
  return statusCode ?? (permanent ? 308 : 307);
}

function checkRedirect(redirect: LooseRedirect): void {
  const { destination, permanent, statusCode } = redirect;
  if (typeof destination !== 'string') throw wrong('returned a redirect without a destination. Give a URL');
  const isTwice = permanent !== undefined && statusCode !== undefined;
  if (isTwice || !STATUSES.includes(statusOf(redirect))) {
    throw wrong(
      `returned a redirect with a wrong status. Give permanent, or one statusCode of ${STATUSES.join(', ')}`,
    );
  }
}

function wrong(what: string): Error {
  return misuse(`getServerSideProps ${what}.`);
}
