import type { SeenCall, SeenRequest } from '../seen/seen-request.js';

/** Which requests the page shows. */
export interface RequestFilter {
  /** A part of the path, the method or the status; or a part of the handle of a session. */
  readonly text: string;
  /** A group of requests; or the outcome of a call, or the change of a session, that they have. */
  readonly outcome: string;
  /** The handle of a session that they use; null for all requests. */
  readonly session: string | null;
}

export const EVERYTHING: RequestFilter = { text: '', outcome: 'any', session: null };

type Group = (request: SeenRequest) => boolean;

const GROUPS: Readonly<Record<string, Group>> = {
  any: () => true,
  session: ({ calls, events }) => calls.length > 0 || events.length > 0,
  trouble: ({ state, calls, cookie, warnings }) =>
    calls.some(hasFailed) ||
    cookie === 'refused' ||
    warnings.length > 0 ||
    (state.is === 'answered' && state.status >= 500),
};

/**
 * Returns the outcomes of calls, and the changes of sessions, that there are to choose from.
 *
 * @param chosen the one that is chosen, which stays when no request has it.
 */
export function outcomesOf(requests: readonly SeenRequest[], chosen: string): readonly string[] {
  const found = new Set<string>(Object.hasOwn(GROUPS, chosen) ? [] : [chosen]);
  // With loops, since a thousand requests may have two hundred calls each, ten times a second.
  for (const { calls, events } of requests) {
    for (const { end } of calls) if (end) found.add(end.outcome);
    for (const { type } of events) found.add(type);
  }
  return [...found].toSorted();
}

function hasOutcome({ calls, events }: SeenRequest, outcome: string): boolean {
  return calls.some(({ end }) => end?.outcome === outcome) || events.some(({ type }) => type === outcome);
}

export function matches(request: SeenRequest, { text, outcome, session }: RequestFilter): boolean {
  const isOf = GROUPS[outcome] ?? ((one) => hasOutcome(one, outcome));
  return (
    (session === null || request.sessions.includes(session)) &&
    isOf(request) &&
    text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => hasWord(request, word))
  );
}

function hasWord({ method, path, state, sessions }: SeenRequest, word: string): boolean {
  const status = state.is === 'answered' ? state.status : state.is;
  return `${method} ${path} ${status} ${sessions.join(' ')}`.toLowerCase().includes(word);
}

export function hasFailed({ end }: SeenCall): boolean {
  return end?.outcome === 'error' || end?.outcome === 'rejected' || end?.outcome === 'failed';
}
