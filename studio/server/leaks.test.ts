import { beforeAll, expect, it, vi } from 'vitest';
import nextAppSession from '../../src/index.js';
import { hashSessionId } from '../../src/record/session-id.js';
import { CountingApp, OpenedStudio } from '../test-kits/studio-app.js';
import { lastRequest, PlainStore } from '../test-kits/watched-app.js';

const SECRET = 'a secret that nobody should ever see';

/** A store whose errors hold all that an error can hold. */
class TalkingStore extends PlainStore {
  fails = false;

  override async get(id: string) {
    this.#fail(id);
    return super.get(id);
  }

  override async set(id: string, record: object): Promise<void> {
    this.#fail(id);
    return super.set(id, record);
  }

  override async destroy(id: string): Promise<void> {
    this.#fail(id);
    return super.destroy(id);
  }

  #fail(id: string): void {
    if (!this.fails) return;
    throw Object.assign(new Error(`redis://:hunter2@host does not answer for ${id}`), {
      name: `Error ${id}`,
      code: id,
      command: { args: [id] },
    });
  }
}

/** Returns the session ID in a cookie. */
function idIn(cookie: string): string {
  return /s%3A([^.]+)\./.exec(cookie)?.[1] ?? 'none';
}

let studio: OpenedStudio;
beforeAll(async () => {
  studio = await OpenedStudio.open(nextAppSession({ name: 'first', secret: SECRET }), 0);
});

it.each([false, true])(
  'what the page gets and the log holds has no ID and no secret, hashIds: %s',
  async (hashIds) => {
    const said: string[] = [];
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...args) => void said.push(String(args)));
    }
    const store = new TalkingStore();
    const session = nextAppSession<{ n: number }>({
      name: `talking-${hashIds}`,
      secret: SECRET,
      store,
      hashIds,
    });
    const app = await CountingApp.start(session as never);
    const { cookie } = await app.visit('POST', '', '/path?token=of-the-query');
    const id = idIn(cookie);
    expect(id).toHaveLength(22);
    const [handle = ''] = (await lastRequest(studio)).sessions;
    const call = async (path: string, args: object = {}) => {
      said.push((await studio.send({ path: `/api/${path}`, body: JSON.stringify(args) })).text);
    };
    const askAll = async () => {
      for (const path of ['state', 'latency', 'sessions']) await call(path);
      for (const name of [handle, id, hashSessionId(id)]) {
        await call('session', { handle: name });
        await call('session/save', { handle: name, version: 'x', data: { n: 1 } });
      }
      said.push(JSON.stringify(await studio.requests()));
    };
    await askAll();
    store.fails = true;
    for (const method of ['GET', 'POST']) await app.visit(method, cookie);
    await askAll();
    for (const path of ['open', 'expire', 'end', 'regenerate']) await call(`session/${path}`, { handle });
    store.fails = false;
    await call('session/regenerate', { handle });
    const { cookie: moved } = await app.visit('GET', cookie);
    expect(moved).not.toBe(cookie);
    await askAll();
    app.stop();
    vi.restoreAllMocks();
    const text = said.join('\n');
    expect(text).toContain(handle);
    const secrets = [cookie, moved].flatMap((one) => [
      idIn(one),
      hashSessionId(idIn(one)),
      one.split('=')[1],
    ]);
    for (const secret of [...secrets, SECRET, 'hunter2', 'of-the-query']) expect(text).not.toContain(secret);
  },
);
