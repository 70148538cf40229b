import type { ResolvedOptions } from '../../src/options/options.js';
import type { Session } from '../../src/record/record.js';
import type { InspectableStore } from '../store/inspectable-store.js';
import type { BackendRun } from './session-backend.js';
import { OTHER_KEY, OTHER_SECRET, otherName, type SignIn } from './sign-in.js';
import { StoreRun } from './store-run.js';

/** What an app and its tests have to share, so that both look into one store. For the errors of those that do not. */
export interface StoreSettings {
  /** What leads to the store, and to the place of the sessions in it. */
  readonly address: string;
  /** The environment variable that apps have for it. */
  readonly variable: string;
}

/**
 * The sessions of one test, in the store that the app uses, and from outside of the app. It cannot be asked what it made of them,
 * but it leaves traces: it dates a record without a date at its first read, and it replaces a cookie that it does not accept at its
 * first write.
 */
export class OutsideRun extends StoreRun implements BackendRun {
  readonly #settings: StoreSettings;

  constructor(options: ResolvedOptions, store: InspectableStore, settings: StoreSettings) {
    super(options, store);
    this.#settings = settings;
  }

  /** Returns why the app did not accept a session of the test; null if it did, or if nothing shows that it did not. */
  async explain({ given, now, cookies, requests }: SignIn): Promise<string | null> {
    if (requests === 0 || !(await this.#isUnread(given))) return null;
    const other = Object.keys(cookies).find(
      (name) => !this.cookieNames.includes(name) && this.proves(cookies[name]),
    );
    const [own = ''] = this.cookieNames;
    if (other !== undefined) return otherName(own, other);
    if (now === given) return this.#unread(requests);
    if (!this.proves(now)) return OTHER_SECRET;
    if (await this.read(now)) return null;
    return (await this.isStored(now)) ? OTHER_KEY : this.#otherStore();
  }

  /** Leaves the date out until the app has read the session. */
  protected override written(session: Session, before: Session | null): Session {
    return before === null || before.lastSeenAt === null ? { ...session, lastSeenAt: null } : session;
  }

  async #isUnread(cookie: string): Promise<boolean> {
    const session = await this.live(cookie);
    return session !== null && session.lastSeenAt === null;
  }

  #otherStore(): string {
    const { address, variable } = this.#settings;
    return (
      'The app looks in another store than the test: it began a new session, signed with the secret of the test, and that is ' +
      `not in the store of the test. Give both the same: ${address}. An app without ${variable} may keep its sessions in memory.`
    );
  }

  #unread(requests: number): string {
    const { address, variable } = this.#settings;
    return (
      `The browser sent the cookie "${this.cookieNames[0]}" with ${requests} ${requests === 1 ? 'request' : 'requests'}, and ` +
      'the app did not read its session from the store of the test. If these pages use the session, one of these differs between ' +
      `app and test: SESSION_SECRET (Playwright does not read .env.local), the encryptionKey option, ${address}, or the name of the cookie. An app without ` +
      `${variable} may keep its sessions in memory.`
    );
  }
}
