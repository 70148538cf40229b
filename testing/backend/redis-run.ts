import type { Session } from '../../src/record/record.js';
import type { BackendRun } from './session-backend.js';
import { OTHER_SECRET, OTHER_STORE, otherName, type SignIn } from './sign-in.js';
import { StoreRun } from './store-run.js';

/**
 * The sessions of one test, in the Redis that the app uses. The app cannot be asked what it made of them, but it leaves
 * traces: it dates a record without a date at its first read, and it replaces a cookie that it does not accept at its first write.
 */
export class RedisRun extends StoreRun implements BackendRun {
  /** Returns why the app did not accept a session of the test; null if it did, or if nothing shows that it did not. */
  async explain({ given, now, cookies, requests }: SignIn): Promise<string | null> {
    if (requests === 0 || !(await this.#isUnread(given))) return null;
    const other = Object.keys(cookies).find((name) => name !== this.cookieName && this.proves(cookies[name]));
    if (other !== undefined) return otherName(this.cookieName, other);
    if (now === given) return this.#unread(requests);
    if (!this.proves(now)) return OTHER_SECRET;
    return (await this.read(now)) ? null : OTHER_STORE;
  }

  /** Leaves the date out until the app has read the session. */
  protected override written(session: Session, before: Session | null): Session {
    return before === null || before.lastSeenAt === null ? { ...session, lastSeenAt: null } : session;
  }

  async #isUnread(cookie: string): Promise<boolean> {
    const session = await this.live(cookie);
    return session !== null && session.lastSeenAt === null;
  }

  #unread(requests: number): string {
    return (
      `The browser sent the cookie "${this.cookieName}" with ${requests} ${requests === 1 ? 'request' : 'requests'}, and ` +
      'the app did not read its session from the Redis of the test. If these pages use the session, one of these differs between ' +
      'app and test: SESSION_SECRET (Playwright does not read .env.local), the URL of Redis with its database, the prefix, or ' +
      'the name of the cookie. An app without REDIS_URL may keep its sessions in memory.'
    );
  }
}
