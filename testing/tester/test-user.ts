import type { UserSession, UserSessions } from '../../src/session/user-sessions.js';

/** Runs one call on the sessions of a user, in the browser of a tester. */
type RunCall<Listed extends object> = <T>(use: (user: UserSessions<Listed>) => Promise<T>) => Promise<T>;

/** The sessions of a user, in a test: the methods of `session.user()`, each a Server Action of its own. */
export class TestUser<Listed extends object = Record<string, unknown>> {
  readonly #run: RunCall<Listed>;

  /** @internal */
  constructor(run: RunCall<Listed>) {
    this.#run = run;
  }

  /** The sessions that live; `current` is that of the tester's browser. */
  list(): Promise<UserSession<Listed>[]> {
    return this.#run((user) => user.list());
  }

  /** Ends one session; whether it was there. */
  revoke(handle: string): Promise<boolean> {
    return this.#run((user) => user.revoke(handle));
  }

  /** Ends all sessions, that of the tester's browser included; how many. */
  revokeAll(): Promise<number> {
    return this.#run((user) => user.revokeAll());
  }

  /** Ends all sessions but that of the tester's browser; how many. */
  revokeOthers(): Promise<number> {
    return this.#run((user) => user.revokeOthers());
  }
}
