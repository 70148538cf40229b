import { SessionError } from '../../src/lib/errors.js';
import { inBatches } from '../../src/lib/in-batches.js';
import { jsonData } from '../../src/lib/json-copy.js';
import { safeName } from '../../src/lib/safe-cause.js';
import { nullIfGone } from '../../src/lib/session-refusals.js';
import { newNonce } from '../../src/record/nonce.js';
import type { RecordState } from '../../src/record/read-record.js';
import { userKey } from '../../src/record/user-key.js';
import type { Change } from '../../src/repository/change.js';
import type { SessionRef } from '../../src/repository/session-ref.js';
import { SignOut } from '../../src/repository/sign-out.js';
import { type UnsettledMove, unsettledMove } from '../../src/repository/unsettled-move.js';
import type { StudioClock } from '../faults/studio-clock.js';
import type {
  SaveResult,
  SeenSession,
  SessionContent,
  SessionDetail,
  SessionState,
} from '../seen/seen-session.js';
import type { CookieReplacements } from './cookie-replacements.js';
import { type IssuedCookie, issuedCookie } from './issued-cookie.js';
import type { KnownSession, KnownSessions } from './known-sessions.js';
import { type OpenedSessions, SessionsOpener } from './opened-sessions.js';
import type { SessionModule, SessionModules } from './session-modules.js';
import { contentOf, seenWrite, stateOf } from './shown-session.js';

const MAX_ROWS = 200;
const AT_ONCE = 20;
/** How often `expire` tries again while requests change the session. */
const MAX_TRIES = 10;

/** Looks at sessions and changes them, by their handles, in the store of the app. Faults do not apply, and nothing is reported. */
export class SessionInspector {
  readonly #modules: SessionModules;
  readonly #known: KnownSessions;
  readonly #replacements: CookieReplacements;
  readonly #clock: StudioClock;
  readonly #opener: SessionsOpener;

