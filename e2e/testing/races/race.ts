import { SessionError } from 'next-app-session';
import type { InterleavingOptions, InterleavingReport } from 'next-app-session/testing';

/** What a test may change of the orders in which a race is run. */
export type Orders = Pick<InterleavingOptions<object>, 'store' | 'max' | 'seed' | 'replay'>;

/** A race that is planted into a small app, and the corrected app. */
export interface Race {
  /** What the visitors do, in a few words. */
  readonly title: string;
  /** Words of the message by which the race is found: those of `check` about what has gone wrong. */
  readonly finds: string;
  /** Runs the handlers of one of the two apps in every order, with the same check. */
  run(version: 'broken' | 'fixed', orders?: Orders): Promise<InterleavingReport>;
}

interface Plan<App> {
  readonly title: string;
  readonly finds: string;
  readonly broken: App;
  readonly fixed: App;
  readonly run: (app: App, orders: Orders) => Promise<InterleavingReport>;
}

/** Makes a race. Both apps have the same handlers, so that one test fits both. */
export function race<App>({ title, finds, run, ...apps }: Plan<App>): Race {
  return { title, finds, run: (version, orders = {}) => run(apps[version], orders) };
}

/** Returns what the work does, or `otherwise` if the session ended or moved meanwhile: then nothing was written. */
export async function unlessGone<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (SessionError.is(error) && error.code === 'ERR_SESSION_GONE') return otherwise;
    throw error;
  }
}

/** Answers without a body. */
export function status(code: number): Response {
  return new Response(null, { status: code });
}

export const secret = 'a secret for tests, which need not be secret';
