import type { NextRequest } from 'next/server.js';
import { hearFailure, isPromise } from '../../src/lib/native-promise.js';
import { isClass } from '../../src/store-contract/store-fix.js';
import { PHASES, type Phase } from '../next/next-scope.js';
import { checkName, misuse } from '../store/misuse.js';

/** `Context` holds the handler's `params`: a promise since Next 15, an object before. */
export type RouteHandler<Context> = (request: NextRequest, context: Context) => unknown;
/** `Event` is Next's `NextFetchEvent`, if the function takes one. */
export type ProxyFunction<Event> = (request: NextRequest, event: Event) => unknown;

/** How each method of the tester is called right. */
const USES = {
  route: 'Pass the handler itself: t.route(POST, { body })',
  proxy: 'Pass the function itself: t.proxy(proxy, { url })',
  pages: 'Pass the handler itself: t.pages(handler, { query })',
  serverSideProps: 'Pass the function itself: t.serverSideProps(getServerSideProps, { params })',
  action: 'Pass a function that calls it: t.action(() => signIn(data))',
  component: 'Pass a function that calls it: t.component(() => Page(props)), or use t.render(<Page />)',
  render: 'Pass an element: t.render(<Page />)',
  run: "Pass a function that calls it: t.run('action', () => signIn(data))",
  within: 'Pass a function that calls it: t.within(() => …)',
};

/** Throws unless the code under test is a function that the tester can call. */
export function checkHandler(method: keyof typeof USES, given: unknown): void {
  if (typeof given === 'function' && !isClass(given)) return;
  // It ran before the tester could give it a session, so it has failed, and nobody else hears of that.
  hearFailure(given);
  throw misuse(`t.${method}() got ${kindOf(given)}. ${USES[method]}.`);
}

/** Throws unless React can render the code under test, and has not run it yet. */
export function checkTree(given: unknown): void {
  if (typeof given === 'object' && given !== null && ('$$typeof' in given || Array.isArray(given))) return;
  hearFailure(given);
  throw misuse(`t.render() got ${kindOf(given)}. ${USES.render}.`);
}

/** Throws unless a phase is known, and its code can be called. */
export function checkRun(phase: Phase, code: unknown): void {
  checkName('t.run(): the phase', phase, PHASES);
  checkHandler(phase === 'action' || phase === 'component' ? phase : 'run', code);
}

function kindOf(given: unknown): string {
  if (isClass(given)) return 'a class';
  if (given === undefined)
    return 'undefined. Check the name that the test imports, or whether the code was called';
  if (isPromise(given)) return 'a promise: the code was called, not passed';
  if (given instanceof Response) return 'a Response: the handler was called, not passed';
  if (typeof given === 'object' && given !== null && '$$typeof' in given) {
    return 'an element, which this method does not render';
  }
  if (typeof given === 'function') return 'a function';
  return given === null ? 'null' : `a value of type ${typeof given}`;
}
