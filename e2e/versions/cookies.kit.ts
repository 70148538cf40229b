import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import type { Variant } from './variants.js';
import { type Step, Visitor } from './visitor.js';

export const SECRET = 'the secret of the version tests';
/** The app still takes what this one signed. */
export const OLD_SECRET = 'the secret before';

/** Returns the cookie value of an ID, as 1.x and express-session sign it. */
export function signed(id: string, secret = SECRET): string {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${id}.${signature}`);
}

/** Tests which cookies of a request count, and when one is sent. */
export function testCookies(variant: Variant, runningApp: () => NextApp): void {
  /** Somebody with a session of this user. */
  async function signedIn(user: string): Promise<Visitor> {
    const visitor = new Visitor(runningApp());
    await visitor.run([['set', 'user', user]]);
    await visitor.calls();
    return visitor;
  }

  const places: [string, (headers: Record<string, string>, steps: Step[]) => Promise<unknown[]>][] = [
    ['a Route Handler', inHandler('/api/session')],
    ['an API route of the Pages Router', inHandler('/api/legacy')],
  ];
  if (variant.hasNodeProxy) places.push(['proxy', (headers, steps) => inProxy(headers, { steps })]);

  function inHandler(path: string) {
    return async (headers: Record<string, string>, steps: Step[]) =>
      (await new Visitor(runningApp()).run(steps, { path, headers })).results;
  }

  async function inProxy(headers: Record<string, string>, proxy: object): Promise<unknown[]> {
    const steps = { 'x-steps': JSON.stringify({ ...proxy, answers: true }) };
    const page = await new Visitor(runningApp()).open('/guarded', { headers: { ...headers, ...steps } });
    return JSON.parse(page.headers.get('x-results') ?? '');
  }

  describe.each(places)('two cookies of one name, in %s', (_, run) => {
    it('the first counts that opens a live session, and one cookie costs one read', async () => {
      const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
      const user = async (...values: (string | undefined)[]) => {
        const cookie = values.map((value) => `sid=${value}`).join('; ');
        return [...(await run({ cookie }, [['get', 'user']])), ...(await ada.calls())];
      };
      const [live, other] = [ada.cookies.get('sid'), bob.cookies.get('sid')];
      const gone = signed('a-session-that-is-gone');
      expect(await user(live)).toEqual(['ada', 'get']);
      expect(await user(live, other)).toEqual(['ada', 'get']);
      expect(await user(other, live)).toEqual(['bob', 'get']);
      expect(await user('x', live)).toEqual(['ada', 'get']);
      expect(await user(live, 'x')).toEqual(['ada', 'get']);
      expect(await user(gone, live)).toEqual(['ada', 'get', 'get']);
      expect(await user(live, gone)).toEqual(['ada', 'get']);
      expect(await user('1', '2', '3', '4', live)).toEqual([null]);
    });

    it('a sign-out ends the sessions of both', async () => {
      const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
      const cookie = `sid=${ada.cookies.get('sid')}; sid=${bob.cookies.get('sid')}`;
      await run({ cookie }, [['destroy']]);
      expect([await ada.data(), await bob.data()]).toEqual([{}, {}]);
    });
  });

  it('a Server Component reads the first that opens a live session', async () => {
    const ada = await signedIn('ada');
    const cookie = `sid=${signed('a-session-that-is-gone')}; sid=${ada.cookies.get('sid')}; sid=x`;
    const { text } = await new Visitor(runningApp()).open('/', { headers: { cookie } });
    expect(text).toContain('<pre>{"user":"ada"}</pre>');
  });

  it.each(['/api/session', '/api/legacy'])(
    'with a domain, a sign-out at %s expires two cookies',
    async (path) => {
      const visitor = new Visitor(runningApp());
      await visitor.run([['ofDomain', 'set', 'n', 1]], { path });
      const { cookies } = await visitor.run([['ofDomain', 'destroy']], { path });
      const own = cookies.filter(({ name }) => name.trim() === 'wide');
      expect(
        own.every(({ attributes }) => attributes.includes('expires=thu, 01 jan 1970 00:00:00 gmt')),
      ).toBe(true);
      const domains = own.map(({ attributes }) => attributes.includes('domain=b.localhost'));
      expect(domains.toSorted()).toEqual([false, true]);
    },
  );

  it.each(['/api/session', '/api/legacy'])(
    'a write at %s replaces a cookie of a former name',
    async (path) => {
      const value = (await signedIn('ada')).cookies.get('sid') ?? '';
      const visitor = new Visitor(runningApp(), [['former', value]]);
      expect((await visitor.open('/')).text).toContain('<pre>{"user":"ada"}</pre>');
      await visitor.run([['set', 'n', 1]], { path });
      expect([visitor.cookies.get('sid'), visitor.cookies.has('former')]).toEqual([value, false]);
      expect(await visitor.data()).toEqual({ user: 'ada', n: 1 });
    },
  );

  if (!variant.hasNodeProxy) return;

  describe('touch() in proxy', () => {
    const touch: Step[] = [['touch']];
    const guarded = (visitor: Visitor, steps: Step[]) =>
      visitor.open('/guarded', { headers: { 'x-steps': JSON.stringify({ steps }) } });

    it('sends the cookie if that is due, as after a change of the secret, and not again', async () => {
      const visitor = await signedIn('ada');
      const [id = ''] = decodeURIComponent(visitor.cookies.get('sid') ?? '')
        .slice(2)
        .split('.');
      visitor.cookies.set('sid', signed(id, OLD_SECRET));
      const page = await guarded(visitor, touch);
      expect(page.cookies.map(({ attributes }) => attributes.includes('max-age=3600'))).toEqual([true]);
      expect(visitor.cookies.get('sid')).toBe(signed(id));
      expect((await guarded(visitor, touch)).cookies).toEqual([]);
    });

    it('replaces a cookie of a former name, once, and the page behind it has the session', async () => {
      const value = (await signedIn('ada')).cookies.get('sid') ?? '';
      const visitor = new Visitor(runningApp(), [['former', value]]);
      const page = await guarded(visitor, touch);
      expect(page.text).toContain('ada');
      expect([...visitor.cookies]).toEqual([['sid', value]]);
      expect((await guarded(visitor, touch)).cookies).toEqual([]);
    });

    it('a slow answer that began before a sign-in and arrives after it leaves the visitor signed in', async () => {
      const visitor = await signedIn('ada');
      const slow = guarded(visitor, [...touch, ['wait', 3000]]);
      await expect.poll(() => visitor.calls()).toContain('get');
      await visitor.run([['signIn', 'bob']]);
      const late = await slow;
      expect(late.headers.get('x-results')).toBe('[null,null]');
      expect(late.cookies).toEqual([]);
      expect(await visitor.data()).toEqual({ user: 'bob' });
    });
  });

  describe('proxy', () => {
    it('one NextResponse for two requests does not let the second visitor in as the first', async () => {
      const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
      const user = (visitor: Visitor) =>
        inProxy({ cookie: `sid=${visitor.cookies.get('sid')}` }, { as: 'shared', steps: [['get', 'user']] });
      expect(await user(ada)).toEqual(['ada']);
      expect(await user(bob)).toEqual(['bob']);
    });

    it('session(request) and session(request, response) are one session: one read, each sees the writes', async () => {
      const ada = await signedIn('ada');
      const cookie = `sid=${ada.cookies.get('sid')}`;
      const steps: Step[] = [['increment'], ['get', 'n']];
      expect(await inProxy({ cookie }, { as: 'both', steps })).toEqual([
        null,
        1,
        'ERR_SESSION_NO_RESPONSE',
        1,
      ]);
      expect(await ada.calls()).toEqual(['get', 'set']);
    });
  });
}