  constructor(
    modules: SessionModules,
    known: KnownSessions,
    replacements: CookieReplacements,
    clock: StudioClock,
  ) {
    this.#replacements = replacements;
    this.#modules = modules;
    this.#known = known;
    this.#clock = clock;
    this.#opener = new SessionsOpener((name, key, record) =>
      known.wrote(known.add(name, key), { at: Date.now(), request: null, record }),
    );
  }

  /** Returns the sessions that this process has seen last. */
  async list(): Promise<readonly SeenSession[]> {
    return this.#rows(this.#known.all.slice(0, MAX_ROWS));
  }

  /** Returns the sessions of a user, by the index of each session module that has the `user` option. */
  async ofUser(id: string): Promise<readonly SeenSession[]> {
    const modules = this.#modules.all.filter(({ options }) => options.user);
    const found = await Promise.allSettled(modules.map((sessionModule) => this.#indexed(sessionModule, id)));
    const sessions = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const failed = found.find((one) => one.status === 'rejected');
    // A store that does not answer hides no session of another one.
    if (failed && sessions.length === 0) throw failed.reason;
    return this.#rows(sessions);
  }

  async #indexed(sessionModule: SessionModule, id: string): Promise<KnownSession[]> {
    const { name, names } = sessionModule.options;
    const { index } = await this.#opener.open(sessionModule);
    const found: KnownSession[] = [];
    for (const user of names.flatMap((one) => userKey(one, id) ?? [])) {
      const { entries } = await index.list(user, MAX_ROWS, undefined);
      for (const { key, state } of entries.flatMap((entry) => entry.keys)) {
        if (state.is !== 'none') found.push({ name, key, handle: this.#known.addIndexed(name, key) });
      }
    }
    return found;
  }

  async find(handle: string): Promise<SessionDetail | null> {
    const at = await this.#at(handle);
    if (!at) return null;
    const state = await this.#load(at.ref);
    return {
      ...this.#row(at.known, stateOf(state, at.options)),
      content: state.is === 'live' ? contentOf(state.session) : null,
      writes: this.#known.writesOf(handle).map((write) => seenWrite(write, at.known.key, at.options)),
    };
  }

  /** Returns the cookie of a live session; null if it does not exist, or its ID is not known. */
  async cookieOf(handle: string): Promise<IssuedCookie | null> {
    const at = await this.#at(handle);
    const id = this.#known.idOf(handle);
    if (!at || id === undefined) return null;
    const { state } = await at.ref.load();
    return state.is === 'live' ? issuedCookie(at.options, id, state.session, at.context.clock.now()) : null;
  }

  /** Replaces the data of a session, if it still is what the page saw. Counts as use of the session. */
  async save(handle: string, version: string, data: unknown): Promise<SaveResult> {
    const next = jsonData(data);
    const at = await this.#at(handle);
    if (!at) return { is: 'gone' };
    try {
      const written = await at.changes
        .write(at.ref, undefined, (session) => {
          const content = contentOf(session);
          if (content.version !== version) throw new EditConflict(content);
          return { ...session, data: next };
        })
        .catch(nullIfGone);
      return written?.is === 'live' ? { is: 'saved', content: contentOf(written.session) } : { is: 'gone' };
    } catch (error) {
      if (error instanceof EditConflict) return { is: 'conflict', content: error.content };
      throw error;
    }
  }

  /** Gives a session a new ID, as `regenerate()` does. Returns its new handle; null if it does not exist, or its ID is not known. */
  async regenerate(handle: string): Promise<string | null> {
    const at = await this.#at(handle);
    const id = this.#known.idOf(handle);
    if (!at || id === undefined) return null;
    const { options, context, repository } = at;
    const now = context.clock.now();
    const change: Change = (session) => ({ ...session, regeneratedAt: now, cookieSentAt: now });
    let unsettled: UnsettledMove | undefined;
    const moved = await repository
      .replace(id, undefined, change, true, () => {}, repository.newDeadline())
      .catch(nullIfGone)
      .catch((error) => {
        unsettled = unsettledMove(error);
        return unsettled.successor;
      });
    if (moved?.is !== 'live') return null;
    const cookie = issuedCookie(options, moved.id, moved.session, now);
    this.#replacements.add(id, { id: moved.id, cookie, graceMs: options.graceMs });
    this.#known.addId(options.name, moved.id);
    const newHandle = this.#known.add(options.name, moved.key);
    if (unsettled) throw unsettled.failure;
    return newHandle;
  }

  /** Lets a session time out now. Returns false if it does not exist. */
  async expire(handle: string): Promise<boolean> {
    const at = await this.#at(handle);
    return at ? at.ref.undisturbed(() => expireNow(at)) : false;
  }

  /** Ends a session as a sign-out does. Returns false if it does not exist, or has got a new ID meanwhile. */
  async end(handle: string): Promise<boolean> {
    const at = await this.#at(handle);
    const deleted = at && (await new SignOut(at.options, at.index, at.ref).run(undefined));
    return deleted === 'live' || deleted === 'unknown';
  }

  async #rows(sessions: readonly KnownSession[]): Promise<SeenSession[]> {
    const opened = new Map<SessionModule, Promise<OpenedSessions>>();
    const rows = await inBatches(sessions, AT_ONCE, async (known) => {
      const sessionModule = this.#modules.find(known.name);
      if (!sessionModule) return [];
      const open = opened.get(sessionModule) ?? this.#opener.open(sessionModule);
      opened.set(sessionModule, open);
      return [this.#row(known, await this.#stateAt(known, await open))];
    });
    return rows.flat();
  }

  /** A session that cannot be read must not hide the others. */
  async #stateAt({ key }: KnownSession, open: OpenedSessions): Promise<SessionState> {
    try {
      return stateOf(await this.#load(await open.refTo(key)), open.options);
    } catch (error) {
      return { is: 'unknown', why: SessionError.is(error) ? error.message : safeName(error) };
    }
  }

  /** Returns what a session is by the clock of the app. */
  async #load(ref: SessionRef<null>): Promise<RecordState> {
    const { state } = await ref.load();
    const now = Date.now() + this.#clock.aheadMs;
    const isOver = state.is === 'live' && (state.session.expiresAt ?? now + 1) <= now;
    return isOver ? { is: 'expired', session: state.session } : state;
  }

  #row({ handle, name }: KnownSession, state: SessionState): SeenSession {
    return { handle, name, state, canOpen: state.is === 'live' && this.#known.idOf(handle) !== undefined };
  }

  async #at(handle: string): Promise<InspectedSession | null> {
    const known = this.#known.find(handle);
    const sessionModule = known && this.#modules.find(known.name);
    if (!sessionModule) return null;
    const open = await this.#opener.open(sessionModule);
    return { known, ...open, ref: await open.refTo(known.key) };
  }
}

/** A session, and what it takes to look at it. */
interface InspectedSession extends OpenedSessions {
  readonly known: KnownSession;
  readonly ref: SessionRef<null>;
}

/** Somebody else has changed the session since the page saw it. */
class EditConflict extends Error {
  readonly content: SessionContent;

  constructor(content: SessionContent) {
    super('The session has changed.');
    this.content = content;
  }
}

/** Lets a session time out, on top of what others write meanwhile. */
async function expireNow({ ref, context }: InspectedSession): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { state, version } = await ref.load();
    if (state.is !== 'live') return false;
    // A store deletes what has expired when it is written. In a moment, the app finds it expired.
    const expiresAt = context.clock.now() + 1;
    if (await ref.write(version, { ...state.session, expiresAt, nonce: newNonce() })) return true;
  }
  return false;
}
