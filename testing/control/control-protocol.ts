import type { BackendRun } from '../backend/session-backend.js';

/** The environment variables by which Playwright and the app under test find each other. */
export const SECRET_VARIABLE = 'NEXT_APP_SESSION_TEST_SECRET';
export const PORT_VARIABLE = 'NEXT_APP_SESSION_TEST_PORT';

/** 32 bytes as base64url. */
export const MIN_SECRET_LENGTH = 43;

/** Says which test a browser's request belongs to. */
export const RUN_HEADER = 'x-next-app-session-run';

export const LOOPBACK = '127.0.0.1';

/** What may be asked of a run: the methods of BackendRun. */
export const RUN_METHODS = [
  'write',
  'read',
  'id',
  'expire',
  'revoke',
  'keep',
  'fail',
  'delay',
  'spans',
  'end',
] as const satisfies (keyof BackendRun)[];

export type RunMethod = (typeof RUN_METHODS)[number];

/** `start` makes a run for the session of a name; the others are for the run that it names. */
export type ControlCall =
  | { readonly method: 'start'; readonly run: string; readonly args: readonly [name?: string | null] }
  | { readonly method: RunMethod; readonly run: string; readonly args: readonly unknown[] };

export interface Started {
  readonly cookieName: string;
}

export type ControlReply =
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };
