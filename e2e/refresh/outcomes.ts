import type { Visitor } from '../versions/visitor.js';
import type { Outcome, Site } from './site.js';

/** Pages and handlers, of both routers. */
export const PLACES = ['/api/fresh', '/fresh', '/api/legacy', '/legacy'] as const;

/** Asks for the tokens that often at once, mixed over the places and the processes from the one at `first` on. */
export function askAtOnce(
  site: Site,
  visitor: Visitor,
  count: number,
  { timeout = 10, first = 0 } = {},
): Promise<Outcome[]> {
  const processes = site.processes.length - first;
  const asks = Array.from({ length: count }, (_, n) => {
    const place = PLACES[Math.floor(n / processes) % PLACES.length];
    return site.ask(visitor, `${place}?timeout=${timeout}`, first + (n % processes));
  });
  return Promise.all(asks);
}

/** Returns what the refreshes came to, each once: tokens, or codes with what the cause says. */
export function results(outcomes: readonly Outcome[]): string[] {
  return [...new Set(outcomes.map(result))];
}

function result({ token, code, cause }: Outcome): string {
  return code ? [code, cause?.name, cause?.code].join(' ').trim() : String(token);
}

/** Milliseconds that a busy machine may add to a time that is measured. */
const BUSY_MS = 2_000;

/** Returns those that took longer than their `timeout` and a second. */
export function late(outcomes: readonly Outcome[], timeout: number): Outcome[] {
  return outcomes.filter(({ ms }) => ms > (timeout + 1) * 1_000 + BUSY_MS);
}

/** Returns the counts of the provider for refreshes, without those that are 0. */
export function calls({ provider }: Site): Record<string, number> {
  return Object.fromEntries(Object.entries(provider.tokenCalls().refresh_token).filter(([, n]) => n > 0));
}
