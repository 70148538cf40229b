import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { onOtherRuntimes } from './variants.js';
import { Visitor } from './visitor.js';

// A built app, served by other runtimes than the Node of this test run.

describe.each(onOtherRuntimes)('$name', (variant) => {
  const app = new NextApp(variant);
  beforeAll(async () => {
    await app.build(packTarball());
    await app.start();
  });
  afterAll(() => app.stop());

  it('keeps a session, gives it a new ID at sign-in, and ends it', async () => {
    const visitor = new Visitor(app);
    await visitor.run([['set', 'n', 1]]);
    expect(await visitor.data()).toEqual({ n: 1 });
    const before = visitor.cookies.get('sid');
    await visitor.run([['signIn', 'ada']]);
    expect(visitor.cookies.get('sid')).not.toBe(before);
    expect(await visitor.data()).toMatchObject({ user: 'ada', n: 1 });
    await visitor.run([['destroy']]);
    expect(await visitor.data()).toEqual({});
  });

  it('writes in a Server Action, and reads in a Server Component', async () => {
    const visitor = new Visitor(app);
    const page = await visitor.submit('/form', { name: 'ada' });
    expect(page.text).toContain('<pre>{"name":"ada"}</pre>');
    expect(visitor.cookies.has('sid')).toBe(true);
  });

  it('takes no forged cookie', async () => {
    const forger = new Visitor(app, [['sid', 's%3Aplanted-session-id.c2lnbmF0dXJl']]);
    expect(await forger.data()).toEqual({});
  });
});
