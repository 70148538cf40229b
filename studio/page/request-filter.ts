import type { SeenCall, SeenRequest } from '../seen/seen-request.js';

/** Which requests the page shows. */
export interface RequestFilter {
  /** A part of the path, the method or the status; or the handle of a session. */
  readonly text: string;
  readonly outcome: OutcomeFilter;
}

export type OutcomeFilter = 'any' | 'session' | 'conflict' | 'error';

export const EVERYTHING: RequestFilter = { text: '', outcome: 'any' };

const OUTCOMES: Readonly<Record<OutcomeFilter, (request: SeenRequest) => boolean>> = {
  any: () => true,
  session: ({ calls, events }) => calls.length > 0 || events.length > 0,
  conflict: ({ calls, events }) =>
    calls.some(({ end }) => end?.outcome === 'conflict') || events.some(({ type }) => type === 'conflict'),
  error: ({ state, calls, cookie }) =>
    calls.some(hasFailed) || cookie === 'refused' || (state.is === 'answered' && state.status >= 500),
};

export function matches(request: SeenRequest, { text, outcome }: RequestFilter): boolean {
  return (
    OUTCOMES[outcome](request) &&
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
