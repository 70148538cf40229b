import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NextApp } from './next-app.js';
import type { Variant } from './variants.js';
import { type Page, type Step, Visitor } from './visitor.js';

/** Where code runs on when a Route Handler or Server Action has returned: the places of the sources in `begun`. */
const HANDLERS = ['pull', 'start', 'timer', 'unawaited'];
const ACTIONS = ['promise', 'promiseAndPage', 'unawaited'];
/** Those that have sent the head of the response by then, in each version. */
const AFTER_THE_HEAD = ['start', 'timer'];

/** Tests what is written after the response has begun. Nothing may be lost in silence, whatever the place. */
export function describeWritesAfterTheResponse(
  { hasAfter: isReact19 }: Pick<Variant, 'hasAfter'>,
  app: () => NextApp,
): void {
  const actions = isReact19 ? [...ACTIONS, 'generator'] : ACTIONS;
  const places = [
    ...HANDLERS.map((place) => ['handler', place] as const),
    ...actions.map((place) => ['action', place] as const),
  ];

  describe.each(places)('a write that a %s left to its %s', (kind, place) => {
    /** Runs steps there. Returns how they ended, and the response. */
    async function runLate(visitor: Visitor, steps: readonly Step[]) {
      const run = kind === 'action' ? callAction : callHandler;
      const page = await run(visitor, place, steps);
      let results: unknown[] | null = null;
      await expect
        .poll(async () => {
          results = JSON.parse((await visitor.open('/api/begun')).text);
          return results;
        })
        .not.toBeNull();
      return { page, results: results ?? [] };
    }

    it('gives a new visitor a cookie, or throws and stores nothing', async () => {
      const user = `user ${crypto.randomUUID()}`;
      const visitor = new Visitor(app());
      const { page, results } = await runLate(visitor, [['setAll', { user }]]);
      const [result = null] = results as ({ code: string } | null)[];
      const ended = result === null ? 'created' : result.code;
      if (AFTER_THE_HEAD.includes(place)) expect(ended).toBe('ERR_SESSION_NO_RESPONSE');
      if (kind === 'handler' && place === 'pull') expect(ended).toBe('created');
      expect(['created', 'ERR_SESSION_NO_RESPONSE']).toContain(ended);
      expect(page.cookies.map(({ name }) => name)).toEqual(ended === 'created' ? ['sid'] : []);
      expect(await visitor.data()).toEqual(ended === 'created' ? { user } : {});
      const { results: listed } = await new Visitor(app()).run([['user', user, 'list']]);
      expect(listed).toEqual([expect.toSatisfy((all) => all.length === (ended === 'created' ? 1 : 0))]);
    });

    it('writes a live session', async () => {
      const visitor = new Visitor(app());
      await visitor.run([['set', 'n', 1]]);
      const { results } = await runLate(visitor, [['increment'], ['get', 'n']]);
      expect(results).toEqual([null, 2]);
      expect(await visitor.data()).toEqual({ n: 2 });
    });

    it('regenerate() does not sign the visitor out', async () => {
      const visitor = new Visitor(app());
      await visitor.run([['set', 'n', 1]]);
      const { results } = await runLate(visitor, [['signIn', 'ada']]);
      const isDone = results[0] === null;
      if (!isDone) expect(results).toMatchObject([{ code: 'ERR_SESSION_NO_RESPONSE' }]);
      expect(await visitor.data()).toEqual(isDone ? { n: 1, user: 'ada' } : { n: 1 });
    });
  });
}

/** The same with `next dev`. It may replace the build, so it comes last. */
export function describeWritesInDevelopment(variant: Variant): void {
  describe('next dev', () => {
    const app = new NextApp(variant);
    beforeAll(async () => {
      await app.start({}, 'dev');
      // The first request of a process comes before the session module.
      await new Visitor(app).data();
    });
    afterAll(() => app.stop());

    describeWritesAfterTheResponse(variant, () => app);

    it('says nothing of a request that it knows', () => {
      expect(app.log).not.toContain('instrumentation.ts');
    });

    if (variant.hasNodeProxy) {
      it('says that proxy returned another response than the one with the cookie', async () => {
        const through = (proxy: object) =>
          new Visitor(app).open('/guarded', { headers: { 'x-steps': JSON.stringify(proxy) } });
        const steps = [['set', 'n', 1]];
        expect((await through({ steps })).cookies).toHaveLength(1);
        expect(app.log).not.toContain('a response that it did not return');
        expect((await through({ steps, other: true })).cookies).toEqual([]);
        expect(app.log).toContain('a response that it did not return');
      });
    }
  });
}

function callHandler(visitor: Visitor, place: string, steps: readonly Step[]): Promise<Page> {
  return visitor.post('/api/begun', { place, steps });
}

/** Calls a Server Action as the browser does. */
async function callAction(visitor: Visitor, name: string, steps: readonly Step[]): Promise<Page> {
  const { text } = await visitor.open('/begun');
  const form = text.slice(text.indexOf(`aria-label="${name}"`));
  const id = /\$ACTION_ID_(\w+)/.exec(form)?.[1] ?? '';
  const headers = {
    'Next-Action': id,
    accept: 'text/x-component',
    'content-type': 'text/plain;charset=UTF-8',
  };
  return visitor.open('/begun', { method: 'POST', headers, body: JSON.stringify([steps]) });
}
