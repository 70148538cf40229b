import nextAppSession, { type Store } from '../../src/index.js';
import type { JsonObject } from '../../src/lib/json.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { SeenRequest } from '../seen/seen-request.js';
import { type Counted, CountingApp, type OpenedStudio } from './studio-app.js';

const SECRET = 'a secret of these tests, which is long enough';

/** Starts an app that counts, with these options of its session. */
export function countingApp(options: object): Promise<CountingApp> {
  return CountingApp.start(nextAppSession({ secret: SECRET, ...options }) as NextAppSession<Counted>);
}

/** Returns the last request that the studio has seen. */
export async function lastRequest(studio: OpenedStudio): Promise<SeenRequest> {
  return (await studio.requests()).at(-1) as SeenRequest;
}

/** Visits an app once. Returns the cookie, and the session as the studio knows it. */
export async function visitor(
  studio: OpenedStudio,
  app: CountingApp,
): Promise<{ cookie: string; handle: string }> {
  const { cookie } = await app.visit('POST');
  const { sessions } = await lastRequest(studio);
  return { cookie, handle: sessions[0] ?? '' };
}

/** A store of three methods, without compare and swap. */
export class PlainStore implements Store<object> {
  readonly records = new Map<string, string>();

  async get(id: string): Promise<JsonObject | null> {
    return JSON.parse(this.records.get(id) ?? 'null');
  }

  async set(id: string, record: object): Promise<void> {
    this.records.set(id, JSON.stringify(record));
  }

  async destroy(id: string): Promise<void> {
    this.records.delete(id);
  }
}

/** A store whose next write waits. */
export class HeldStore extends PlainStore {
  #hold: ((go: () => void) => void) | undefined;

  /** Returns when the next write has come, with what lets it go on. */
  nextWrite(): Promise<() => void> {
    return new Promise((resolve) => {
      this.#hold = resolve;
    });
  }

  override async set(id: string, record: object): Promise<void> {
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold) await new Promise<void>((go) => hold(go));
    return super.set(id, record);
  }
}
