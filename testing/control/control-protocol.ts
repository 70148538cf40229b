import type { BackendRun } from '../backend/session-backend.js';

/** The environment variables by which Playwright and the app under test find each other. */
export const SECRET_VARIABLE = 'NEXT_APP_SESSION_TEST_SECRET';
export const PORT_VARIABLE = 'NEXT_APP_SESSION_TEST_PORT';

/** The length of 32 bytes in base64url. */
export const MIN_SECRET_LENGTH = 43;

/** The request header that says which test a request belongs to. */
export const RUN_HEADER = 'x-next-app-session-run';

/** The methods of BackendRun that a test may call in the app. */
export const RUN_METHODS = [
  'write',
  'read',
  'id',
  'expire',
  'revoke',
  'keep',
  'fail',
  'delay',
  'explain',
  'spans',
  'end',
] as const satisfies (keyof BackendRun)[];

type RunMethod = (typeof RUN_METHODS)[number];

/** `start` makes a run for the session with this cookie name. The other methods are calls of that run. */
export type ControlCall =
  | { readonly method: 'start'; readonly run: string; readonly args: readonly [name?: string | null] }
  | { readonly method: RunMethod; readonly run: string; readonly args: readonly unknown[] };

/** The result of `start`. */
export interface Started {
  readonly cookieNames: readonly string[];
}

export type ControlReply =
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };
