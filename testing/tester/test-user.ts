import type { UserSession, UserSessions } from '../../src/session/user-sessions.js';

/** Runs one method of `session.user()` in the browser of a tester. */
type RunCall<Listed extends object> = <T>(use: (user: UserSessions<Listed>) => Promise<T>) => Promise<T>;

/**
 * The sessions of a user, in a test. It has the methods of `session.user()`, and each runs as a Server
 * Action.
 *
 * Every method throws `ERR_SESSION_OPTIONS` if the app has no `user` option, or if no user is signed in and
 * none was given.
 */
export class TestUser<Listed extends object = Record<string, unknown>> {
  readonly #run: RunCall<Listed>;

  /** @internal */
  constructor(run: RunCall<Listed>) {
    this.#run = run;
  }

  /** Returns the live sessions, the last seen first. `current` marks the one of the tester's browser. */
  list(): Promise<UserSession<Listed>[]> {
    return this.#run((user) => user.list());
  }

  /**
   * Revokes one session.
   *
   * @param handle the `handle` of a session from `list`.
   * @returns false if the handle is unknown or belongs to another user.
   */
  revoke(handle: string): Promise<boolean> {
    return this.#run((user) => user.revoke(handle));
  }

  /** Revokes all sessions, including the one of the tester's browser. Returns how many. */
  revokeAll(): Promise<number> {
    return this.#run((user) => user.revokeAll());
  }

  /** Revokes all sessions except the one of the tester's browser. Returns how many. */
  revokeOthers(): Promise<number> {
    return this.#run((user) => user.revokeOthers());
  }
}
