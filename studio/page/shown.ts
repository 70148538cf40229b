import { EVERYTHING, type RequestFilter } from './request-filter.js';

export const VIEWS = ['requests', 'sessions', 'faults', 'latency'] as const;

export type View = (typeof VIEWS)[number];

/** What the user has chosen to see. The views lead to each other by changing it. */
export interface Shown {
  readonly view: View;
  readonly filter: RequestFilter;
  /** The request that is shown in full. */
  readonly request: number | null;
  /** The user whose sessions are listed; an empty text for those that the process has seen. */
  readonly user: string;
  /** The handle of the session that is shown in full. */
  readonly session: string | null;
  /** The handle of the session that the next fault is for; null for all sessions. */
  readonly faultOf: string | null;
  /** Whether the values of sessions are hidden, from those who look at the screen too. */
  readonly isHidden: boolean;
}

/** Shows something else. What is left out stays. */
export type Show = (change: Partial<Shown>) => void;

const START: Shown = {
  view: 'requests',
  filter: EVERYTHING,
  request: null,
  user: '',
  session: null,
  faultOf: null,
  isHidden: false,
};

/** Returns the text that keeps what is shown. @param token of the process that it is of. */
export function textOf(shown: Shown, token: string): string {
  return JSON.stringify({ token, shown });
}

/** Returns what was shown. Requests and sessions are known to one process: for another, only what holds for any is kept. */
export function shownIn(text: string | null, token: string): Shown {
  if (text === null) return START;
  const saved: { token: string; shown: Shown } = JSON.parse(text);
  return saved.token === token ? saved.shown : { ...START, isHidden: saved.shown.isHidden };
}
